"""Real sheets, made once, and the program as a person runs it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from gluterelief_pdf import clinic, facts, handout, pdf
from gluterelief_pdf.model import Sheet
from gluterelief_pdf.store import Store
from gluterelief_pdf.tables import Content
from tests.reading import Reading

SAMPLE_LOGO = Path(__file__).parents[1] / "docs" / "sample" / "clinic.png"
UNREVIEWED = "Note: no clinician has signed off this content; have yours read it before you hand it out.\n"
NO_COUNTRY = "Note: no --country, so the sheet names the emergency numbers of several countries.\n"
NAMED = {
    "name": "Riverside Physical Therapy",
    "address": ["12 Mill Lane, Springfield"],
    "phone": "555-0100",
    "website": "riverside.example",
}


@dataclass(frozen=True)
class Outcome:
    """What a run of the program gave."""

    code: int
    stdout: str
    stderr: str
    raw: bytes


Run = Callable[..., Outcome]


def homes(folder: Path) -> dict[str, str]:
    """Give a home in which nobody has lived: no clinic.toml, no sheet in the cache; drawings are made once for all."""
    cache = folder.parent / f"{folder.name}-cache"
    if not cache.exists():
        (folder.parent / "drawings").mkdir(mode=0o700, exist_ok=True)
        (cache / "make-handout").mkdir(parents=True)
        (cache / "make-handout" / "drawings").symlink_to(folder.parent / "drawings")
    return {"XDG_CONFIG_HOME": f"{folder.parent}/nobody", "XDG_CACHE_HOME": str(cache)}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run make-handout in an empty folder."""

    def start(*arguments: str, environment: dict[str, str] | None = None, cwd: Path | None = None) -> Outcome:
        done = subprocess.run(
            [sys.executable, "-m", "gluterelief_pdf", *arguments],
            cwd=cwd or tmp_path,
            env={**os.environ, **homes(tmp_path), **(environment or {})},
            capture_output=True,
            timeout=120,
            check=False,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        text = done.stdout.decode("utf-8", "replace")
        return Outcome(done.returncode, text, done.stderr.decode("utf-8"), done.stdout)

    return start


@pytest.fixture(scope="session", autouse=True)
def _drawings_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Draw each figure once for all tests: that alone takes a third of a sheet's time. Its bytes are the same."""
    store = Store(tmp_path_factory.getbasetemp() / "drawings", ".drawing", 20_000_000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handout, "render", partial(handout.render, drawings=store))
        yield


@pytest.fixture(scope="session")
def press() -> pdf.Press:
    """Share what sheets have in common, as a worker does, where very many are made: the bytes are the same."""
    return pdf.Press()


@dataclass(frozen=True)
class Made:
    """A sheet as filled and as read back from its PDF."""

    sheet: Sheet
    pdf: bytes
    reading: Reading


def make(paper: str, country: str | None, *, logo: Path | None = None, named: bool = True) -> Made:
    """Make a sheet and read it back."""
    region = facts.region(Content.of(), country) if country else None
    who, _ = clinic.make(region=region, logo=logo, **(NAMED if named else {}))  # type: ignore[arg-type]
    rendered = handout.make("en", who, paper=paper)  # type: ignore[arg-type]
    return Made(handout.fill("en", who, paper=paper), rendered.pdf, Reading(rendered.pdf))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def letter() -> Made:
    """The sample: Letter, logo, United States."""
    return make("letter", "US", logo=SAMPLE_LOGO)


@pytest.fixture(scope="session")
def a4() -> Made:
    """A4, no logo, United Kingdom."""
    return make("a4", "GB")


@pytest.fixture(scope="session")
def bare() -> Made:
    """No clinic, no country."""
    return make("letter", None, named=False)


@pytest.fixture(scope="session", params=["letter", "a4", "bare"])
def made(request: pytest.FixtureRequest) -> Made:
    """Each of the three in turn."""
    sheet = request.getfixturevalue(request.param)
    assert isinstance(sheet, Made)
    return sheet

"""A sheet made before is a file copy; whatever changes it makes it anew; nothing of a patient is kept."""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdf
import pytest

from gluterelief_pdf import facts, fingerprint, handout, shelf
from gluterelief_pdf.cache import Cache, Kept
from gluterelief_pdf.model import Choice, Clinic, Patient
from gluterelief_pdf.pdf import Press
from gluterelief_pdf.tables import Content
from tests.conftest import SAMPLE_LOGO, Made, Run, homes

ONE = ("--technique", "pigeon", "--country", "US")


def sheets(folder: Path) -> list[Path]:
    return list(Path(homes(folder)["XDG_CACHE_HOME"]).rglob("*.sheet"))


def test_the_second_one_is_a_copy_and_neither_weasyprint_nor_jinja_is_imported(run: Run, tmp_path: Path) -> None:
    first = run(*ONE, "-o", "first.pdf")
    code = (
        "import sys\nfrom gluterelief_pdf.cli import main\n"
        f"try: main([*{ONE!r}, '-o', 'second.pdf'])\nexcept SystemExit as end: assert end.code == 0\n"
        "print([name for name in ('weasyprint', 'jinja2', 'babel', 'PIL') if name in sys.modules])"
    )

    second = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, **homes(tmp_path)}, capture_output=True, text=True, check=False
    )  # fmt: skip

    assert first.code == 0, first.stderr
    assert second.stdout == "second.pdf\n[]\n", second.stderr
    assert second.stderr == first.stderr
    assert (tmp_path / "first.pdf").read_bytes() == (tmp_path / "second.pdf").read_bytes()
    (kept,) = sheets(tmp_path)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")

    third = run(*ONE, "-o", "third.pdf")

    assert third.code == 0
    assert (tmp_path / "third.pdf").read_bytes() == (tmp_path / "first.pdf").read_bytes()
    assert run("cache").stdout.startswith(f"{kept.parent}: 1 sheets, ")
    assert run("cache", "--clear").stdout == f"{kept.parent}: 1 sheets removed\n"
    assert sheets(tmp_path) == []


def test_a_sheet_with_more_than_lines_of_a_patient_has_no_key_and_their_text_is_in_none() -> None:
    import datetime

    from gluterelief_pdf.cli.remembered import Inputs
    from gluterelief_pdf.settings import Settings

    inputs = Inputs(Settings(), Content.of(), None, datetime.date(2026, 11, 25))
    bare = inputs.cache_key("en", {"patient": " "})

    assert bare is not None
    assert inputs.cache_key("en", {"note": "Slowly"}) is None
    assert inputs.cache_key("en", {"side": "left"}) is None
    for line, one, other in (("patient", "Ann", "Bob"), ("clinician", "Ada", "Eve"), ("date", "2026-11-25", "today")):
        assert bare != inputs.cache_key("en", {line: one}) == inputs.cache_key("en", {line: other})


def test_nothing_of_a_patient_is_kept(run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("name,note,side\nZaphod,,\nZaphod,Trillian,\nZaphod,,left\n", encoding="utf-8")
    of_patient = ("Zaphod", "Trillian", "2026-12-24", "December 24")

    one = run("--patient", "Zaphod", "--date", "2026-12-24", *ONE)
    many = run("batch", "r.csv", *ONE)
    written = pypdf.PdfReader(tmp_path / "handout-en.pdf").pages[0].extract_text()

    assert (one.code, many.code) == (0, 0), one.stderr + many.stderr
    assert "Zaphod" in written
    assert "December 24, 2026" in written
    assert len(sheets(tmp_path)) == 2
    for path in Path(homes(tmp_path)["XDG_CACHE_HOME"]).rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        text = content.decode("latin-1") + str(path)
        if path.suffix == ".sheet":
            text += pypdf.PdfReader(io.BytesIO(content[content.index(b"\n") + 1 :])).pages[0].extract_text()
        assert not [said for said in of_patient if said in text]


def test_whatever_a_sheet_depends_on_changes_its_key(tmp_path: Path) -> None:
    import datetime

    from gluterelief_pdf.cli.remembered import Inputs
    from gluterelief_pdf.model import Signoff
    from gluterelief_pdf.settings import Settings

    own = tmp_path / "own"
    (own / "words").mkdir(parents=True)
    today = datetime.date(2026, 11, 25)
    signed = Signoff("en", "Ada", today, "x", {})

    def key(lang: str = "en", settings: Settings | None = None, logo: Path | None = None, **given: object) -> str:
        found = Inputs(settings or Settings(), Content.of(own), logo, today).cache_key(lang, given)
        assert found
        return found

    first = key()
    keys = [
        key("es"),
        key(clinic_name="Riverside"),
        key(technique=("pigeon",)),
        key(dose=("pigeon.hold=40s",)),
        key(edition="large-print"),
        key(beside="es"),
        key(logo=SAMPLE_LOGO),
        key(settings=Settings(signoffs=(signed,))),
        key(settings=Settings(lines={"opening": {"en": "Hello"}})),
    ]
    assert key() == first
    (own / "words" / "en.toml").write_text('[prevention]\ntitle = "Stay well"\n', encoding="utf-8")
    keys.append(key())

    assert len({first, *keys}) == len(keys) + 1


def test_the_fingerprint_knows_the_versions_of_every_library_that_a_sheet_goes_through() -> None:
    versions = fingerprint.versions()

    assert {name for name, version in versions.items() if version is None} == set()
    assert {"weasyprint", "pydyf", "jinja2", "babel", "Pango", "HarfBuzz", "zlib"} <= versions.keys()


def test_the_cache_keeps_to_its_size_and_lets_the_longest_unused_go(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "sheets", most_bytes=4_100)
    for number, key in enumerate("abc"):
        cache.put(key, Kept(b"x" * 1_000, 1))
        os.utime(tmp_path / "sheets" / f"{key}.sheet", (number, number))
    assert cache.get("a")

    cache.put("d", Kept(b"x" * 1_000, 1))

    assert [bool(cache.get(key)) for key in "abcd"] == [True, False, True, True]
    assert cache.size()[1] <= 4_100


def test_a_cache_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "sheets").write_text("a file", encoding="utf-8")
    cache = Cache(tmp_path / "sheets")

    cache.put("a", Kept(b"x", 1))

    assert cache.get("a") is None


def test_a_press_that_was_used_gives_the_same_bytes_as_a_new_process(letter: Made) -> None:
    press = Press()
    kept = shelf.Shelf()
    other = Clinic(region=facts.region(Content.of(), "GB"))
    handout.render(
        handout.fill("ar", other, shelf=kept, choice=Choice(("pigeon",)), patient=Patient("Ann"), edition="low-ink"), press=press
    )  # fmt: skip

    used = handout.render(letter.sheet, press=press)
    again = handout.render(letter.sheet, press=press)

    assert used.pdf == letter.pdf
    assert again.pdf == letter.pdf


def test_a_press_reads_the_style_of_alike_sheets_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import weasyprint

    read, style = [], weasyprint.CSS
    press = Press()

    def reading(**given: Any) -> Any:
        read.append(given["string"])
        return style(**given)

    monkeypatch.setattr(weasyprint, "CSS", reading)

    for key in ("pigeon", "fingers"):
        handout.render(handout.fill("en", Clinic(), choice=Choice((key,))), press=press)

    assert len(read) == 1

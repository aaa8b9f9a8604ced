"""A screen reader can read the sheet: veraPDF finds nothing wrong with it as PDF/UA-1."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gluterelief_pdf import facts, fonts
from gluterelief_pdf.tables import Content
from tests.conftest import SAMPLE_LOGO, Made
from tests.logos import LOGOS
from tests.verapdf import failures

REGIONS = facts.regions(Content.of())
NAMES = {"arabic": "عيادة النهر للعلاج الطبيعي", "hindi": "नदी भौतिक चिकित्सा", "long": "Very Long Name " * 13}
SIX = ("ball.wall", "fingers", "figure-four-chair", "hip-flexor", "glute-bridge", "clamshell")
THREE = ("blood-thinner", "osteoporosis", "balance")
PLANS = {  # one technique, six, everything filled in, every caution that leaves a plan
    "one": ["--technique", "pigeon"],
    "six": [part for name in SIX for part in ("--technique", name)],
    "three-cautions": [part for name in THREE for part in ("--caution", name)],
    "filled": ["--patient", "Ann Lee", "--date", "2026-11-25", "--side", "left", "--note", "Slowly.\nCall me."],
    **{
        f"caution-{caution.key}": ["--caution", caution.key]
        for caution in facts.load(Content.of()).cautions
        if "glute-bridge" not in caution.bar
    },
}
PLANTED = {  # name → (page, variant, the rule that it breaks)
    "untagged": ('<html lang="en"><title>x</title><h1>Hello', None, "7.1-3"),
    "no-language": ("<title>x</title><h1>Hello", "pdf/ua-1", "7.2-29"),
    "no-description": (
        '<html lang="en"><title>x</title><h1>Hello</h1><svg width="9" height="9"/>',
        "pdf/ua-1",
        "7.3-1",
    ),
}


def plain(html: str, variant: str | None) -> bytes:
    """Render with WeasyPrint alone, in a process of its own."""
    from gluterelief_pdf import limits

    def work() -> bytes:
        import weasyprint

        os.environ.pop("FONTCONFIG_FILE", None)  # with Debian's fonts
        pdf = weasyprint.HTML(string=html).write_pdf(pdf_variant=variant)
        assert isinstance(pdf, bytes)
        return pdf

    return limits.run(work, 60, 2**31)


def test_both_papers_pass_with_and_without_logo_and_clinic(letter: Made, a4: Made, bare: Made, tmp_path: Path) -> None:
    files = {"letter.pdf": letter.pdf, "a4.pdf": a4.pdf, "bare.pdf": bare.pdf}
    for name, pdf in files.items():
        (tmp_path / name).write_bytes(pdf)

    found = failures(tmp_path / name for name in files)

    assert found == {"letter.pdf": [], "a4.pdf": [], "bare.pdf": []}


def test_the_validator_reports_each_fault_that_was_planted(tmp_path: Path) -> None:
    for name, (html, variant, _) in PLANTED.items():
        (tmp_path / name).write_bytes(plain(html, variant))

    found = failures(tmp_path / name for name in PLANTED)

    for name, (_, _, rule) in PLANTED.items():
        assert any(each.startswith(f"{rule}: ") for each in found[name]), (name, found[name])


def test_a_file_that_is_no_pdf_does_not_pass(tmp_path: Path) -> None:
    (tmp_path / "sheet.pdf").write_text("no PDF", encoding="utf-8")

    assert failures([tmp_path / "sheet.pdf"])["sheet.pdf"] != []


def test_without_java_the_gate_fails_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(AssertionError, match=r"^veraPDF cannot run without java: `make test` installs what is missing"):
        failures([tmp_path / "sheet.pdf"])


@pytest.mark.matrix
@pytest.mark.parametrize("third", range(3))  # so that both cores have some
def test_every_kind_of_sheet_passes(third: int, tmp_path: Path) -> None:
    kinds = {f"country-{code}": ["--country", code, "--logo", str(SAMPLE_LOGO)] for code in REGIONS}
    for name, logo in LOGOS.items():
        (tmp_path / name).write_bytes(logo())
        kinds[f"logo-{name}"] = ["--logo", name, "--clinic-name", "Riverside Physical Therapy"]
    for title, name in NAMES.items():
        kinds[f"name-{title}"] = ["--clinic-name", name.strip(), "--phone", "555-0100"]
    for title, arguments in PLANS.items():
        kinds[f"plan-{title}"] = ["--country", "US", "--logo", str(SAMPLE_LOGO), *arguments]
    sheets = {
        f"{kind}-{paper}.pdf": [*kinds[kind], "--paper", paper]
        for number, kind in enumerate(kinds)
        for paper in ("letter", "a4")
        if not kind.startswith("country-") or REGIONS[kind.removeprefix("country-")].paper == paper
        if not kind.startswith("plan-caution-") or paper == "letter"
        if not kind.startswith("logo-") or paper == ("letter", "a4")[number % 2]
    }

    assert len(sheets) >= 100
    sheets = dict(list(sheets.items())[third::3])

    def make(name: str) -> str:
        command = [sys.executable, "-m", "gluterelief_pdf", *sheets[name], "--output", name]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.stderr if done.returncode else ""

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        refused = {name: error for name, error in zip(sheets, pool.map(make, sheets), strict=True) if error}
    found = failures(tmp_path / name for name in sheets)

    assert refused == {}
    assert len(found) == len(sheets)
    assert {name: rules for name, rules in found.items() if rules} == {}


def test_only_the_faces_a_name_needs_are_loaded() -> None:
    assert [face.name for face in fonts.needed("Łódź · Київ · 30–60")] == ["Fira Sans"]
    assert [face.name for face in fonts.needed("عيادة")] == ["Fira Sans", "IBM Plex Sans Arabic"]

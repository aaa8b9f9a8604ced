"""A screen reader can read the sheet: veraPDF finds nothing wrong with it as PDF/UA-1."""

import datetime
import os
from pathlib import Path
from typing import Any

import pytest

from gluterelief_pdf import clinic, facts, fonts, handout, pdf
from gluterelief_pdf.model import PAPERS, Choice, Patient
from gluterelief_pdf.tables import Content
from tests import verapdf
from tests.conftest import SAMPLE_LOGO, Made
from tests.logos import LOGOS
from tests.verapdf import failures

REGIONS = facts.regions(Content.of())
NAMES = {"arabic": "عيادة النهر للعلاج الطبيعي", "hindi": "नदी भौतिक चिकित्सा", "long": "Very Long Name " * 13}
SIX = ("ball.wall", "fingers", "figure-four-chair", "hip-flexor", "glute-bridge", "clamshell")
THREE = ("blood-thinner", "osteoporosis", "balance")
PLANS: dict[str, dict[str, Any]] = {  # one technique, six, everything filled in, every caution that leaves a plan
    "one": {"choice": Choice(techniques=("pigeon",))},
    "six": {"choice": Choice(techniques=SIX)},
    "three-cautions": {"choice": Choice(cautions=THREE)},
    "filled": {"patient": Patient("Ann Lee", "", datetime.date(2026, 11, 25), "Slowly.\nCall me.", "left")},
    **{
        f"caution-{caution.key}": {"choice": Choice(cautions=(caution.key,))}
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
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

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


def test_a_validator_that_takes_too_long_fails_and_the_next_file_has_another(
    letter: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sheet.pdf").write_bytes(letter.pdf)
    with monkeypatch.context() as patch:
        patch.setattr(verapdf, "TIMEOUT_S", 0.01)
        with pytest.raises(AssertionError, match=r"^veraPDF ended at sheet\.pdf"):
            failures([tmp_path / "sheet.pdf"])

    assert failures([tmp_path / "sheet.pdf"]) == {"sheet.pdf": []}


def test_without_java_the_gate_fails_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(AssertionError, match=r"^veraPDF cannot run without java: `make test` installs what is missing"):
        failures([tmp_path / "sheet.pdf"])


@pytest.mark.soak
@pytest.mark.parametrize("code", REGIONS)
def test_the_sheet_of_every_country_passes(code: str, press: pdf.Press, tmp_path: Path) -> None:
    who, _ = clinic.make(region=REGIONS[code], logo=SAMPLE_LOGO)
    (tmp_path / "sheet.pdf").write_bytes(handout.render(handout.fill("en", who), press=press).pdf)

    assert failures([tmp_path / "sheet.pdf"]) == {"sheet.pdf": []}


@pytest.mark.matrix
@pytest.mark.parametrize("third", range(3))  # so that both cores have some
def test_every_kind_of_sheet_passes(third: int, press: pdf.Press, tmp_path: Path) -> None:
    for name, logo in LOGOS.items():
        (tmp_path / name).write_bytes(logo())
    sample = {"region": REGIONS["US"], "logo": SAMPLE_LOGO}
    kinds: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {  # the clinic, and what is on the sheet
        **{f"country-{code}": ({"region": REGIONS[code], "logo": SAMPLE_LOGO}, {}) for code in list(REGIONS)[::4]},
        **{f"logo-{name}": ({"logo": tmp_path / name, "name": "Riverside Physical Therapy"}, {}) for name in LOGOS},
        **{f"name-{title}": ({"name": name.strip(), "phone": "555-0100"}, {}) for title, name in NAMES.items()},
        **{f"plan-{title}": (sample, given) for title, given in PLANS.items()},
    }
    sheets = [
        (kind, paper)
        for number, kind in enumerate(kinds)
        for paper in PAPERS
        if not kind.startswith("country-") or REGIONS[kind.removeprefix("country-")].paper == paper
        if not kind.startswith("plan-caution-") or paper == "letter"
        if not kind.startswith("logo-") or paper == PAPERS[number % 2]
    ]

    assert len(sheets) >= 70
    files = []
    for kind, paper in sheets[third::3]:
        who, _ = clinic.make(**kinds[kind][0])
        rendered = handout.render(handout.fill("en", who, paper=paper, **kinds[kind][1]), press=press)
        files.append(tmp_path / f"{kind}-{paper}.pdf")
        files[-1].write_bytes(rendered.pdf)
    found = failures(files)

    assert len(found) == len(sheets[third::3])
    assert {name: rules for name, rules in found.items() if rules} == {}


def test_only_the_faces_a_name_needs_are_loaded() -> None:
    assert [face.name for face in fonts.needed("Łódź · Київ · 30–60")] == ["Fira Sans"]
    assert [face.name for face in fonts.needed("عيادة")] == ["Fira Sans", "IBM Plex Sans Arabic"]

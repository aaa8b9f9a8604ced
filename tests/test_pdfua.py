"""A screen reader can read the sheet: veraPDF finds nothing wrong with it as PDF/UA-1."""

from pathlib import Path

import pytest

from gluterelief_pdf import clinic, facts, fonts, handout
from gluterelief_pdf.model import Clinic
from gluterelief_pdf.resources import shipped
from tests.conftest import NAMED, SAMPLE_LOGO, Made
from tests.logos import LOGOS
from tests.verapdf import failures

REGIONS = facts.regions(shipped("content"))


def untagged(html: str) -> bytes:
    """Render with plain WeasyPrint, without tags, in a process of its own."""
    from gluterelief_pdf import limits

    def work() -> bytes:
        import weasyprint

        pdf = weasyprint.HTML(string=html).write_pdf()
        assert isinstance(pdf, bytes)
        return pdf

    return limits.run(work, 60, 2**31)


def test_both_papers_pass_with_and_without_logo_and_clinic(letter: Made, a4: Made, bare: Made, tmp_path: Path) -> None:
    files = {"letter.pdf": letter.pdf, "a4.pdf": a4.pdf, "bare.pdf": bare.pdf, "untagged.pdf": untagged("<p>Hello")}
    for name, pdf in files.items():
        (tmp_path / name).write_bytes(pdf)

    found = failures(tmp_path / name for name in files)

    planted = found.pop("untagged.pdf")
    assert found == {"letter.pdf": [], "a4.pdf": [], "bare.pdf": []}
    assert any(rule.startswith("7.1-3: ") for rule in planted), planted


@pytest.mark.matrix
def test_every_kind_of_sheet_passes(tmp_path: Path) -> None:
    clinics: dict[str, Clinic] = {}
    for name, logo in LOGOS.items():
        (tmp_path / name).write_bytes(logo())
        clinics[f"logo-{name}"], _ = clinic.make(logo=tmp_path / name, **NAMED)  # type: ignore[arg-type]
    for code in ("US", "GB", "CA", "FR", "HT"):
        clinics[f"country-{code}"], _ = clinic.make(region=REGIONS[code], logo=SAMPLE_LOGO)
    for title, name in {
        "arabic": "عيادة النهر للعلاج الطبيعي",
        "hindi": "नदी भौतिक चिकित्सा",
        "long": "Very Long Name " * 13,
    }.items():
        clinics[f"name-{title}"], _ = clinic.make(name=name.strip(), phone="555-0100")
    files = []
    for kind, who in clinics.items():
        for paper in ("letter", "a4"):
            files.append(tmp_path / f"{kind}-{paper}.pdf")
            files[-1].write_bytes(handout.make("en", who, paper=paper).pdf)

    found = failures(files)

    assert len(found) == len(files) >= 40
    assert {name: rules for name, rules in found.items() if rules} == {}


def test_only_the_faces_a_name_needs_are_loaded() -> None:
    assert [face.name for face in fonts.needed("Łódź · Київ · 30–60")] == ["Fira Sans"]
    assert [face.name for face in fonts.needed("عيادة")] == ["Fira Sans", "IBM Plex Sans Arabic"]

"""A folder of a clinic's own content: what the tests of overrides share."""

from pathlib import Path

from gluterelief_pdf import handout
from gluterelief_pdf.model import Choice, Clinic, Sheet
from gluterelief_pdf.tables import Content


def own(folder: Path, name: str, text: str) -> Path:
    path = folder / "own" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def filled(folder: Path, **choice: object) -> Sheet:
    content = Content.of(folder / "own")
    return handout.fill("en", Clinic(), content=content, choice=Choice(**choice))  # type: ignore[arg-type]

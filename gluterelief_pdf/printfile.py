"""Many sheets → one file for the printer. Each patient starts on a right-hand page; tags are left out."""

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gluterelief_pdf import output
from gluterelief_pdf.model import Paper

LETTER_PT = 612  # the width of Letter
PATIENTS = 200  # in one part: some 50 MB, which a printer's memory and ours take
TAGGED = ("/StructParents", "/Tabs", "/Annots")  # of use on a screen only


def parts(path: Path, number: int) -> list[Path]:
    """Name the files that so many sheets come in."""
    count = max(1, -(-number // PATIENTS))
    if count == 1:
        return [path]
    return [path.with_name(f"{path.stem}-{part}{path.suffix}") for part in range(1, count + 1)]


def others(path: Path, number: int) -> list[Path]:
    """Find the files of an earlier run that held another number of sheets: nobody should print them by mistake."""
    form = re.compile(rf"{re.escape(path.stem)}(-\d+)?{re.escape(path.suffix)}")
    found = path.parent.iterdir() if path.parent.is_dir() else ()
    return sorted(each for each in found if form.fullmatch(each.name) and each not in parts(path, number))


def write(path: Path, sheets: Sequence[Path]) -> Iterator[Path]:
    """Write the parts, and give each as soon as it is there.

    Raises:
        OutputError: if one can't be written.
    """
    for place, part in enumerate(parts(path, len(sheets))):
        start = place * PATIENTS
        chosen = sheets[start : start + PATIENTS]
        title = f"Handouts {start + 1} to {start + len(chosen)} for the printer, not tagged for screen readers"
        output.sweep(part)
        output.write(part, _joined(chosen, title))
        yield part


def paper(pdf: bytes) -> Paper:
    """Tell which paper a sheet is made for, by its pages."""
    from pypdf import PdfReader

    width = float(PdfReader(io.BytesIO(pdf)).pages[0].mediabox.width)
    return "letter" if round(width) == LETTER_PT else "a4"


def _joined(sheets: Sequence[Path], title: str) -> bytes:
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import NameObject

    writer = PdfWriter()
    for sheet in sheets:
        reader = PdfReader(io.BytesIO(sheet.read_bytes()))
        page: Any = None
        for page in reader.pages:
            for key in TAGGED:
                page.pop(NameObject(key), None)
            writer.add_page(page)
        if len(reader.pages) % 2:
            writer.add_blank_page(page.mediabox.width, page.mediabox.height)
    writer.metadata = {"/Title": title}
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()

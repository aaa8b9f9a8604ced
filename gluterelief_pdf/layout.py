"""How a sheet may be laid out, from the most generous on: the first layout that keeps to the pages allowed is taken."""

from collections.abc import Iterator
from dataclasses import dataclass

from gluterelief_pdf.model import Sheet

PAGES, PAGES_SHORT, PAGES_BILINGUAL, PAGES_LARGE = 6, 4, 10, 14
PICTURES = (1.0, 0.9616, 0.8)  # of the drawn size, by density; one over the sheet, so that lines are equally strong
PRESSURE_SCALE = (0.96, 0.82, 0.82)
LAST = len(PICTURES) - 1
HABITS = 0.09 / 0.13  # pictures of habits print smaller than those of techniques


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to set a sheet. Type never gets smaller, and no safety fact is left out."""

    density: int  # 0 generous, 1 tight, 2 tighter: space between things and the size of pictures
    safety_first: bool  # the help boxes stand before "what is a trigger point"
    log_beside: bool = False  # when to come and see us stands beside the log
    what_too: bool = True  # else without "what is a trigger point": a clinician who writes a note has told it
    habits_too: bool = True  # else without that section: "your plan in short" still says to move often

    @property
    def pictures(self) -> float:
        """The scale of all pictures of techniques."""
        return PICTURES[self.density]

    @property
    def pressure_scale(self) -> float:
        """The scale of the drawing of pressures."""
        return PRESSURE_SCALE[self.density]

    @property
    def habits(self) -> float:
        """The scale of the pictures of habits."""
        return HABITS * min(1.0, PICTURES[self.density] / PICTURES[1])


def allowed(sheet: Sheet) -> int:
    """Give how many pages a sheet may have."""
    if "large-print" in sheet.edition:
        return PAGES_LARGE * (2 if sheet.beside else 1)
    if sheet.beside:
        return PAGES_BILINGUAL
    return PAGES_SHORT if sheet.plan.short else PAGES


def layouts(sheet: Sheet) -> Iterator[Layout]:
    """Give the layouts to try, the best looking first."""
    full_start = sheet.patient.note or sheet.texts.cautions or sheet.clinic.opening
    safety_first = bool(sheet.beside or (sheet.plan.short and not full_start))
    first = max(sheet.language.density, 1 if sheet.plan.short else 0)
    if "large-print" in sheet.edition:
        densities = [0, LAST] if sheet.language.density == 0 else [LAST]
    elif sheet.beside:
        densities = list(range(min(first, LAST), LAST + 1))
    else:
        densities = list(range(first, LAST + 1))
    for density in densities:
        yield Layout(density, safety_first)
    if sheet.beside or "large-print" in sheet.edition:
        return
    yield Layout(LAST, safety_first, log_beside=True)
    if sheet.plan.short:
        yield Layout(LAST, safety_first, log_beside=True, habits_too=False)
    if sheet.plan.short and (sheet.patient.note or sheet.texts.cautions):
        yield Layout(LAST, safety_first, log_beside=True, habits_too=False, what_too=False)

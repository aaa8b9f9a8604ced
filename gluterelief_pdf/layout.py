"""How a sheet may be laid out, from the most generous on: the first layout that keeps to the pages allowed is taken.

For a short plan that is reckoned first, so that few are tried.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gluterelief_pdf.model import PAPERS, Paper, Sheet

PAGES, PAGES_SHORT, PAGES_FEW, PAGES_BILINGUAL, PAGES_LARGE = 6, 4, 3, 10, 14
FEW = 2  # exercises at most of a plan that may fit on fewer pages still
PICTURES = (1.0, 0.9616, 0.8)  # of the drawn size, by density; one over the sheet, so that lines are equally strong
SMALLEST = 0.7  # the same, where nothing else will do
PRESSURE_SCALE = (0.96, 0.82, 0.82)
LAST = len(PICTURES) - 1
DENSEST = LAST + 2  # the last step that every ladder has
HALF_EM = {"letter": 20.95, "a4": 20.25}  # of a line in one of two columns
BOX_EM = 0.95  # how much shorter it is in a box
SPACE_EM = 0.27
OTHERS_EM = 0.565
WIDTHS = {  # in em, the letters of about that width; an accent adds none
    0.24: ".,:;!'’·",
    0.29: "ijlłI|",
    0.35: "ft()",
    0.4: "rJ-гт",
    0.48: "cskvxyzсхуэзL0123456789",
    0.53: "gEFT–/?",
    0.66: "DGHNOQU",
    0.79: "mwMWшщюфжы%",
}
BREAKS = re.compile(r"[⺀-鿿＀-￯]|[^\s⺀-鿿＀-￯]+-?\s*")  # where a line may break: after each of those letters
# What a short plan needs, set as generously as it may be, reckoned by regression over 95 plans in two languages: in mm
# at any rate, for each technique, each row of the log, each mm of its parts. Where that is wrong, a sheet is laid out
# once more, or (6 of 82) one step tighter than it need be.
PER = (180.0, 15.0, 10.3, 1.02)
DENSER = 0.955  # of that height, where the tightest density is the most generous allowed
PAGE_MM = {"letter": 250, "a4": 268}
HOPELESS = 1.23  # of the pages allowed: what is higher fits no layout (the highest seen to fit: 1.21)
HABITS = 0.09 / 0.13  # pictures of habits print smaller than those of techniques


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to set a sheet. Type never gets smaller, and no safety fact is left out."""

    density: int  # 0 generous, 1 tight, 2 tighter: space between things and the size of pictures
    safety_first: bool  # the help boxes stand before "what is a trigger point"
    boxes_whole: bool = True  # else the help boxes go on over the page's end
    log_beside: bool = False  # when to come and see us stands beside the log
    smallest: bool = False  # the smallest pictures, their captions below them, and a narrower log
    habits_too: bool = True  # else without that section: "your plan in short" still says to move often
    what_too: bool = True  # else without what a trigger point is and what a therapist does, which a clinician has told

    @property
    def good(self) -> int:
        """How many of the things are as they should be that a reader would miss."""
        return self.what_too + self.habits_too + self.boxes_whole + (not self.smallest)

    @property
    def reach(self) -> float:
        """How much it holds as a rule, in parts of the pages allowed: the height of a short plan set generously."""
        if not self.what_too:
            return math.inf
        if not self.habits_too:
            return 1.12
        if self.smallest:
            return 1.08
        if not self.boxes_whole:
            return 1.01
        return 0.97 if self.density == LAST else 0.9

    @property
    def pictures(self) -> float:
        """The scale of all pictures of techniques."""
        return SMALLEST if self.smallest else PICTURES[self.density]

    @property
    def pressure_scale(self) -> float:
        """The scale of the drawing of pressures."""
        return PRESSURE_SCALE[self.density]

    @property
    def habits(self) -> float:
        """The scale of the pictures of habits."""
        return HABITS * min(1.0, PICTURES[self.density] / PICTURES[1])


def halves(
    texts: Sequence[str], paper: Paper, *, boxed: bool, whole: bool = True
) -> tuple[Sequence[str], Sequence[str]]:
    """Split a list into two of about as many lines, to stand side by side.

    Where they may go on over the page's end, the second is the longer, so that what goes on is the end of the list.
    WeasyPrint's own columns are balanced to the line, but take a third of the time that a sheet takes.
    """
    width = HALF_EM[paper] - (BOX_EM if boxed else 0)
    lines = [_lines(text, width) for text in texts]
    places = [n for n in range(1, len(texts)) if whole or n == 1 or sum(lines[:n]) <= sum(lines[n:])]
    place = min(places, key=lambda n: (max(sum(lines[:n]), sum(lines[n:])), -n), default=len(texts))
    return texts[:place], texts[place:]


def _lines(text: str, width: float) -> int:
    """Reckon in how many lines of that many em a text is set."""
    lines, left = 1, width
    for word in BREAKS.findall(text):
        wide = sum(map(_em, word.rstrip()))
        if wide > left:
            lines, left = lines + 1, width
        left -= wide + SPACE_EM
    return lines


def _em(character: str) -> float:
    """Give about how wide a character is: in Fira Sans, to which the other faces come near."""
    if unicodedata.east_asian_width(character) in "WF":
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    base = unicodedata.normalize("NFD", character)[0]
    return next((width for width, letters in WIDTHS.items() if base in letters), OTHERS_EM)


def allowed(sheet: Sheet) -> int:
    """Give how many pages a sheet may have."""
    if "large-print" in sheet.edition:
        return PAGES_LARGE * (2 if sheet.beside else 1)
    if sheet.beside:
        return PAGES_BILINGUAL
    if not sheet.plan.short:
        return PAGES
    return PAGES_FEW if sheet.plan.exercises <= FEW else PAGES_SHORT


def choose(sheet: Sheet, ways: Sequence[Layout], pages: Callable[[int], int], parts_mm: Callable[[], float]) -> int:
    """Choose the first way that keeps to the pages allowed, or, where the tightest does not, to as few as that.

    Of a short plan the ways that will hardly do are passed over, by what it is reckoned to need; but nothing is left
    out, and no box broken, that has room.
    """
    last, most = len(ways) - 1, allowed(sheet)
    if not (sheet.plan.short and "large-print" not in sheet.edition and not sheet.beside):
        if pages(0) <= most or not last:
            return 0
        most = max(most, pages(last))
        return next(number for number in range(last + 1) if pages(number) <= most)
    height = _reckoned(sheet, ways[0], parts_mm())
    if height > most * HOPELESS:
        most += 1
    start = next((number for number, way in enumerate(ways) if height <= most * way.reach), last)
    for number in range(start, last + 1):
        if pages(number) <= most:
            while number and ways[number].good < ways[number - 1].good and pages(number - 1) <= most:
                number -= 1
            return number
    return next(number for number in range(last + 1) if pages(number) <= pages(last))


def _reckoned(sheet: Sheet, first: Layout, parts_mm: float) -> float:
    """Reckon how many pages a short plan would fill, set generously, from the height of its parts in the first way."""
    numbers = (1, len(sheet.plan.techniques), len(sheet.texts.log.rows), parts_mm)
    height = sum(each * number for each, number in zip(PER, numbers, strict=True))
    return height / PAGE_MM[sheet.paper] / (DENSER if first.density == LAST else 1)


def layouts(sheet: Sheet) -> Iterator[Layout]:
    """Give the layouts to try, the best looking first."""
    full_start = sheet.patient.note or sheet.texts.cautions or sheet.clinic.opening
    safety_first = bool(sheet.beside or (sheet.plan.short and not full_start))
    least = sheet.language.density[PAPERS.index(sheet.paper)]
    if "large-print" in sheet.edition:
        densities: Iterable[int] = [0, LAST] if least == 0 else [LAST]
        yield from (Layout(density, safety_first) for density in densities)
        return
    ladder = [Layout(density, safety_first) for density in range(LAST + 1)]
    if sheet.plan.short:
        least = min(max(least, 1), LAST)  # a short plan in a long language may have room
    if sheet.beside:
        yield from ladder[min(least, LAST) :]
        return
    ladder.append(Layout(LAST, safety_first, log_beside=True))
    ladder.append(Layout(LAST, safety_first, boxes_whole=False, log_beside=True))
    if sheet.plan.short:
        ladder.append(replace(ladder[-1], smallest=True))
        ladder.append(replace(ladder[-1], habits_too=False))
        ladder.append(replace(ladder[-1], what_too=False))
    yield from ladder[least:]

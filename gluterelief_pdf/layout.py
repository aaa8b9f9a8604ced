"""How a sheet may be laid out, from the most generous on: the first layout that keeps to the pages allowed is taken.

For a short plan that is reckoned first, so that few are tried.
"""

import math
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from gluterelief_pdf.model import PAPERS, Paper, Sheet

PAGES, PAGES_SHORT, PAGES_FEW, PAGES_BILINGUAL, PAGES_LARGE = 6, 4, 3, 10, 14
FEW = 2  # exercises at most of a plan that may fit on fewer pages still
PICTURES = (1.0, 0.9616, 0.8)  # of the drawn size, by density; one over the sheet, so that lines are equally strong
SMALLEST = 0.7  # the same, where nothing else will do
PRESSURE_SCALE = (0.96, 0.82, 0.82)
LAST = len(PICTURES) - 1
DENSEST = LAST + 2  # the last step that a language may begin with
FIRST_TRIED = 2  # layouts of a complete sheet, before the tightest tells whether it keeps to its pages at all
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
# To reckon pages, in mm: what fits on one, how much more on the first, what of a part that is broken must have room at
# a page's end, what stays empty there, how much lower than the log the end of what stands beside it may be.
PAGE_MM = {"letter": 249.4, "a4": 267.0}
FIRST_MM, BROKEN_MM, LOST_MM, BELOW_LOG_MM = 3.0, 22.0, 5.0, 10.0
HEADINGS_MM = 10.0, 8.3, 7.6  # of a heading with its margins, by density
SMALLEST_HEADING_MM = 6.8  # of the same in a short plan with the smallest pictures
CLOSE_MM = 5.0  # how close to the page's end it may be in that a page is said to end
NEAR_MM = 10.0  # what is reckoned to go over the pages allowed by less than that may fit even so
SLACK = 0.2  # of a page: how much more the tightest may be reckoned to need and fit even so
HABITS = 0.09 / 0.13  # pictures of habits print smaller than those of techniques


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to set a sheet. Type never gets smaller, and no safety fact is left out."""

    density: int  # 0 generous, 1 tight, 2 tighter: space between things and the size of pictures
    safety_first: bool  # the help boxes stand before "what is a trigger point"
    boxes_whole: bool = True  # else the help boxes go on over the page's end
    log_beside: bool = False  # when to come and see us stands beside the log
    smallest: bool = False  # the smallest pictures, their captions below them, and in a short plan a narrower log
    habits_too: bool = True  # else without that section: "your plan in short" still says to move often
    what_too: bool = True  # else without what a trigger point is and what a therapist does, which a clinician has told

    @property
    def good(self) -> int:
        """How many of the things are as they should be that a reader would miss."""
        return self.what_too + self.habits_too + self.boxes_whole + (not self.smallest)

    @property
    def pictures(self) -> float:
        """The scale of all pictures of techniques."""
        return SMALLEST if self.smallest else PICTURES[self.density]

    @property
    def pressure_scale(self) -> float:
        """The scale of the drawing of pressures."""
        return PRESSURE_SCALE[self.density]

    @property
    def heading_mm(self) -> float:
        """How high a heading is, in mm with its margins."""
        return SMALLEST_HEADING_MM if self.smallest else HEADINGS_MM[self.density]

    @property
    def habits(self) -> float:
        """The scale of the pictures of habits."""
        return HABITS * min(1.0, PICTURES[self.density] / PICTURES[1])


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sheet as it stands in the flow, with the margins above and below; lengths in mm."""

    above: float
    height: float  # without the margins
    below: float
    broken: bool = False  # it may go on over the page's end
    headings: int = 0  # that stand before it, in no part
    beside: bool = False  # the next one stands at its side


Ends = Callable[[Sequence[Piece]], Collection[int]]  # gives the numbers of those in which a page ends


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


@lru_cache(1000)
def _lines(text: str, width: float) -> int:
    """Reckon in how many lines of that many em a text is set."""
    lines, left = 1, width
    for word in BREAKS.findall(text):
        wide = sum(map(_em, word.rstrip()))
        if wide > left:
            lines, left = lines + 1, width
        left -= wide + SPACE_EM
    return lines


@cache
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


def choose(
    sheet: Sheet, ways: Sequence[Layout], pages: Callable[[int], int], pieces: Callable[[int], Sequence[Piece]]
) -> int:
    """Choose the first way that keeps to the pages allowed, or, where the tightest does not, to as few as that.

    Of a short plan the pages of each way are reckoned from its pieces, so that hardly one is laid out in vain. Where
    less than the best seems to be needed by little, the better way is laid out as well.
    """
    last, most = len(ways) - 1, allowed(sheet)
    if not (sheet.plan.short and "large-print" not in sheet.edition and not sheet.beside):
        for number in range(min(FIRST_TRIED, last)):
            if pages(number) <= most:
                return number
        most = max(most, pages(last))
        return next(number for number in range(last + 1) if pages(number) <= most)
    near = NEAR_MM / PAGE_MM[sheet.paper]
    full = cache(lambda number: reckoned(pieces(number), sheet.paper, ways[number].heading_mm))
    start = bisect_left(range(last), True, key=lambda number: full(number) <= most)
    if start == last and full(last) > most + SLACK:
        most = math.ceil(full(last))
        start = bisect_left(range(last), True, key=lambda number: full(number) <= most)
    for number in range(start, last + 1):
        if pages(number) <= most:
            while number and ways[number].good < ways[number - 1].good and full(number - 1) <= most + near:
                if pages(number - 1) > most:
                    break
                number -= 1
            return number
    may_fit = (number for number in range(last) if full(number) <= pages(last) + near)
    return next((number for number in may_fit if pages(number) <= pages(last)), last)


def reckoned(pieces: Sequence[Piece], paper: Paper, heading_mm: float) -> float:
    """Reckon how many pages the pieces of a sheet fill: 3.5 is three and half of the fourth; with no pieces, 0."""
    *_, last = (_Place(0, 0, 0, begun=False), *_places(pieces, paper, heading_mm))
    return last.pages + last.end / PAGE_MM[paper]


def ends(pieces: Sequence[Piece], paper: Paper, heading_mm: float) -> set[int]:
    """Foretell in which of the pieces that may be broken a page ends: rather in too many than in too few."""
    near = PAGE_MM[paper] - CLOSE_MM
    return {
        number
        for number, (piece, place) in enumerate(zip(pieces, _places(pieces, paper, heading_mm), strict=True))
        if piece.broken and (piece.beside or place.begun or place.end > near or place.top < CLOSE_MM)
    }


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a piece comes to stand, in mm from the top of a page."""

    pages: int  # before the one that it ends on
    top: float
    end: float
    begun: bool  # on another page


def _places(pieces: Sequence[Piece], paper: Paper, heading_mm: float) -> Iterator[_Place]:
    page, pages, at, below = PAGE_MM[paper], 0, -FIRST_MM, 0.0
    side = 0.0
    for piece in pieces:
        height = piece.height + piece.headings * heading_mm
        if piece.beside:
            side += height
            yield _Place(pages, at, at, begun=False)
            continue
        height, side = max(height, side + BELOW_LOG_MM if side else 0), 0.0
        top = at + max(piece.above, below)
        room, begun = page - top, False
        if height <= room:
            at = top + height
        else:
            begun = piece.broken and room >= BROKEN_MM + piece.headings * heading_mm
            at = height - (room - LOST_MM if begun else 0)
            pages, top = pages + 1, 0
            while at > page:
                pages, at = pages + 1, at - page
        below = piece.below
        yield _Place(pages, top, at, begun)


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
    if not sheet.plan.short:  # smaller pictures lose less than a box of emergency signs in two pieces
        ladder.append(Layout(LAST, safety_first, log_beside=True, smallest=True))
    ladder.append(Layout(LAST, safety_first, boxes_whole=False, log_beside=True))
    ladder.append(replace(ladder[-1], smallest=True))
    if sheet.plan.short:
        ladder.append(replace(ladder[-1], habits_too=False))
        ladder.append(replace(ladder[-1], what_too=False))
    yield from ladder[least:]

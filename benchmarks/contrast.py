"""Contrast as it is seen: measured from the dots of each page at 300 dpi, in colour and as a printer's grey.

    python -m benchmarks.contrast

Text: for each word, the colour of its strokes against the most frequent colour around it; 4.5:1 is asked for. Lines: their
colour against what lies beside them; 3:1 is asked for of each line of the page, and of each colour of the drawings in the
middle of its strokes, which touch each other. What only parts things or shades a drawing is listed by its colour, and asked
for nothing. The exit code is 1 if anything is under.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw
from pypdf import PdfReader

from benchmarks import marks, papers
from gluterelief_pdf.colour import contrast, grey, to_hex

DPI = 300
SCALE = DPI / papers.PT_PER_INCH
TEXT, GRAPHICS = 4.5, 3.0  # WCAG 2.1 AA: 1.4.3, 1.4.11
CORE = 4  # dots of one colour that a stroke has at least, besides its soft edge
NEAR = 24  # of 255: dots whose channels differ less are of one colour
SIDE = 0.2  # of what is beside a line: one side of it, without soft edges
PALE = "#ffe680"
RGB = tuple[int, int, int]
WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')
PARTING = {
    "#c9d5d7",
    "#aacccc",
    "#d3caa6",
}  # rules between things that space parts too: --rule, and --line of the two colours
SHADING = {"#9fb0b8", "#a7acb0", "#c3ced4", "#c5c9cb", "#ffffff"}  # in drawings: bricks, folds, the far side of things


def pale_logo(folder: Path) -> Path:
    """Draw a logo in a pale colour."""
    logo = Image.new("RGB", (600, 180), "white")
    ImageDraw.Draw(logo).ellipse((20, 20, 160, 160), fill=PALE)
    logo.save(folder / "pale.png")
    return folder / "pale.png"


def words(pdf: Path, page: int) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    """Give each word of a page, with the dots it covers."""
    done = subprocess.run(
        ["pdftotext", "-f", str(page), "-l", str(page), "-bbox", pdf, "-"], capture_output=True, text=True, check=True
    )
    for left, top, right, bottom, word in WORD.findall(done.stdout):
        yield word, tuple(round(float(each) * SCALE) for each in (left, top, right, bottom))  # type: ignore[misc]


def of_text(crop: Image.Image) -> tuple[float, float]:
    """Measure a word: its strokes against what is most frequent around it, in colour and in grey."""
    colours = _dots(crop)
    around = _hex(colours.most_common(1)[0][0])
    strokes = [_hex(rgb) for rgb, n in colours.items() if n >= CORE]
    return max(contrast(each, around) for each in strokes), max(contrast(grey(each), grey(around)) for each in strokes)


def of_line(page: Image.Image, mark: marks.Mark) -> float | None:
    """Measure a line against the plainest side of it, since another line may touch it on the other.

    It is the median of up to forty of its points; none where others cover it.
    """
    own: RGB = tuple(round(255 * each) for each in mark.colour)  # type: ignore[assignment]
    reach = max(4, round(mark.thin_pt * SCALE) + 3)
    found = []
    for x, y in _along(mark):
        across, down = round(x * SCALE), page.height - round(y * SCALE)
        window = page.crop((across - reach, down - reach, across + reach + 1, down + reach + 1))
        dots = _dots(window)
        beside = Counter({rgb: n for rgb, n in dots.items() if not _like(rgb, own)})
        if beside and dots.total() - beside.total() >= CORE:
            plain = [_hex(rgb) for rgb, n in beside.items() if n >= beside.total() * SIDE]
            found.append(max((contrast(_hex(own), each) for each in plain), default=0.0))
    return statistics.median(found) if found else None


def _along(mark: marks.Mark) -> list[marks.Point]:
    """Give points of a line: of a straight one its middle, since others cross it at its ends."""
    if mark.straight:
        left, bottom, right, top = mark.box
        return [((left + right) / 2, (bottom + top) / 2)]
    middles = [((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in pairwise(mark.points)]  # at its ends others touch it
    return middles[:: max(1, len(middles) // 40)]


def _dots(picture: Image.Image) -> Counter[RGB]:
    """Count the dots of each colour."""
    return Counter({rgb: n for n, rgb in picture.getcolors(picture.width * picture.height) or ()})  # type: ignore[misc]


def _like(one: RGB, other: RGB) -> bool:
    return all(abs(a - b) < NEAR for a, b in zip(one, other, strict=True))


def _hex(rgb: RGB) -> str:
    return to_hex(*rgb)


def main() -> int:
    """Measure every page of every kind of sheet."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    rows, low = [], []
    lines: dict[tuple[str, str], list[tuple[float, str]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        kinds = {
            "standard": (),
            "low ink": ("--edition", "low-ink"),
            "a pale logo": ("--logo", str(pale_logo(Path(folder)))),
            "a pale colour": ("--colour", PALE),
        }
        for kind, path in papers.made(Path(folder), kinds):
            colour, without, number = 99.0, 99.0, 0
            for n, page in enumerate(PdfReader(path).pages, 1):
                picture = papers.picture(path, n, DPI).convert("RGB")
                for word, box in words(path, n):
                    seen, in_grey = of_text(picture.crop(box))
                    number, colour, without = number + 1, min(colour, seen), min(without, in_grey)
                    if min(seen, in_grey) < TEXT:
                        low.append(f"{kind}, page {n}: {word!r} {seen:.2f}:1, {in_grey:.2f}:1 in grey")
                for mark in marks.of(page):
                    if mark.stroke or mark.straight:
                        found = of_line(picture, mark)
                        if found:
                            where = "drawing" if mark.drawing else "page"
                            own = _hex(tuple(round(255 * each) for each in mark.colour))  # type: ignore[arg-type]
                            lines[where, own].append((found, f"{kind}, page {n}"))
            rows.append((kind, number, f"{colour:.2f}:1", f"{without:.2f}:1"))
    papers.printed(rows, ("sheet", "words", "least, in colour", "least, in grey"))
    print()
    table = []
    for (where, own), measured in sorted(lines.items()):
        least, median = min(measured)[0], statistics.median(value for value, _ in measured)
        table.append((where, own, len(measured), f"{least:.2f}:1", f"{median:.2f}:1"))
        if where == "page" and own not in PARTING:
            low += [f"line {own}, {place}: {value:.2f}:1" for value, place in measured if value < GRAPHICS]
        elif where == "drawing" and own not in SHADING and median < GRAPHICS:  # its strokes touch each other
            low.append(f"strokes of drawings in {own}: {median:.2f}:1")
    papers.printed(table, ("lines of", "colour", "number", "least", "median"))
    print(*low, f"{len(low)} faults", sep="\n")
    return bool(low)


if __name__ == "__main__":
    sys.exit(main())

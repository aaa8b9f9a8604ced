"""What comes out of a printer of 600 dpi: is anything near the paper's edge, does any line get lost?

    python -m benchmarks.prints

Each page is made twice: in grey, to look for ink within 5 mm of the edge, and in black dots alone, as a laser printer
does, to follow each line. A line is lost if it is thinner than a dot, or if for more than 1 mm of it nothing is black;
the exit code is then 1, as it is when there is ink at the edge.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from PIL import Image
from pypdf import PdfReader

from benchmarks import marks, papers

DPI = 600
EDGE_MM = 5.0
GAP_MM = 1.0
HAIRLINE_PT = 2.0  # a thicker one is no question
NEARLY_WHITE = 250  # of 255
SHORT = ("--technique", "ball.wall", "--technique", "stretch", "--technique", "heat")
KINDS = {
    "English, Letter": ("--paper", "letter"),
    "English, A4": ("--paper", "a4"),
    "Arabic": ("--lang", "ar", "--paper", "a4"),
    "Japanese": ("--lang", "ja", "--paper", "a4"),
    "large print": ("--edition", "large-print"),
    "low ink": ("--edition", "low-ink"),
    "a short plan": SHORT,
    "a patient's": ("--patient", "Ann Lee", "--note", "Start with the wall.", "--caution", "blood-thinner", *SHORT),
    "two languages": ("--lang", "es", "--with", "en"),
    "to fill in": ("--fillable",),
}


def nearest(page: Image.Image) -> float:
    """Give how far the ink stays from the paper's edge, in mm."""
    inked = page.point([255 if grey < NEARLY_WHITE else 0 for grey in range(256)]).getbbox()
    assert inked
    left, top, right, bottom = inked
    return min(left, top, page.width - right, page.height - bottom) / DPI * papers.MM_PER_INCH


def gap(dots: Image.Image, box: marks.Box) -> float:
    """Follow a straight line, and give the longest piece of it in mm on which nothing is black."""
    scale = DPI / papers.PT_PER_INCH
    left, right = max(round(box[0] * scale), 0), round(box[2] * scale)
    top, bottom = max(dots.height - round(box[3] * scale), 0), dots.height - round(box[1] * scale)
    piece = dots.crop((left, top, max(right, left + 1), max(bottom, top + 1))).convert("L")
    wide = piece.width >= piece.height
    profile = piece.resize((piece.width, 1) if wide else (1, piece.height), Image.Resampling.BOX).tobytes()
    longest = max(map(len, bytes(255 if grey == 255 else 0 for grey in profile).split(b"\0")))
    return longest / DPI * papers.MM_PER_INCH


def main() -> int:
    """Look at every page of every kind of sheet."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    rows, lost = [], []
    with tempfile.TemporaryDirectory() as folder:
        for kind, path in papers.made(Path(folder), KINDS):
            edge, thinnest, followed, longest, pages = 999.0, 999.0, 0, 0.0, PdfReader(path).pages
            for number, page in enumerate(pages, 1):
                edge = min(edge, nearest(papers.picture(path, number, DPI, "-gray")))
                dots = papers.picture(path, number, DPI, "-mono")
                lines = [mark for mark in marks.of(page) if mark.thin_pt < HAIRLINE_PT]
                thinnest = min([thinnest, *(line.thin_pt for line in lines)])
                straight = [line for line in lines if line.straight and line.colour != (1, 1, 1)]
                gaps = {line.box: gap(dots, line.box) for line in straight}
                followed, longest = followed + len(gaps), max([longest, *gaps.values()])
                lost += [f"{kind}, page {number}: {box}: {mm:.1f} mm" for box, mm in gaps.items() if mm > GAP_MM]
            thin_px = thinnest * DPI / papers.PT_PER_INCH
            lost += [f"{kind}: ink {edge:.1f} mm from the edge"] * (edge < EDGE_MM)
            lost += [f"{kind}: a line of {thin_px:.2f} dots"] * (thin_px < 1)
            rows.append(
                (kind, len(pages), f"{edge:.1f} mm", f"{thin_px:.1f} dots", followed, f"{longest:.2f} mm")
            )  # fmt: skip
    head = ("sheet", "pages", "ink nearest to the edge", "thinnest line", "straight lines followed", "longest gap")
    papers.printed(rows, head)
    print(*lost, f"{len(lost)} faults", sep="\n")
    return bool(lost)


if __name__ == "__main__":
    sys.exit(main())

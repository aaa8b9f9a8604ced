"""What looks for ink, lines and contrast on paper sees a fault that is there."""

import io

import pytest
from PIL import Image, ImageDraw
from pypdf import PdfReader

from benchmarks import marks, prints
from tests.conftest import Made

LOG_LINE = (139 / 255, 151 / 255, 155 / 255)


def test_the_lines_of_the_log_are_read_from_the_page(letter: Made) -> None:
    page = PdfReader(io.BytesIO(letter.pdf)).pages[-1]

    lines = [mark for mark in marks.of(page) if mark.straight and mark.stroke]

    assert len(lines) > 100
    assert {round(line.thin_pt, 2) for line in lines} == {0.75}
    assert {tuple(round(part, 3) for part in line.colour) for line in lines} == {
        tuple(round(part, 3) for part in LOG_LINE)
    }


@pytest.mark.parametrize(("white", "lost"), [(1, False), (20, False), (60, True)])
def test_a_line_that_is_broken_off_is_seen(white: int, lost: bool) -> None:
    dots = Image.new("1", (600, 600), 1)
    pen = ImageDraw.Draw(dots)
    pen.rectangle((100, 299, 500, 304), fill=0)
    pen.rectangle((200, 290, 199 + white, 310), fill=1)

    found = prints.gap(dots, (12, 35.5, 60, 36.1))

    assert (found > prints.GAP_MM) == lost


def test_ink_at_the_edge_is_seen() -> None:
    page = Image.new("L", (5100, 6600), 255)
    page.putpixel((100, 3000), 0)

    assert round(prints.nearest(page), 1) == 4.2

"""What looks for ink, lines and contrast on paper sees a fault that is there."""

import io

import pytest
from PIL import Image, ImageDraw
from pypdf import PdfReader

from benchmarks import contrast, marks, prints
from tests.conftest import Made

LOG_LINE = (0x7B / 255, 0x88 / 255, 0x8C / 255)  # --box


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


def test_the_contrast_of_a_word_is_that_of_its_strokes() -> None:
    word = Image.new("RGB", (60, 20), "#ffffff")
    pen = ImageDraw.Draw(word)
    pen.rectangle((10, 4, 14, 16), fill="#767676")
    pen.rectangle((9, 4, 9, 16), fill="#bbbbbb")

    in_colour, in_grey = contrast.of_text(word)

    assert round(in_colour, 2) == round(in_grey, 2) == 4.54  # WCAG 2.1's own example of what just passes


def test_a_line_that_is_too_pale_is_seen() -> None:
    page = Image.new("RGB", (400, 400), "#ffffff")
    ImageDraw.Draw(page).rectangle((100, 199, 300, 202), fill="#cccccc")
    line = marks.Mark((24, 47.5, 72, 48.3), 0.8, (0.8, 0.8, 0.8), True, (), False)

    found = contrast.of_line(page, line)

    assert found is not None
    assert round(found, 1) == 1.6

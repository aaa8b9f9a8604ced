"""The figures that are drawn in advance."""

import base64
import zlib
from pathlib import Path
from unittest.mock import patch

import pytest

from benchmarks import drawings
from gluterelief_pdf import drawn, facts, page, pdf, pictures
from gluterelief_pdf.resources import shipped
from gluterelief_pdf.tables import Content

CONTENT = shipped("content")


def test_every_shipped_figure_is_drawn_as_it_is_now() -> None:
    """After a change of a figure: `make drawings`."""
    assert drawings.text(drawings.made()) == (CONTENT / drawn.FILE).read_text(encoding="utf-8")


@pytest.mark.parametrize("accent", ["#0b6e6e", "#a01010", "#808080"])
def test_a_figure_in_a_clinics_colour_is_drawn_as_if_it_were_drawn_anew(accent: str) -> None:
    urls = [page.picture(figure, accent, lines=False) for figure in facts.figures(Content.of()).values()]
    images = "".join(f'<img src="{url}" alt="x">' for url in urls)
    press = pdf.Press()
    with patch.object(drawn, "find", return_value=None):
        pdf.render(f"<html lang=en><title>x</title><body>{images}</body></html>", css="", folders=(), press=press)

    for url in urls:
        found = drawn.find(base64.b64decode(url.partition(",")[2]), CONTENT)
        anew = press.pictures[pictures.name(url)].drawn
        assert found == (zlib.decompress(anew.content), anew.states)


def test_another_figure_is_not_found() -> None:
    assert drawn.find(b'<svg color="#010203"/>', CONTENT) is None


def test_without_the_file_figures_are_drawn_when_they_are_needed(tmp_path: Path) -> None:
    assert drawn.find(b"<svg/>", tmp_path) is None

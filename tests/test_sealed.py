"""Nothing comes from the network or from elsewhere on the disk, no font but ours is used, and no fault is passed over."""

import subprocess
from pathlib import Path

import pytest

from gluterelief_pdf import fonts, limits, pdf
from gluterelief_pdf.errors import RenderError
from gluterelief_pdf.model import Rendered
from tests.conftest import Made

HEAD = '<!doctype html><html lang="en"><head><title>x</title>'
FACE = fonts.FACES[:1]


def render(html: str, css: str = "") -> Rendered:
    return limits.run(pdf.render, 60, 2**31, html, css=fonts.css(FACE) + css, folders=fonts.folders(FACE))


def test_a_harmless_page_is_made() -> None:
    assert render(f"{HEAD}</head><body><h1>Hello</h1>").pages == 1


SVG = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'%3E{}%3C/svg%3E"


@pytest.mark.parametrize(
    "html",
    [
        f'{HEAD}</head><body><img alt="x" src="http://127.0.0.1:9/a.png">',
        f'{HEAD}</head><body><img alt="x" src="file:///etc/passwd">',
        f'{HEAD}</head><body><img alt="x" src="ftp://127.0.0.1/a.png">',
        f'{HEAD}<link rel="attachment" href="file:///etc/passwd"></head><body>x',
        f'{HEAD}<link rel="stylesheet" href="https://127.0.0.1:9/a.css"></head><body>x',
        f"{HEAD}<style>@import url(file:///etc/passwd);</style></head><body>x",
        f"{HEAD}<style>body {{ background: url(http://127.0.0.1:9/a.png) }}</style></head><body>x",
        f"{HEAD}<style>@font-face {{ font-family: a; src: url(http://127.0.0.1:9/a.ttf) }}</style></head><body>x",
        f'{HEAD}<base href="file:///etc/"></head><body><img alt="x" src="passwd">',
        f'{HEAD}</head><body><object data="file:///etc/passwd"></object>',
        f'{HEAD}</head><body><a rel="attachment" href="file:///etc/passwd">x</a>',
        f"""{HEAD}</head><body><img alt="x" src="{SVG.format("%3Cimage href='file:///etc/passwd' width='9' height='9'/%3E")}">""",
    ],
)
def test_a_page_that_reaches_out_is_refused(html: str) -> None:
    with pytest.raises(RenderError, match=r"^the page asks for something that is not shipped: "):
        render(html)


def test_a_style_that_is_not_understood_is_an_error_and_not_a_line_in_a_log() -> None:
    with pytest.raises(RenderError, match="the page cannot be laid out as written: Ignored `colour: red"):
        render(f"{HEAD}</head><body>x", css="p { colour: red }")


def test_a_picture_without_a_description_is_an_error() -> None:
    with pytest.raises(RenderError, match="has no required alt description"):
        render(f'{HEAD}</head><body><h1>x</h1><img src="{SVG.format("")}">')


def test_a_character_that_no_font_has_is_found_and_not_printed_as_a_box() -> None:
    with pytest.raises(pdf.MissingCharactersError) as error:
        render(f"{HEAD}</head><body><h1>x 漢 y 😀</h1>")

    assert error.value.characters == "漢😀"


def test_no_font_of_this_machine_is_used(made: Made, tmp_path: Path) -> None:
    (tmp_path / "sheet.pdf").write_bytes(made.pdf)

    listed = subprocess.run(["pdffonts", tmp_path / "sheet.pdf"], capture_output=True, text=True, check=True).stdout

    names = [line.split()[0].split("+")[1] for line in listed.splitlines()[2:]]
    assert sorted(names) == ["Handout-Fira-Sans", "Handout-Fira-Sans-Bold"]
    assert all(
        line.split()[-5:-2] == ["yes", "yes", "yes"] for line in listed.splitlines()[2:]
    )  # embedded, subset, Unicode

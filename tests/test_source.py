"""What is taken out of WeasyPrint's own style sheet, and when it stays."""

import pytest
import weasyprint

from gluterelief_pdf import handout, pdf
from gluterelief_pdf.model import Choice, Clinic
from gluterelief_pdf.source import Source

PAGE = "<!doctype html><html><head></head><body><p>One<ol><li>Two</ol></body></html>"


def pseudo(page: Source) -> set[str]:
    """Name the parts of elements that a style is made for, of a paragraph and of a list's item."""
    found = set()
    for element in page.wrapper_element.query_all("p", "li"):
        for sheet in page._ua_stylesheets():
            found |= {f"{element.local_name}::{kind}" for *_, kind, _ in sheet.matcher.match(element) if kind}
    return found


def test_no_element_is_given_numbers_of_notes_and_only_items_of_lists_have_a_marker() -> None:
    assert pseudo(Source("", PAGE, None)) == {"li::marker"}


def test_a_clinic_s_own_style_may_have_notes_and_other_lists() -> None:
    whole = {f"{name}::{kind}" for name in ("p", "li") for kind in
             ("marker", "footnote-call", "footnote-marker", "note-call", "note-marker", "note-callback")}  # fmt: skip

    for css in ("aside { float: footnote }", "p { display: list-item }", "aside { position: note(side) }"):
        assert pseudo(Source(css, PAGE, None)) == whole
    assert pseudo(Source("", PAGE.replace("<p>", '<p style="display: list-item">'), None)) == whole


def test_a_sheet_is_the_same_as_with_the_whole_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    page = handout.fill("en", Clinic(), choice=Choice(("ball.wall", "pigeon")))
    html, css, folders = handout.source(page)
    less = pdf.render(html, css=css, folders=folders)

    monkeypatch.setattr(Source, "_ua_stylesheets", weasyprint.HTML._ua_stylesheets)

    assert pdf.render(html, css=css, folders=folders).pdf == less.pdf

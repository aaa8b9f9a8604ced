"""What is taken out of WeasyPrint's own style sheet, and when it stays."""

from functools import partial
from pathlib import Path

import pytest

from gluterelief_pdf import handout, limits, pdf
from gluterelief_pdf.model import Choice, Clinic
from gluterelief_pdf.source import Source
from tests.overriding import filled, own
from tests.reading import Reading

PAGE = "<!doctype html><html><head></head><body><p>One<ol><li>Two</ol></body></html>"
KINDS = ("marker", "footnote-call", "footnote-marker", "note-call", "note-marker", "note-callback")


def pseudo(page: Source) -> set[str]:
    """Name the parts of elements that a style is made for, of a paragraph and of a list's item."""
    found = set()
    for element in page.wrapper_element.query_all("p", "li"):
        for sheet in page._ua_stylesheets():
            found |= {f"{element.local_name}::{kind}" for *_, kind, _ in sheet.matcher.match(element) if kind}
    return found


@pytest.mark.parametrize(
    ("own", "kinds"), [(False, {"li::marker"}), (True, {f"{name}::{kind}" for name in ("p", "li") for kind in KINDS})]
)
def test_our_own_pages_have_a_marker_for_items_of_lists_alone(own: bool, kinds: set[str]) -> None:
    assert pseudo(Source(PAGE, fetcher=None, own=own)) == kinds


def test_a_sheet_is_the_same_as_with_the_whole_of_it() -> None:
    html, css, folders = handout.source(handout.fill("en", Clinic(), choice=Choice(("ball.wall", "pigeon"))))

    less, whole = (
        limits.run(partial(pdf.render, html, css=css, folders=folders, own=own), 60, 2**31) for own in (False, True)
    )

    assert less.pdf == whole.pdf


def test_a_clinic_s_own_style_may_have_footnotes(tmp_path: Path) -> None:
    own(tmp_path, "templates/css/90-ours.css", "aside { float: FOOTNOTE }\n")
    own(tmp_path, "templates/partials/what.html", "<p>Sore<aside>Where it hurts.</aside></p>\n")

    reading = Reading(handout.render(filled(tmp_path, techniques=("pigeon",))).pdf)

    assert reading.says("1. Where it hurts.")

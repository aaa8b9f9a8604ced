"""What goes on over a page's end says there what it is: a list of emergency signs under no heading helps nobody."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gluterelief_pdf import clinic, facts, handout, pdf
from gluterelief_pdf.layout import layouts
from gluterelief_pdf.model import Choice, Sheet
from gluterelief_pdf.tables import Content
from tests.conftest import NAMED, SAMPLE_LOGO, Made
from tests.overriding import filled, own
from tests.reading import Reading, squeezed

BOXES = ("emergency-nerve", "emergency-other", "same-day", "do-not", "ask-first")
FOUR = Choice(("ball", "fingers", "figure-four", "clamshell"))
KINDS: dict[str, tuple[str, str, dict[str, Any]]] = {  # in each some box goes on
    "short": ("de", "letter", {"choice": FOUR}),
    "short-ar": ("ar", "a4", {"choice": Choice(("ball", "pigeon")), "edition": "large-print"}),
    "two-languages": ("es", "letter", {"beside": "en"}),
    "large-print": ("en", "letter", {"edition": "large-print"}),
    "low-ink": ("vi", "a4", {"edition": "large-print-low-ink"}),
}


def sheet(tag: str, paper: str, **given: Any) -> Sheet:
    region = facts.region(Content.of(), "US" if paper == "letter" else "GB")
    who, _ = clinic.make(region=region, logo=SAMPLE_LOGO, **NAMED)  # type: ignore[arg-type]
    return handout.fill(tag, who, paper=paper, **given)  # type: ignore[arg-type]


def places(one: Sheet, pages: list[str], box: str) -> list[int]:
    """Give the numbers of the pages on which a box stands, from the first; a short text may stand elsewhere too."""
    texts = vars(vars(one.texts.safety)[box])
    signs = [squeezed(str(texts[fact]).partition("\n")[0]) for fact in one.safety[box]]
    return [number for number, page in enumerate(pages) if any(sign in page for sign in signs if len(sign) > 20)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_box_that_goes_on_has_its_title_at_the_top_of_the_next_page(kind: str, press: pdf.Press) -> None:
    tag, paper, given = KINDS[kind]
    one = sheet(tag, paper, **given)
    alone = sheet(tag, paper, **{name: value for name, value in given.items() if name != "beside"})
    pages = [squeezed(page) for page in Reading(handout.render(one, press=press).pdf).pages]

    expected = {}
    for box in BOXES:
        for number in places(alone, pages, box)[1:]:
            expected[number] = squeezed("… " + vars(alone.texts.safety)[box].title)

    assert expected
    assert {number: page.count("…") for number, page in enumerate(pages) if "…" in page} == dict.fromkeys(expected, 1)
    assert [title for number, title in expected.items() if title not in pages[number]] == []


def test_no_page_ends_between_what_leads_to_a_list_and_the_list(press: pdf.Press) -> None:
    one = sheet("ko", "a4", choice=Choice(("foam-roller", "clamshell")))
    first, second, *_ = [squeezed(page) for page in Reading(handout.render(one, press=press).pdf).pages]

    assert squeezed(vars(one.texts.safety)["do-not"].title) not in first
    assert second.startswith(squeezed(vars(one.texts.safety)["do-not"].title))


def test_where_no_box_goes_on_no_page_begins_with_a_title(letter: Made) -> None:
    assert [number for number, page in enumerate(letter.reading.pages) if "…" in page] == []


def test_a_page_after_the_last_box_begins_with_no_title_whatever_stands_on_it(tmp_path: Path) -> None:
    own(tmp_path, "templates/partials/find.html", '<p style="break-before: page">Ours.</p>')
    one = replace(filled(tmp_path), edition="large-print")

    pages = Reading(handout.render(one).pdf).pages

    begun = next(number for number, page in enumerate(pages) if "Ours." in page)
    assert "… Ask us first if you:" in pages[begun - 1]
    assert "…" not in pages[begun]


@pytest.mark.parametrize("tag", ["it", "pl", "ru", "uk"])
def test_the_boxes_of_the_complete_sheet_are_whole_in_the_longest_languages_too(tag: str, press: pdf.Press) -> None:
    one = sheet(tag, "letter")
    rendered = handout.render(one, press=press)
    pages = [squeezed(page) for page in Reading(rendered.pdf).pages]

    assert rendered.pages == 6
    assert {box: len(places(one, pages, box)) for box in BOXES} == dict.fromkeys(BOXES, 1)


def test_smaller_pictures_come_before_boxes_that_go_on() -> None:
    ways = list(layouts(sheet("en", "letter")))

    assert [way.smallest for way in ways if way.boxes_whole][-1]
    assert not any(way.boxes_whole for way in ways[[way.boxes_whole for way in ways].index(False) :])

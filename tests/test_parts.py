"""Parts of a sheet that are laid out once and put into many."""

import re
from collections.abc import Sequence
from functools import cache

import pytest
from PIL import ImageChops, ImageStat

from gluterelief_pdf import handout, layout, parts, pdf
from gluterelief_pdf.model import Choice, Clinic, Edition, Rendered, Sheet
from gluterelief_pdf.shelf import Shelf
from tests.reading import Reading
from tests.rendering import pictures

PLANS = ("ball", "foam-roller", "fingers", "figure-four"), ("pigeon", "clamshell", "heat"), ("ball.wall", "ice")


SAME = 0.2  # of 255, on the mean: below the first page WeasyPrint sets the drawing of pressures 0.3 mm higher


@cache
def shelf() -> Shelf:
    return Shelf()


def sheet(plan: Sequence[str] = PLANS[0], tag: str = "en", edition: Edition = "standard") -> Sheet:
    return handout.fill(tag, Clinic(name="Riverside"), shelf=shelf(), choice=Choice(tuple(plan)), edition=edition)


def made(page: Sheet, way: layout.Layout | None = None, *, whole: bool = True) -> Rendered:
    """Make a sheet in one layout, with its parts laid out by themselves or where they stand."""
    html, css, folders = handout.source(page, way)
    if not whole:
        html = re.sub("<!--/?whole-->", "", html)
    return pdf.render(html, css=css, folders=folders)


@pytest.mark.parametrize(
    ("tag", "edition", "number"),
    [("en", "standard", 0), ("en", "standard", -1), ("ar", "standard", 1), ("en", "low-ink", 1)],
)
def test_a_sheet_of_parts_looks_and_reads_like_one_laid_out_whole(tag: str, edition: Edition, number: int) -> None:
    page = sheet(tag=tag, edition=edition)
    way = list(layout.layouts(page))[number]

    one, other = made(page, way), made(page, way, whole=False)

    assert one.pdf != other.pdf
    for left, right in zip(pictures(one.pdf, dpi=60), pictures(other.pdf, dpi=60), strict=True):
        assert max(ImageStat.Stat(ImageChops.difference(left, right)).mean) < SAME
    words = [[sorted(text.split()) for text in Reading(each.pdf).pages] for each in (one, other)]
    assert words[0] == words[1]


def test_a_press_gives_the_same_bytes_whatever_it_made_before(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = [handout.render(sheet(plan), press=pdf.Press()).pdf for plan in PLANS]
    press = pdf.Press()

    assert [handout.render(sheet(plan), press=press).pdf for plan in reversed(PLANS)] == fresh[::-1]
    monkeypatch.setattr(parts, "MOST", 1)  # all are forgotten before each layout
    assert [handout.render(sheet(plan), press=press).pdf for plan in PLANS] == fresh


def test_what_is_known_is_not_laid_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    press = pdf.Press()
    first = handout.render(sheet(), press=press)
    monkeypatch.setattr(parts, "_laid_out", lambda *_: pytest.fail("laid out again"))

    assert handout.render(sheet(), press=press).pdf == first.pdf


def page(body: str, tag: str = "body") -> str:
    style = "<style>\n@page {\n  size: a4;\n margin: 15mm } p { height: 40mm; margin: 5mm 0 } .tall { height: 200mm }</style>"
    return f"<html lang=en><head><title>x</title>{style}</head><{tag}>{body}</body></html>"


def heights(html: str) -> list[float]:
    """Lay a page out, and give the places of its paragraphs from the top of their page, in mm."""
    weasyprint = pdf.ready()
    document = parts.Parts().laid_out(html, "", lambda some: weasyprint.HTML(string=some).render())
    parts.fill(document)
    boxes = (box for each in document.pages for box in each._page_box.descendants())
    return [round(box.border_box_y() * parts.MM_PER_PX, 6) for box in boxes if box.element_tag == "p"]


@pytest.mark.parametrize(
    "body",
    [
        "<p></p><!--whole--><p></p><p></p><!--/whole--><p></p>",
        "<section><!--whole--><p></p><!--/whole--></section><p></p>",
        '<div class="row"><div class="how"><!--whole--><p></p><!--/whole--></div><div class="pic"></div></div><p></p>',
        "<p></p><p></p><p></p><p></p><p></p><!--whole--><p></p><!--/whole--><p></p>",  # goes to the next page
        "<!--whole--><p class=tall></p><p></p><!--/whole--><p></p>",  # too high to stand whole
        '<div data-part="none of ours"><p></p></div><!--whole--><p></p><!--/whole-->',
    ],
)
def test_margins_and_pages_are_as_without_parts(body: str) -> None:
    plain = re.sub("<!--/?whole-->", "", body)

    assert heights(page(body)) == heights(page(plain))


@pytest.mark.parametrize(
    "html",
    [
        page("<!--whole--><p></p>"),
        page("<!--/whole--><p></p><!--whole-->"),
        page("<div><!--whole--></div><p></p><!--/whole-->"),
        page("<!--whole--><div><!--/whole--><p></p></div>"),
        page("<p></p></div></section><!--whole--><p></p><!--/whole-->"),
        page("<!--whole--><p></p><!--/whole-->", tag="main"),
        page("<!--whole--><p></p><!--/whole-->").replace("size: a4", "size: a5"),
        "<!--whole--><p></p><!--/whole-->",
    ],
)
def test_a_template_that_marks_its_parts_wrongly_is_laid_out_as_it_is(html: str) -> None:
    weasyprint = pdf.ready()
    seen: list[str] = []

    def render(some: str) -> object:
        seen.append(some)
        return weasyprint.HTML(string=some).render()

    parts.Parts().laid_out(html, "", render)

    assert seen == [html]


@pytest.fixture
def short() -> tuple[Sheet, list[layout.Layout]]:
    page = sheet()
    return page, list(layout.layouts(page))


def chosen(page: Sheet, ways: list[layout.Layout], pages: Sequence[int], full: float) -> tuple[int, set[int]]:
    """Choose among ways that take so many pages, of a plan that would fill so much of its pages; tell which were tried."""
    tried: set[int] = set()
    numbers = zip(layout.PER, (1, len(page.plan.techniques), len(page.texts.log.rows), 0), strict=True)
    height = full * layout.allowed(page) * layout.PAGE_MM[page.paper] - sum(each * number for each, number in numbers)

    def count(number: int) -> int:
        tried.add(number)
        return pages[number]

    return layout.choose(page, ways, count, lambda: height / layout.PER[-1]), tried


def test_the_layout_is_the_first_that_fits_from_the_reckoned_one_on(short: tuple[Sheet, list[layout.Layout]]) -> None:
    page, ways = short

    assert chosen(page, ways, [4] * 7, 0.6) == (0, {0})
    assert chosen(page, ways, [5, 5, 4, 4, 4, 4, 4], 0.6) == (2, {0, 1, 2})
    assert chosen(page, ways, [5, 5, 5, 5, 5, 5, 4], 1.15) == (6, {6, 5})
    assert chosen(page, ways, [6, 5, 5, 5, 5, 5, 5], 1.24) == (2, {2, 3})  # none will do: the tightest is not tried


def test_nothing_is_left_out_or_broken_that_has_room(short: tuple[Sheet, list[layout.Layout]]) -> None:
    page, ways = short

    for first in range(len(ways)):
        number, _ = chosen(page, ways, [5] * first + [4] * (len(ways) - first), 1.15)
        assert ways[number].good == ways[first].good


@pytest.mark.parametrize("full", [0.6, 1.0, 1.1, 1.2, 2])
def test_where_none_fits_one_with_as_few_pages_as_can_be_is_taken(
    short: tuple[Sheet, list[layout.Layout]], full: float
) -> None:
    page, ways = short
    pages = [7, *[6] * 6]

    assert pages[chosen(page, ways, pages, full)[0]] == 6


def test_the_complete_sheet_tries_its_layouts_in_their_order() -> None:
    page = handout.fill("en", Clinic(name="Riverside"), shelf=shelf())
    ways = list(layout.layouts(page))

    for first in range(len(ways)):
        pages = [7] * first + [6] * (len(ways) - first)
        assert chosen(page, ways, pages, 2)[0] == first
    assert chosen(page, ways, [8, *[7] * (len(ways) - 1)], 2)[0] == 1


def test_a_higher_plan_is_tried_in_a_tighter_layout_first(short: tuple[Sheet, list[layout.Layout]]) -> None:
    page, ways = short
    first = [max(chosen(page, ways, [4] * 7, full / 100)[1]) for full in range(50, 120)]

    assert first == sorted(first)
    assert (first[0], first[-1]) == (0, 6)

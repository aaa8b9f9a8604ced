"""Parts of a sheet that are laid out once and put into many."""

import math
import re
import subprocess
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import TypeAlias

import pytest
from PIL import ImageChops, ImageStat

from gluterelief_pdf import handout, layout, parts, pdf
from gluterelief_pdf.layout import Piece
from gluterelief_pdf.model import Choice, Clinic, Edition, Paper, Rendered, Sheet
from gluterelief_pdf.shelf import Shelf
from tests.reading import Reading, squeezed
from tests.rendering import pictures

PLANS = ("ball", "foam-roller", "fingers", "figure-four"), ("pigeon", "clamshell", "heat"), ("ball.wall", "ice")

Pages: TypeAlias = Callable[[int], int]
Pieces: TypeAlias = Callable[[int], Sequence[Piece]]
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
        html = re.sub("<!--/?(whole|broken|measured)-->", "", html)
    return pdf.render(html, css=css, folders=folders)


@pytest.mark.parametrize(
    ("tag", "edition", "number"),
    [("en", "standard", 0), ("en", "standard", -1), ("ar", "standard", 1), ("en", "low-ink", 1)],
)
def test_a_sheet_of_parts_looks_and_reads_like_one_laid_out_whole(tag: str, edition: Edition, number: int) -> None:
    page = sheet(tag=tag, edition=edition)
    way = list(layout.layouts(page))[number]

    one, other = made(page, way), made(page, way, whole=False)

    assert "<!--whole-->" in handout.source(page, way)[0]
    for left, right in zip(pictures(one.pdf, dpi=60), pictures(other.pdf, dpi=60), strict=True):
        assert max(ImageStat.Stat(ImageChops.difference(left, right)).mean) < SAME
    letters = [[sorted(squeezed(text)) for text in Reading(each.pdf).pages] for each in (one, other)]
    assert letters[0] == letters[1]  # older versions of pypdf part words where a line begins a hair's breadth elsewhere


def test_a_press_gives_the_same_bytes_whatever_it_made_before(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = [handout.render(sheet(plan), press=pdf.Press()).pdf for plan in PLANS]
    press = pdf.Press()

    assert [handout.render(sheet(plan), press=press).pdf for plan in reversed(PLANS)] == fresh[::-1]
    monkeypatch.setattr(parts, "MOST", 1)  # all are forgotten before each sheet
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
    style = weasyprint.CSS(string=parts.STYLE)
    document = parts.Parts().laid_out(html, "", lambda some: weasyprint.HTML(string=some).render(stylesheets=[style]))
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
        page("<style>p { margin: 0 }</style><!--whole--><p></p><!--/whole-->"),
        page("<!--whole--><p></p><!--/whole-->").replace("size: a4", "size: a5"),
        "<!--whole--><p></p><!--/whole-->",
    ],
)
def test_a_template_whose_parts_are_marked_wrongly_or_styled_where_they_stand_is_laid_out_as_it_is(html: str) -> None:
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


def chosen(
    page: Sheet, ways: list[layout.Layout], pages: Sequence[int], reckoned: Sequence[float]
) -> tuple[int, set[int]]:
    """Choose among ways that take so many pages, and are reckoned to fill so many; tell which were laid out."""
    tried: set[int] = set()

    def count(number: int) -> int:
        tried.add(number)
        return pages[number]

    def pieces(number: int) -> list[Piece]:
        height = reckoned[number] * layout.PAGE_MM[page.paper] + layout.FIRST_MM - layout.LOST_MM
        return [Piece(0, height, 0, broken=True)]

    return layout.choose(page, ways, count, pieces), tried


@pytest.mark.parametrize(
    ("pages", "reckoned", "number", "tried"),
    [
        ([4] * 7, [3.9] * 7, 0, {0}),
        ([5, 5, 4, 4, 4, 4, 4], [4.5, 4.2, *[3.9] * 5], 2, {2}),
        ([5, 5, 5, 4, 4, 4, 4], [3.9] * 7, 3, {0, 1, 2, 3}),  # reckoned wrongly
        ([5, 5, 5, 5, 4, 4, 4], [5, 5, 5, 4.5, 3.9, 3.8, 3.7], 4, {4}),
        ([5, 5, 5, 5, 5, 5, 4], [5, 5, 5, 4.5, 4.4, 4.3, 3.9], 6, {6}),
        ([7, *[6] * 6], [6.1, 5.9, 5.9, 5.7, 5.5, 5.3, 5.2], 1, {1}),  # none fits: the best of those with as few pages
        ([6, 6, 6, 6, 5, 5, 5], [5.9, 5.9, 5.9, 5.4, 4.9, 4.8, 4.7], 4, {4}),
        ([5, 5, 5, 5, 5, 5, 4], [5, 5, 5, 4.5, 4.3, 4.2, 4.02], 6, {6}),  # the tightest goes over by little
    ],
)
def test_the_layout_is_the_first_that_is_reckoned_to_fit(
    short: tuple[Sheet, list[layout.Layout]], pages: list[int], reckoned: list[float], number: int, tried: set[int]
) -> None:
    assert chosen(*short, pages, reckoned) == (number, tried)


def test_nothing_is_left_out_or_broken_that_might_have_room(short: tuple[Sheet, list[layout.Layout]]) -> None:
    page, ways = short
    barely = 4 + 0.9 * layout.NEAR_MM / layout.PAGE_MM[page.paper]

    assert chosen(page, ways, [5, 4, 4, 4, 4, 4, 4], [5, barely, barely, 3.9, 3.9, 3.9, 3.9]) == (2, {2, 3})
    assert chosen(page, ways, [5, 5, 5, 5, 5, 4, 4], [5, 5, 5, 4.5, barely, barely, 3.9]) == (5, {4, 5, 6})
    assert chosen(page, ways, [5, 5, 5, 5, 5, 4, 4], [5, 5, 5, 4.5, 4.5, 4.5, 3.9]) == (6, {6})


@pytest.mark.parametrize("full", [3.9, 4.1, 4.5, 5.1, 5.9])
def test_where_none_fits_one_with_as_few_pages_as_can_be_is_taken(
    short: tuple[Sheet, list[layout.Layout]], full: float
) -> None:
    pages = [7, *[6] * 6]

    assert pages[chosen(*short, pages, [full + 1, *[full] * 6])[0]] == 6


def test_the_complete_sheet_tries_its_layouts_in_their_order() -> None:
    page = handout.fill("en", Clinic(name="Riverside"), shelf=shelf())
    ways = list(layout.layouts(page))

    assert len(ways) == 7
    assert chosen(page, ways, [6] * 7, []) == (0, {0})
    assert chosen(page, ways, [7, 6, 6, 6, 6, 6, 6], []) == (1, {0, 1})
    assert chosen(page, ways, [7, 7, 7, 6, 6, 6, 6], []) == (3, {0, 1, 2, 3, 6})
    assert chosen(page, ways, [7, 7, 7, 7, 7, 7, 6], []) == (6, set(range(7)))
    assert chosen(page, ways, [8, 7, 7, 7, 7, 7, 7], []) == (1, {0, 1, 6})
    assert chosen(page, ways, [8, 8, 8, 7, 8, 8, 8], []) == (0, {0, 1, 6})


@pytest.mark.parametrize(
    ("pieces", "pages"),
    [
        ([Piece(0, 100, 0)], 97 / 267),
        ([Piece(0, 128, 0), Piece(0, 100, 0), Piece(0, 100, 0)], 1 + 100 / 267),
        ([Piece(0, 128, 0), Piece(0, 100, 0), Piece(0, 100, 0, broken=True)], 1 + 63 / 267),  # 5 mm are lost
        ([Piece(0, 128, 0), Piece(0, 130, 0), Piece(0, 100, 0, broken=True)], 1 + 100 / 267),  # 12 mm are too little
        ([Piece(0, 128, 3), Piece(5, 30, 0), Piece(0, 20, 0, headings=1)], 187 / 267),
        ([Piece(0, 83, 0, beside=True), Piece(0, 50, 0)], 90 / 267),
        ([Piece(0, 43, 0, beside=True), Piece(0, 93, 0)], 90 / 267),
        ([Piece(0, 600, 0)], 3 + 66 / 267),  # too high for any page
    ],
)
def test_pages_are_reckoned_from_pieces(pieces: list[Piece], pages: float) -> None:
    assert layout.reckoned(pieces, "a4", heading_mm=7) == pytest.approx(pages)


@pytest.mark.parametrize(
    ("pieces", "ends"),
    [
        ([Piece(0, 128, 0), Piece(0, 100, 0, broken=True), Piece(0, 100, 0, broken=True)], {2}),
        ([Piece(0, 128, 0), Piece(0, 100, 0, broken=True), Piece(0, 100, 0)], set()),
        ([Piece(0, 128, 0), Piece(0, 139, 0, broken=True)], {1}),  # it ends near the page's end
        ([Piece(0, 128, 0), Piece(0, 130, 0), Piece(0, 50, 0, broken=True)], {2}),  # it begins a page
    ],
)
def test_where_a_page_ends_is_foretold(pieces: list[Piece], ends: set[int]) -> None:
    assert layout.ends(pieces, "a4", heading_mm=7) == ends


def test_most_sheets_have_the_pages_that_were_reckoned(monkeypatch: pytest.MonkeyPatch) -> None:
    right: list[bool] = []

    def choose(page: Sheet, ways: Sequence[layout.Layout], pages: Pages, pieces: Pieces) -> int:
        for number, way in enumerate(ways):
            reckoned = layout.reckoned(pieces(number), page.paper, way.heading_mm)
            right.append(math.ceil(reckoned) == pages(number))
        return 0

    monkeypatch.setattr(layout, "choose", choose)
    press = pdf.Press()
    for plan in (*PLANS, ("ball", "foam-roller", "pigeon", "hip-flexor", "glute-bridge", "heat")):
        handout.render(sheet(plan), press=press)

    assert right.count(True) > 0.85 * len(right)


def test_what_the_fewest_sheets_had_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    press = pdf.Press()
    for _ in range(2):
        handout.render(sheet(), press=press)
    often = {name for name, sheets in press.parts._uses.items() if sheets > 1}
    handout.render(sheet(PLANS[1]), press=press)
    assert often < set(press.parts._kept)

    monkeypatch.setattr(parts, "MOST", len(often))
    press.parts.begin()

    assert len(press.parts._kept) == len(often)
    assert {press.parts._uses[name] for name in press.parts._kept} <= {2, 3}


def placed(pdf: bytes) -> bytes:
    """Tell where each word of a PDF stands."""
    command = ["pdftotext", "-bbox", "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True, timeout=60).stdout


@pytest.mark.parametrize(("tag", "paper"), [("en", "letter"), ("ar", "a4")])
def test_what_is_kept_whole_stands_where_it_would_if_a_page_could_end_in_it(tag: str, paper: Paper) -> None:
    """Whether that was foretold rightly, wrongly, or not at all."""
    choice = Choice(("ball", "pigeon", "clamshell", "heat", "ice"))
    page = handout.fill(tag, Clinic(), shelf=shelf(), choice=choice, paper=paper)
    press = pdf.Press()
    way = next(way for way in layout.layouts(page) if not way.boxes_whole)
    html, css, folders = handout.source(page, way)
    foretold: list[layout.Ends | None] = [
        None,
        partial(layout.ends, paper=paper, heading_mm=way.heading_mm),
        lambda _: set(),
        lambda pieces: range(len(pieces)),
    ]

    made = [
        pdf.render(html, css=css, folders=folders, ends=ends and (lambda _, ends=ends: ends), press=press)
        for ends in foretold
    ]

    assert "<!--broken-->" in html
    assert len({each.pages for each in made}) == 1
    assert len({placed(each.pdf) for each in made}) == 1

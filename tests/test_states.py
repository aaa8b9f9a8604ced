"""Of which classes of the body a part depends."""

from functools import cache

import pytest

from gluterelief_pdf import handout, limits, states
from gluterelief_pdf.model import Choice, Clinic
from gluterelief_pdf.pdf import Press
from gluterelief_pdf.shelf import Shelf

BODY = ("tight", "small")
PLANS = (
    ("ball", "foam-roller", "fingers", "figure-four", "pigeon", "heat"),
    ("pigeon", "clamshell"),
    ("ball.wall", "ice"),
)


@pytest.mark.parametrize(
    ("css", "part", "found"),
    [
        (".tight p { margin: 0 }", "<p>x</p>", {"tight"}),
        (".tight p { margin: 0 }", "<li>x</li>", set()),
        ("p { margin: 0 }", "<p>x</p>", set()),
        (".tight .how li { margin: 0 }", '<div class="how"><li>x</li></div>', {"tight"}),
        (".tight .how li { margin: 0 }", "<li>x</li>", set()),
        (".tight li, .small p { margin: 0 }", "<p>x</p>", {"small"}),
        (".tight .one.two > p + p { margin: 0 }", '<div class="two one"><p>x</p></div>', {"tight"}),
        (".tight.small p { margin: 0 }", "<p>x</p>", {"tight", "small"}),
        (".tight:not(.small, .other) p { margin: 0 }", "<p>x</p>", {"tight", "small"}),
        (":is(.tight, .small) p { margin: 0 }", "<p>x</p>", {"tight", "small"}),
        ("p:not(.tight *) { margin: 0 }", "<p>x</p>", {"tight"}),
        (".tight [dir=rtl] { margin: 0 }", "<p>x</p>", {"tight"}),
        (".tight p::before { content: 'x' }", "<p>x</p>", {"tight"}),
        (".tight * { margin: 0 }", "<li>x</li>", {"tight"}),
        (".tight { line-height: 2 }", "<li>x</li>", {"tight"}),
        (".tight { --a: 1px } .how { width: var(--a) }", '<div class="how">x</div>', {"tight"}),
        (".tight { --a: 1px } .how { width: var(--a) }", "<p>x</p>", set()),
        (".tight { --a: 1px }", '<p style="width: var( --a )">x</p>', {"tight"}),
        (".tight { --a: 1px } .how { --b: var(--a) } i { width: calc(2 * var(--b)) }", "<i>x</i>", {"tight"}),
        (".tight { --a: 1px } body { width: var(--a) }", "<li>x</li>", {"tight"}),
        ("/* .tight p { margin: 0 } */ .small p { margin: 0 }", "<p>x</p>", {"small"}),
        ("@media print { .tight p { margin: 0 } }", "<p>x</p>", {"tight"}),
        ("@page { size: a4 } .tight p { margin: 0 }", "<p>x</p>", {"tight"}),
        (".arab .tight p { margin: 0 }", "<p>x</p>", set()),
        (".tight { p { margin: 0 } }", "<li>x</li>", {"tight", "small"}),  # rules in rules: too much to tell
        ("[class~=tight] p { margin: 0 }", "<li>x</li>", {"tight", "small"}),
        ("@media print { .tight { & p { margin: 0 } } }", "<li>x</li>", {"tight", "small"}),
    ],
)
def test_a_part_depends_on_what_some_rule_for_it_speaks_of(css: str, part: str, found: set[str]) -> None:
    assert states.of(css, [part], BODY) == found


def test_what_the_part_stands_in_counts_too() -> None:
    css = ".arab .tight ol { margin: 0 }"

    assert states.of(css, ['<html class="arab"', "<ol>", "<li>x</li>"], BODY) == {"tight"}


@cache
def shelf() -> Shelf:
    return Shelf()


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_sheets_have_the_same_bytes_as_when_every_part_is_laid_out_for_each_layout(tag: str) -> None:
    def made(press: Press) -> list[bytes]:
        sheets = (handout.fill(tag, Clinic(), shelf=shelf(), choice=Choice(plan)) for plan in PLANS)
        return [handout.render(sheet, press=press).pdf for sheet in sheets]

    def work() -> tuple[list[bytes], list[bytes], int, int]:
        one, other = Press(), Press()
        shared = made(one)
        states.of = lambda css, part, among: frozenset(among)
        return shared, made(other), len(one.parts._sizes), len(other.parts._sizes)

    shared, apart, some, all_of_them = limits.run(work, 60, 2**31)

    assert shared == apart
    assert some < all_of_them

"""Styles that many documents share."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from weasyprint.css import ComputedStyle

from gluterelief_pdf import handout, limits, styles
from gluterelief_pdf.model import Choice, Clinic, Rendered
from gluterelief_pdf.pdf import Press
from gluterelief_pdf.shelf import Shelf
from gluterelief_pdf.styles import Styles
from tests.overriding import filled, own

PLANS = (
    ("ball", "foam-roller", "fingers", "figure-four", "pigeon", "heat"),
    ("pigeon", "clamshell"),
    ("ball.wall", "ice"),
)


@cache
def shelf() -> Shelf:
    return Shelf()


def made(press: Press, plan: tuple[str, ...], tag: str = "en") -> Rendered:
    return handout.render(handout.fill(tag, Clinic(name="Riverside"), shelf=shelf(), choice=Choice(plan)), press=press)


def apart(work: Callable[[], Any]) -> Any:
    """Do it in a process of its own: WeasyPrint is changed there, and the tests' process stays small."""
    return limits.run(work, 60, 2**31)


@pytest.mark.parametrize("tag", ["en", "ar", "ja"])
def test_sheets_have_the_same_bytes_as_with_styles_of_their_own(tag: str) -> None:
    def work() -> tuple[list[bytes], list[bytes]]:
        press, fresh = Press(), Press()
        shared = [made(press, plan, tag).pdf for plan in PLANS]
        Styles.key = lambda *_: None  # type: ignore[method-assign]
        return shared, [made(fresh, plan, tag).pdf for plan in PLANS]

    shared, alone = apart(work)

    assert shared == alone


def test_few_styles_are_computed_for_parts_that_are_laid_out_anew() -> None:
    def work() -> list[int]:
        press, counted = Press(), [0]
        known = ComputedStyle.__missing__

        def counting(self: Any, key: str) -> Any:
            counted[-1] += 1
            return known(self, key)

        ComputedStyle.__missing__ = counting
        for _ in range(2):
            press.parts.clear()
            made(press, PLANS[1])
            counted.append(0)
        return counted

    first, second, _ = apart(work)

    assert first > 20_000
    assert second < first / 2  # rooms, pictures and pages have a style of their own


def test_they_are_forgotten_before_they_are_too_many() -> None:
    def work() -> tuple[bytes, bytes, int]:
        press = Press()
        plenty = made(press, PLANS[1]).pdf
        styles.MOST = 100
        few = Press()
        return plenty, made(few, PLANS[1]).pdf, max(len(config.kept._kept) for _, config, _ in few._styles.values())

    plenty, few, most = apart(work)

    assert few == plenty
    assert most <= 100


def test_a_clinic_s_own_style_on_a_page_is_that_page_s(tmp_path: Path) -> None:
    """The same style sheets, and a rule for all paragraphs in one page's head that the other has not."""
    page = (
        "{% extends 'shipped/handout.html' %}{% block what %}<style>p { VISIBILITY }</style><p>Sore.</p>{% endblock %}"
    )

    def work() -> list[bytes]:
        press, found = Press(), []
        for place, rule in (("one", "visibility: hidden"), ("other", "visibility: visible")):
            own(tmp_path / place, "templates/handout.html", page.replace("VISIBILITY", rule))
            found.append(handout.render(filled(tmp_path / place, techniques=("pigeon",)), press=press).pdf)
        return found

    hidden, shown = apart(work)

    assert len(hidden) < len(shown)

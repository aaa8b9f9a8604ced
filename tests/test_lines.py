"""Lines of text that are written once and put into many documents."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import pytest
from weasyprint.draw.text import draw_first_line

from gluterelief_pdf import fonts, handout, limits, lines, pdf
from gluterelief_pdf.model import Choice, Clinic, Patient, Rendered
from gluterelief_pdf.pdf import MissingCharactersError, Press
from gluterelief_pdf.shelf import Shelf


@cache
def shelf() -> Shelf:
    return Shelf()


def made(press: Press, *plan: str, tag: str = "en", note: str = "") -> Rendered:
    patient = Patient(name="Ann Lee", note=note)
    sheet = handout.fill(tag, Clinic(), shelf=shelf(), choice=Choice(plan), patient=patient)
    return handout.render(sheet, press=press)


def apart(work: Callable[[], Any]) -> Any:
    """Do it in a process of its own: WeasyPrint is changed there, and the tests' process stays small."""
    return limits.run(work, 60, 2**31)


def test_lines_of_kept_parts_are_set_once() -> None:
    def work() -> list[int]:
        counted: list[int] = []

        @wraps(draw_first_line)
        def counting(*given: Any) -> Any:
            counted[-1] += 1
            return draw_first_line(*given)

        press = Press()
        vars(lines)["draw_first_line"] = counting
        for plan in (("ball.wall", "pigeon"), ("ball.wall", "clamshell")):
            counted.append(0)
            made(press, *plan)
        return counted

    first, second = apart(work)

    assert first > 200
    assert second < first / 2


@pytest.mark.parametrize("tag", ["en", "ar", "hi"])
def test_a_sheet_has_the_same_bytes_as_when_weasyprint_draws_each_line(tag: str) -> None:
    def work() -> tuple[Rendered, Rendered]:
        press = Press()
        made(press, "ball.wall", "pigeon", tag=tag)
        kept = made(press, "ball.wall", "clamshell", tag=tag, note="Start with the wall.")
        lines._line = lambda *_: None
        return kept, made(Press(), "ball.wall", "clamshell", tag=tag, note="Start with the wall.")

    kept, drawn = apart(work)

    assert kept.pdf == drawn.pdf


def test_a_letter_without_a_font_is_told_each_time() -> None:
    def work() -> list[str]:
        press, faces = Press(), fonts.needed("")
        html = "<!doctype html><html lang='en'><title>x</title><p>A \U00013080 sign</html>"
        told = []
        for _ in range(2):
            with pytest.raises(MissingCharactersError) as error:
                pdf.render(html, css=fonts.css(faces), folders=fonts.folders(faces), press=press)
            told.append(error.value.characters)
        return told

    assert apart(work) == ["\U00013080"] * 2

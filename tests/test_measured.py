"""How high the parts of a sheet are, found once for many sheets."""

from functools import cache
from typing import Any

import pytest

from gluterelief_pdf import handout, parts, pdf
from gluterelief_pdf.model import Choice, Clinic, Sheet
from gluterelief_pdf.shelf import Shelf


@cache
def shelf() -> Shelf:
    return Shelf()


def sheet(*doses: str) -> Sheet:
    return handout.fill("en", Clinic(), shelf=shelf(), choice=Choice(("pigeon", "heat"), doses=doses))


@pytest.mark.parametrize(("doses", "anew"), [((), False), (("pigeon.hold=25",), True)])
def test_what_was_measured_is_laid_out_again_only_for_doses_of_its_own(
    doses: tuple[str, ...], anew: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    press, numbers = pdf.Press(), list[int]()
    laid_out, fill = parts._laid_out, press.parts.laid_out

    def counting(html: str, width: str, new: Any, render: Any) -> Any:
        numbers.append(len(new))
        return laid_out(html, width, new, render)

    def filling(*given: Any) -> Any:
        numbers.clear()
        return fill(*given)

    monkeypatch.setattr(parts, "_laid_out", counting)
    monkeypatch.setattr(press.parts, "laid_out", filling)

    handout.render(sheet(*doses), press=press)

    assert bool(numbers) == anew


def test_what_was_measured_for_one_dose_holds_for_another() -> None:
    press = pdf.Press()
    for hold in (25, 28):
        known = set(press.parts._sizes)
        handout.render(sheet(f"pigeon.hold={hold}"), press=press)

    more = set(press.parts._sizes) - known
    assert 0 < len(more) < 10  # those that were laid out with their numbers

"""Whatever colour a clinic has, its sheet can be read, in colour and in grey."""

import itertools

import pytest

from gluterelief_pdf import colour

CLINICS = [
    *("#ff00ff", "#00ff00", "#ffff00", "#00ffff", "#ffd1dc", "#aec6cf", "#fdfd96", "#ffffff", "#000000", "#808080"),
    *("#0b6e6e", "#0b5394", "#a11a1f", "#123456", "#ff6600", "#7fff00", "#f0f8ff", "#010101", "#e6e6fa", "#39ff14"),
]


QUIET = "#47535a"  # captions and dose labels


@pytest.mark.parametrize("named", CLINICS)
def test_text_in_a_clinics_colour_can_be_read(named: str) -> None:
    brand = colour.brand(named)

    assert colour.contrast(brand.accent, colour.WHITE) >= 4.5
    assert colour.contrast(brand.accent, brand.tint) >= 4.5
    assert colour.contrast(colour.INK, brand.tint) >= 7
    assert colour.contrast(QUIET, brand.tint) >= 4.5
    for printed in (brand.tint, colour.WHITE):
        assert colour.contrast(colour.grey(brand.accent), colour.grey(printed)) >= 4.5
        assert colour.contrast(colour.grey(colour.INK), colour.grey(printed)) >= 7
        assert colour.contrast(colour.grey(QUIET), colour.grey(printed)) >= 4.5


def test_grey_is_what_the_printer_makes_of_a_colour() -> None:
    assert [colour.grey(shade) for shade in ("#ff0000", "#00ff00", "#0000ff")] == ["#4c4c4c", "#969696", "#1d1d1d"]


def test_a_colour_that_can_be_read_is_left_alone() -> None:
    assert colour.brand("#0b5394").accent == "#0b5394"


def test_contrast_is_measured_as_wcag_does() -> None:
    assert colour.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert colour.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_colour_of_a_coarse_cube_is_safe() -> None:
    levels = ("00", "40", "80", "bf", "ff")
    cube = ["#" + "".join(shade) for shade in itertools.product(levels, repeat=3)]

    weak = [shade for shade in cube if colour.contrast(colour.brand(shade).accent, colour.WHITE) < 4.5]

    assert len(cube) == 125
    assert weak == []


@pytest.mark.parametrize(
    ("text", "parsed"), [("#0B6E6E", "#0b6e6e"), ("0b6e6e", "#0b6e6e"), ("red", None), ("#fff", None)]
)
def test_a_colour_is_read_as_it_is_written(text: str, parsed: str | None) -> None:
    assert colour.parse(text) == parsed

"""Quantities as a language writes them: ranges, plurals, units, lists."""

from gluterelief_pdf.model import Language, Number
from gluterelief_pdf.quantities import Quantities, plain

ENGLISH = Language("en", "English", "English", "ltr", "letter", "Fira Sans", "{a}–{b}", "latn", "en")
POLISH = Language("pl", "polski", "Polish", "ltr", "a4", "Fira Sans", "{a}–{b}", "latn", "pl")
ARABIC = Language("ar", "العربية", "Arabic", "rtl", "a4", "IBM Plex Sans Arabic", "{a}–{b}", "arab", "ar")
UNITS = {"time": {"one": "{n} time", "other": "{n} times"}}


def number(low: float, high: float, unit: str | None) -> Number:
    return Number(low, high, unit, lowest=1, limit=90)


def test_a_range_takes_the_plural_of_its_upper_end() -> None:
    english = Quantities(ENGLISH, UNITS)

    written = [
        plain(english.quantity(number(30, 60, "second"))),
        plain(english.quantity(number(1, 1, "minute"))),
        plain(english.quantity(number(1, 2, "time"))),
        plain(english.quantity(number(1, 1, "time"))),
        plain(english.quantity(number(30, 60, "second"), part="max")),
        plain(english.quantity(number(30, 60, "second"), part="limit")),
        plain(english.quantity(number(4, 5, None), bare=True)),
    ]

    assert written == ["30–60 seconds", "1 minute", "1–2 times", "1 time", "60 seconds", "90 seconds", "4–5"]


def test_a_quantity_stays_on_one_line() -> None:
    assert " " not in Quantities(ENGLISH, UNITS).quantity(number(30, 60, "second"))


def test_another_language_has_its_own_plurals_and_digits() -> None:
    polish = {"time": {"one": "{n} raz", "few": "{n} razy", "many": "{n} razy", "other": "{n} razu"}}

    assert plain(Quantities(POLISH, polish).quantity(number(2, 3, "time"))) == "2–3 razy"
    assert plain(Quantities(POLISH, polish).quantity(number(5, 5, "minute"))) == "5 minut"
    assert "٣٠" in Quantities(ARABIC, UNITS).quantity(number(30, 30, "second"))
    assert "duration" not in Quantities(ARABIC, UNITS).quantity(number(3, 3, "day"))


def test_items_are_joined_as_a_sentence_does() -> None:
    english = Quantities(ENGLISH, UNITS)

    assert english.listed(["a mat", "a ball", "a towel"]) == "a mat, a ball, and a towel"
    assert english.listed(["15", "112"], "or") == "15 or 112"

"""Numbers, units, ranges and lists as a language writes them, by Babel (CLDR) where it can."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import UnknownUnitError, format_unit

from gluterelief_pdf.model import Language, Number

Part = Literal["range", "min", "max", "lowest", "limit"]
NBSP, JOINER = "\N{NO-BREAK SPACE}", "\N{WORD JOINER}"
DIGITS = {  # Babel writes Latin digits whatever numbering system it is asked for
    "latn": "0123456789",
    "arab": "٠١٢٣٤٥٦٧٨٩",
    "arabext": "۰۱۲۳۴۵۶۷۸۹",
    "deva": "०१२३४५६७८९",
}
TIME_UNITS = frozenset({"second", "minute", "hour", "day", "week", "month", "year"})


class Quantities:
    """Writes quantities in one language; `units` are the counted nouns of its words, by plural category."""

    def __init__(self, language: Language, units: Mapping[str, Mapping[str, str]]) -> None:
        self._language = language
        self._locale = Locale.parse(language.babel, sep="-")
        self._units = units
        self._digits = str.maketrans(DIGITS["latn"], DIGITS[language.digits])

    def number(self, value: float) -> str:
        """Write a bare number."""
        return format_decimal(value, locale=self._locale).translate(self._digits)

    def quantity(self, number: Number, *, part: Part = "range", bare: bool = False) -> str:
        """Write a number with its unit, such as "30–60 seconds"; the plural follows the upper end.

        It is kept on one line.
        """
        low, high = _ends(number, part)
        figure = self.number(high)
        written = figure if bare or number.unit is None else self._with_unit(high, number.unit)
        if low != high:
            span = self._language.range.format(a=self.number(low), b=figure)
            written = written.replace(figure, span, 1)
        return written.replace("–", f"{JOINER}–{JOINER}").replace(" ", NBSP)

    def day(self, when: date) -> str:
        """Write a date with its month in letters, so that nobody takes the day for the month."""
        return format_date(when, format="long", locale=self._locale).translate(self._digits)

    def listed(self, items: Sequence[str], style: Literal["standard", "or"] = "standard") -> str:
        """Join items as a sentence does."""
        return format_list(list(items), style=style, locale=self._locale)

    def _with_unit(self, value: float, unit: str) -> str:
        if unit not in TIME_UNITS:
            forms = self._units[unit]
            form = forms.get(self._locale.plural_form(value), forms["other"])
            return form.format(n=self.number(value))
        # Babel 2.18.0 prints "3 duration-day" for lengths that a language lacks (python-babel/babel#1217)
        for length in ("long", "short", "narrow"):
            try:
                written = format_unit(
                    value,
                    f"duration-{unit}",
                    length=length,
                    locale=self._locale,
                )
            except UnknownUnitError:  # pragma: no cover
                continue
            if "duration" not in written:
                return written.translate(self._digits)
        raise LookupError(f"no unit {unit} in {self._language.tag}")


def plain(text: str) -> str:
    """Drop what keeps a quantity on one line, for where lines do not matter."""
    return text.replace(NBSP, " ").replace(JOINER, "")


def _ends(number: Number, part: Part) -> tuple[float, float]:
    if part == "range":
        return number.low, number.high
    ends = {"min": number.low, "max": number.high, "lowest": number.lowest, "limit": number.limit}
    value = ends[part]
    if value is None:
        raise LookupError(f"no {part}")
    return value, value

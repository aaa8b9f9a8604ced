"""Numbers, units, ranges and lists as a language writes them, by Babel (CLDR) where it can."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from typing import Any, Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal, get_decimal_symbol
from babel.units import format_unit

from gluterelief_pdf.model import TIME_UNITS, Language, Number

Part = Literal["range", "min", "max", "lowest", "limit"]
NBSP, JOINER = "\N{NO-BREAK SPACE}", "\N{WORD JOINER}"
DIGITS = {  # Babel writes Latin digits whatever numbering system it is asked for
    "latn": "0123456789",
    "arab": "٠١٢٣٤٥٦٧٨٩",
    "arabext": "۰۱۲۳۴۵۶۷۸۹",
    "deva": "०१२३४५६७८९",
}
DECIMAL_POINTS = {"arab": "٫", "arabext": "٫"}
PLURAL_SAMPLES = (3, 11, 100)  # few, many, other in the languages with the most forms


class Quantities:
    """Writes quantities in one language.

    `units` are the counted nouns of its words, by plural category. A language that CLDR lacks brings its units of time
    there too, and how it writes dates, decimals and lists in `calendar`.
    """

    def __init__(
        self, language: Language, units: Mapping[str, Mapping[str, str]], calendar: Mapping[str, Any] | None = None
    ) -> None:
        self._language = language
        self._own = calendar if not language.babel else None
        self._locale = Locale.parse(language.babel or "en", sep="-")
        self._units = units
        self._digits = str.maketrans(DIGITS["latn"], DIGITS[language.digits])

    def number(self, value: float) -> str:
        """Write a bare number."""
        written = format_decimal(value, locale=self._locale)
        if point := DECIMAL_POINTS.get(self._language.digits) or (self._own and self._own["decimal"]):
            written = written.replace(get_decimal_symbol(self._locale), point)
        return written.translate(self._digits)

    def quantity(self, number: Number, *, part: Part = "range", bare: bool = False) -> str:
        """Write a number with its unit, such as "30–60 seconds"; the plural follows the upper end.

        It is kept on one line.
        """
        low, high = _ends(number, part)
        span = self._language.range.format(a=self.number(low), b=self.number(high))
        if bare or number.unit is None:
            written = span if low != high else self.number(high)
        elif low != high:
            written = self._span_with_unit(span, high, number.unit)
        else:
            written = self._with_unit(high, number.unit)
        return written.replace("–", f"{JOINER}–{JOINER}").replace(" ", NBSP)

    def day(self, when: date) -> str:
        """Write a date with its month in letters, so that nobody takes the day for the month."""
        if self._own:
            month = self._own["months"][when.month - 1]
            return str(self._own["date"]).format(day=when.day, month=month, year=when.year)
        written = format_date(when, format="long", locale=self._locale).translate(self._digits)
        return written.replace("\N{NARROW NO-BREAK SPACE}", NBSP)

    def months(self) -> tuple[str, ...]:
        """Give how a day of each month is written, with {day} and {year}: for languages with Latin digits."""
        days = [self.day(date(2044, month, 28)) for month in range(1, 13)]
        return tuple(day.replace("28", "{day}").replace("2044", "{year}") for day in days)

    def listed(self, items: Sequence[str], style: Literal["standard", "or"] = "standard") -> str:
        """Join items as a sentence does."""
        if self._own:
            last = self._own["or" if style == "or" else "and"]
            start = list(items[:-1])
            joined = reduce(lambda a, b: str(self._own["comma"]).format(a=a, b=b), start) if start else ""  # type: ignore[index]
            return str(last).format(a=joined, b=items[-1]) if start else "".join(items)
        return format_list(list(items), style=style, locale=self._locale)

    def _span_with_unit(self, span: str, high: float, unit: str) -> str:
        """Put a range where the number stands; where the upper end has none, as a dual, into another form."""
        for value in (high, *PLURAL_SAMPLES):
            written, figure = self._with_unit(value, unit), self.number(value)
            if figure in written:
                return written.replace(figure, span, 1)
        raise LookupError(f"no unit {unit} with a number in {self._language.tag}")

    def _with_unit(self, value: float, unit: str) -> str:
        if unit not in TIME_UNITS or self._own:
            forms = self._units[unit]
            form = forms.get(self._locale.plural_form(value), forms["other"])
            return form.format(n=self.number(value))
        written = format_unit(value, f"duration-{unit}", locale=self._locale)
        return written.replace(format_decimal(value, locale=self._locale), self.number(value))


def is_known(babel: str) -> bool:
    """Tell whether CLDR has a locale; none at all stands for a language that brings its own units and dates."""
    try:
        return not babel or bool(Locale.parse(babel, sep="-"))
    except (ValueError, UnknownLocaleError):
        return False


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

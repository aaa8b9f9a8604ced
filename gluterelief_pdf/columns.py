"""The columns that a roster may have, the words that name them, and what their cells may say."""

import datetime
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from gluterelief_pdf.model import EDITIONS, PAPERS
from gluterelief_pdf.tables import Content

Kind = Literal["text", "names", "doses", "flag", "side", "edition", "paper", "day", "language", "consent"]
SIDES = ("left", "right", "both")
DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "day-first", "month-first", "year-first"
DAY = re.compile(r"(\d{1,4})(\. ?|-|/)(\d{1,2})(?:\. ?|-|/)(\d{1,4})\.?(?: 0{1,2}:00(?::00)?)?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key, the option of one handout that it stands for (none: about the row), what its cells hold."""

    key: str
    option: str
    kind: Kind = "text"
    names: tuple[str, ...] = ()  # besides its key and the option's name; those of the languages stand in the words


COLUMNS = (
    Column("id", ""),
    Column("patient", "patient"),
    Column("email", ""),
    Column("consent", "", "consent"),
    Column("password", ""),
    Column("language", "lang", "language", ("lang",)),
    Column("techniques", "technique", "names", ("technique",)),
    Column("without", "without", "names"),
    Column("doses", "dose", "doses"),
    Column("cautions", "caution", "names"),
    Column("side", "side", "side"),
    Column("edition", "edition", "edition"),
    Column("paper", "paper", "paper"),
    Column("clinician", "clinician"),
    Column("date", "date", "day"),
    Column("note", "note"),
    Column("with", "beside", "language", ("second language",)),
    Column("link", "link"),
    Column("fillable", "fillable", "flag"),
    Column("even-so", "even_so", "flag"),
    Column("patient-in-title", "patient_in_title", "flag"),
    # what is the clinic's says so: a column "phone" is the patient's in every list of patients
    Column("clinic-name", "clinic_name"),
    Column("clinic-phone", "phone"),
    Column("clinic-email", "email"),
    Column("clinic-website", "website"),
    Column("clinic-booking", "booking", names=("booking",)),
    Column("clinic-address", "address"),
    Column("clinic-country", "country"),
    Column("clinic-colour", "colour", names=("colour", "color", "clinic-color")),
)
BY_KEY = {column.key: column for column in COLUMNS}
FOR_THE_RUN = (
    "logo",
    "clinic",
    "overrides",
    "output",
    "strict",
    "record",
    "open",
    "chart-note",
    "record-patient",
    "print",
    "print-to",
    "copies",
)


class WrongCellError(ValueError):
    """A cell can't be read: what is wrong, and a hint. It holds nothing of the cell."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.hint = hint


def folded(text: str) -> str:
    """Fold what makes no difference between names: case, width, space, hyphens, marks at the ends."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[\s_\-\u00a0\ufeff]+", " ", text).strip(" :*.").split())


class Vocabulary:
    """The words of every language for columns and for cells. Only English is read until another one is needed."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._english = self._words("en")

    def _words(self, tag: str) -> Mapping[str, list[str]]:
        words: Mapping[str, list[str]] = self._content.table(f"words/{tag}.toml").get("roster", {})
        return words

    @cached_property
    def _tags(self) -> Mapping[str, Any]:
        return self._content.table("languages.toml")

    @cached_property
    def _all(self) -> Mapping[str, Mapping[str, list[str]]]:
        return {tag: self._words(tag) for tag in self._tags}

    @cached_property
    def _own(self) -> Mapping[str, str]:
        """The program's own names of columns, and the English ones."""
        found = {}
        for column in COLUMNS:
            option = column.option if not column.key.startswith("clinic-") else ""
            for name in (column.key, option, *column.names, *self._english.get(column.key, ())):
                if name:
                    found[folded(name)] = column.key
        return found

    @cached_property
    def _headers(self) -> Mapping[str, Mapping[str, str]]:
        """For each language, what its words for columns mean."""
        return {
            tag: {folded(word): key for key in BY_KEY for word in words.get(key, ())}
            for tag, words in self._all.items()
        }

    def headers(self, names: Iterable[str]) -> dict[str, str]:
        """Tell which column each header means: in English, else in the language that knows most of them."""
        wanted = [folded(name) for name in names]
        found = {name: self._own[name] for name in wanted if name in self._own}
        if all(name in found or not name for name in wanted):
            return found
        meant = self._headers
        known = Counter({tag: sum(name in words for name in wanted) for tag, words in meant.items()})
        for tag, _ in known.most_common():
            found = {name: meant[tag][name] for name in wanted if name in meant[tag]} | found
        return found

    @property
    def names(self) -> tuple[str, ...]:
        """Give every name of a column that a mistyped one may have meant."""
        return tuple(self._own)

    def word(self, text: str, meanings: Iterable[str]) -> str | None:
        """Tell which of some meanings (yes, no, left …) a word has; none if no language knows it, or two disagree."""
        wanted = folded(text)
        meanings = tuple(meanings)
        for tables in ([self._english], self._all.values()):
            found = {m for words in tables for m in meanings if wanted in (m, *map(folded, words.get(m, ())))}
            if len(found) == 1:
                return found.pop()
        return None

    def language(self, text: str) -> str | None:
        """Find a language by its tag, its own name or its English name; none if there is no such language."""
        wanted = folded(text)
        for tag, entry in self._tags.items():
            if wanted in map(folded, (tag, entry["name"], entry["english"], *entry.get("aliases", ()))):
                return tag
        tag = text.strip().replace("_", "-").casefold()
        while tag:  # es-MX is es, where there is no other
            if tag in (known := {known.casefold(): known for known in self._tags}):
                return str(known[tag])
            tag = tag.rpartition("-")[0]
        return None

    @property
    def tags(self) -> tuple[str, ...]:
        """Give the tags of all languages."""
        return tuple(self._tags)


def cell(column: Column, text: str, vocabulary: Vocabulary, *, dates: str | None = None) -> Any:
    """Read a cell that is not empty, as the option that its column stands for takes it.

    Raises:
        WrongCellError: if it can't be read.
    """
    return _READERS[column.kind](text, vocabulary, dates)


def _text(text: str, _vocabulary: Vocabulary, _dates: str | None) -> str:
    return text.strip()


def _names(text: str, _vocabulary: Vocabulary, _dates: str | None) -> tuple[str, ...]:
    parts = (folded(part).replace(" ", "-") for part in re.split(r"[;,|\n]", text))
    return tuple(part for part in parts if part)


def _doses(text: str, _vocabulary: Vocabulary, _dates: str | None) -> tuple[str, ...]:
    parts = re.split(r"[;|\n]|,(?!\d)", text)  # a comma before a digit is a decimal one
    return tuple(part.strip() for part in parts if part.strip())


def _flag(text: str, vocabulary: Vocabulary, _dates: str | None) -> bool:
    answer = {"1": "yes", "x": "yes", "true": "yes", "0": "no", "false": "no"}.get(folded(text))
    answer = answer or vocabulary.word(text, ("yes", "no"))
    if answer is None:
        raise WrongCellError("is neither yes nor no", "Write yes or no.")
    return answer == "yes"


def _consent(text: str, vocabulary: Vocabulary, dates: str | None) -> bool:
    """Read yes or no, which a date may follow."""
    return _flag(re.split(r"[\s,;]+(?=\d)", text.strip(), maxsplit=1)[0], vocabulary, dates)


def _side(text: str, vocabulary: Vocabulary, _dates: str | None) -> str:
    side = vocabulary.word(text, SIDES)
    if side is None:
        raise WrongCellError("is no side", "Write left, right or both.")
    return side


def _one_of(names: tuple[str, ...]) -> Callable[[str, Vocabulary, str | None], str]:
    def read(text: str, _vocabulary: Vocabulary, _dates: str | None) -> str:
        name = folded(text).replace(" ", "-")
        if name not in names:
            raise WrongCellError("is not known", f"There is: {', '.join(names)}.")
        return name

    return read


def _language(text: str, vocabulary: Vocabulary, _dates: str | None) -> str:
    tag = vocabulary.language(text)
    if tag is None:
        raise WrongCellError("no words in this language", f"There is: {', '.join(vocabulary.tags)}.")
    return tag


def _day(text: str, _vocabulary: Vocabulary, dates: str | None) -> str:
    """Read a date as spreadsheets write it, to ISO 8601; one that two countries read differently is refused."""
    text = text.strip()
    if text.casefold() == "today":
        return "today"
    hint = "Write year, month, day, such as 2026-11-25, or today."
    found = DAY.fullmatch(text)
    if not found:
        raise WrongCellError("is not a day", hint)
    first, mark, middle, last = found.groups()
    orders = {DAY_FIRST: (last, middle, first), MONTH_FIRST: (last, first, middle), YEAR_FIRST: (first, middle, last)}
    if len(first) == 4:
        orders = {YEAR_FIRST: orders[YEAR_FIRST]}
    elif "." in mark:  # with dots the day stands first, wherever they are written
        orders = {DAY_FIRST: orders[DAY_FIRST]}
    elif dates or len(last) == 4:
        orders = {order: parts for order, parts in orders.items() if dates in (None, order) and order != YEAR_FIRST}
    days = {day for parts in orders.values() if (day := _calendar_day(*parts))}
    if not days:
        raise WrongCellError("is not a day of the calendar", hint)
    if len(days) > 1:
        what = "could be more than one day, since countries write dates in different orders"
        raise WrongCellError(what, f"{hint} Or say --dates {DAY_FIRST} or --dates {MONTH_FIRST}.")
    return days.pop()


def _calendar_day(year: str, month: str, day: str) -> str | None:
    """Give a day in ISO 8601; a year of two digits is one of this century."""
    if len(year) not in (2, 4) or len(month) > 2 or len(day) > 2:
        return None
    try:
        return datetime.date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day)).isoformat()
    except ValueError:
        return None


_READERS: Mapping[Kind, Callable[[str, Vocabulary, str | None], Any]] = {
    "text": _text,
    "names": _names,
    "doses": _doses,
    "flag": _flag,
    "consent": _consent,
    "side": _side,
    "edition": _one_of(EDITIONS),
    "paper": _one_of(PAPERS),
    "day": _day,
    "language": _language,
}

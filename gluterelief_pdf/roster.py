"""A clinic's list of patients (CSV) → rows, each with its options and its line. It knows nothing of sheets.

What is wrong is told by line and column, never with what stands there: it may be a patient's.
"""

import csv
import difflib
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gluterelief_pdf import columns, csvfile
from gluterelief_pdf.columns import BY_KEY, Column, Vocabulary, WrongCellError, folded
from gluterelief_pdf.csvfile import Broken, Record
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.tables import Content

MAX_ROWS = 100_000
MAX_EMAIL = 254  # RFC 5321, 4.5.3.1.3
ID = re.compile(r"[\w.+@-]{1,64}")
NEAR = 0.75  # how alike a mistyped header is to what it may have meant
EXAMPLE = (
    (
        *("id", "name", "email", "consent", "password", "language"),
        *("techniques", "doses", "cautions", "side", "edition", "date"),
    ),
    ("A-1", "Ann Lee", "ann@example.org", "yes", "", "en", "ball.wall; stretch", "ball.hold=45s", "", "left", "", ""),
    ("A-2", "José Ruiz", "", "no", "", "es", "", "", "blood-thinner", "both", "large-print", "2026-11-25"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One patient's row."""

    number: int  # 1 is the first after the header, empty rows not counted
    line: int  # of the file, where it begins
    given: Mapping[str, Any]  # option of one handout → its value, for every cell that is not empty
    id: str = ""
    email: str = ""
    consent: bool | None = None  # none: nothing stands there
    password: str = field(default="", repr=False)  # of the sheet
    columns: Mapping[str, str] = field(default_factory=dict)  # option → the header over it, as it is written


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one row, or in the header."""

    line: int
    column: str  # as the header is written; empty: the whole row
    what: str
    hint: str = ""
    row: int = 0  # none: not one row is wrong, but the header, or all from here on

    def __str__(self) -> str:
        """Tell line, column, reason and cure in one line."""
        where = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        return " ".join(filter(None, (f"{where}: {self.what}.", self.hint)))


class RosterError(OptionError):
    """Rows are wrong; the message tells every one."""

    @classmethod
    def of(cls, name: str, faults: Iterable[Fault]) -> "RosterError":
        """Tell every fault, one a line."""
        return cls("\n".join(f"{name}, {fault}" for fault in sorted(faults, key=lambda each: each.line)))


@dataclass(frozen=True, slots=True)
class Roster:
    """What is in the file: the rows that can be read, and the faults of the others."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    known: Mapping[str, str]  # key of a column → its header as it is written


def load(
    name: str,
    content_of_file: bytes,
    content: Content,
    *,
    encoding: str | None = None,
    ignored: Iterable[str] = (),
    dates: str | None = None,
) -> Roster:
    """Read a CSV file's bytes; `ignored` are headers that mean nothing here, `dates` is day-first or month-first.

    Raises:
        OptionError: if it is no CSV file, or its header line is wrong.
    """
    records = csvfile.read(content_of_file, name, encoding)
    return read(records, name, content, ignored=ignored, dates=dates)


def example() -> bytes:
    """Write an example, as every spreadsheet reads it."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(EXAMPLE)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def read(
    records: Iterable[Record | Broken],
    name: str,
    content: Content,
    *,
    ignored: Iterable[str] = (),
    dates: str | None = None,
) -> Roster:
    """Read every row below the header.

    Raises:
        RosterError: if the header line is wrong.
        OptionError: if there is none.
    """
    records = iter(records)
    header = next(records, None)
    if isinstance(header, Broken):
        raise RosterError.of(name, [Fault(header.line, "", header.what)])
    if header is None:
        hint = "Write the names of the columns in its first line; --template FILE makes an example."
        raise OptionError(f"{name}: is empty", hint=hint)
    vocabulary = Vocabulary(content)
    found = _header(header, name, vocabulary, {folded(each) for each in ignored})
    reader = _Reader(header, found, vocabulary, dates)
    rows: list[Row] = []
    faults: list[Fault] = []
    for number, record in enumerate(records, start=1):
        if isinstance(record, Broken):
            faults.append(Fault(record.line, "", record.what, row=0 if record.last else number))
            continue
        if number > MAX_ROWS:
            faults.append(Fault(record.line, "", f"more than {MAX_ROWS} rows", "Split the file."))
            break
        row = reader.row(record, number)
        if isinstance(row, Row):
            rows.append(row)
        else:
            faults += row
    return Roster(tuple(rows), tuple(faults), reader.written)


def _header(record: Record, name: str, vocabulary: Vocabulary, ignored: set[str]) -> list[Column | None]:
    """Tell which column each header means; none for one that is left out."""
    wanted = [folded(cell) for cell in record.cells]
    meant = vocabulary.headers(record.cells)
    if not meant:  # it may be the first patient, so nothing of it is shown
        what = "names no column that is known"
        hint = "The first line has to name the columns; --template FILE makes an example."
        raise RosterError.of(name, [Fault(record.line, "", what, hint)])
    found: list[Column | None] = []
    faults = []
    seen: dict[str, int] = {}
    for place, (cell, header) in enumerate(zip(record.cells, wanted, strict=True), start=1):
        key = None if header in ignored else meant.get(header)
        found.append(BY_KEY[key] if key else None)
        if not header or header in ignored:
            continue
        if key is None:
            faults.append(Fault(record.line, f"column {place}", *_unknown(cell.strip(), header, vocabulary)))
        elif key in seen:
            faults.append(Fault(record.line, f"column {place}", f"{key} stands in column {seen[key]} already"))
        else:
            seen[key] = place
    if faults:
        raise RosterError.of(name, faults)
    return found


def _unknown(cell: str, header: str, vocabulary: Vocabulary) -> tuple[str, str]:
    shown = cell if len(cell) <= 40 else f"{cell[:40]}…"
    shown = "".join(character if character.isprintable() else "?" for character in shown)
    if header.replace(" ", "-") in columns.FOR_THE_RUN:
        return f"{shown!r} holds for the whole run", "Give it as an option instead."
    near = difflib.get_close_matches(header, vocabulary.names, n=1, cutoff=NEAR)
    meant = f"Did you mean {near[0]!r}? " if near else ""
    own = f"clinic-{header}"
    if own in BY_KEY:
        meant = f"The clinic's own is {own!r}. "
    return f"{shown!r} is not known", f"{meant}Or leave it out with --ignore {shown!r}."


class _Reader:
    """Reads the rows below one header."""

    def __init__(self, header: Record, found: list[Column | None], vocabulary: Vocabulary, dates: str | None) -> None:
        self._found, self._vocabulary, self._dates = found, vocabulary, dates
        self._unnamed = [place for place, cell in enumerate(header.cells) if not cell.strip()]
        self.written = {column.key: header.cells[place].strip() for place, column in enumerate(found) if column}
        self._over = {column.option: self.written[column.key] for column in found if column and column.option}

    def row(self, record: Record, number: int) -> Row | list[Fault]:
        """Read one row, or tell everything that is wrong with it."""
        if any(cell.strip() for cell in record.cells[len(self._found) :]):
            what = f"has {len(record.cells)} cells, but the header {len(self._found)}"
            hint = "A cell that holds the delimiter needs quotation marks around it."
            return [Fault(record.line, "", what, hint, number)]
        faults = [
            Fault(record.line, f"column {place + 1}", "something stands in a column without a name", row=number)
            for place in self._unnamed
            if place < len(record.cells) and record.cells[place].strip()
        ]
        given: dict[str, Any] = {}
        about: dict[str, Any] = {}
        for column, text in zip(self._found, record.cells, strict=False):  # empty cells at the end may be left out
            if column is None or not text.strip():
                continue
            try:
                value = self._value(column, text)
            except WrongCellError as error:
                faults.append(Fault(record.line, self.written[column.key], str(error), error.hint, number))
                continue
            (given if column.option else about)[column.option or column.key] = value
        return faults or Row(number, record.line, given, columns=self._over, **about)

    def _value(self, column: Column, text: str) -> Any:
        value = columns.cell(column, text, self._vocabulary, dates=self._dates)
        if column.key == "id" and not ID.fullmatch(value):
            raise WrongCellError("is no id", "Use up to 64 letters, digits and . _ - + @.")
        if column.key == "email" and (len(value) > MAX_EMAIL or not value.isprintable()):
            raise WrongCellError("is no e-mail address", "Correct it, or leave it empty.")
        return (value,) if column.option == "address" else value

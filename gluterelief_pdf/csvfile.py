"""Bytes of a CSV file, as spreadsheets of many countries write it → its cells, each row with its line."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from gluterelief_pdf.errors import OptionError

DELIMITERS = (",", ";", "\t", "|")
BOMS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MAX_BYTES = 100_000_000
OTHER_FILES = {b"PK\3\4": "an Excel or LibreOffice file", b"\xd0\xcf\x11\xe0": "an Excel file", b"%PDF": "a PDF"}
SAVE = "In Excel: Save as, CSV UTF-8. In LibreOffice: Save as, Text CSV, Unicode (UTF-8)."
SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # a first line by which Excel is told the delimiter
NUL = "\0"


@dataclass(frozen=True, slots=True)
class Record:
    """One row of cells, and the line of the file in which it begins."""

    line: int
    cells: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Tell whether nothing stands in it."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that can't be read, and why; nothing comes after one that is the last."""

    line: int
    what: str
    last: bool = True


def read(content: bytes, name: str, encoding: str | None = None) -> Iterator[Record | Broken]:
    """Give the rows that are not empty; the first one is the header.

    Raises:
        OptionError: if it is no text, or in an encoding that can't be told for sure.
    """
    text = decoded(content, name, encoding)
    skipped = 0
    delimiter = None
    if found := SEPARATOR.match(text):
        delimiter, skipped = found[1], 1
        text = text[found.end() :]
    return _records(text, delimiter or _delimiter(text), skipped)


def decoded(content: bytes, name: str, encoding: str | None = None) -> str:
    """Read bytes as text: by the encoding that is named, else by the mark at the start, else as UTF-8.

    Raises:
        OptionError: if they are anything else. Guessing would turn Łukasz into £ukasz without a word.
    """
    if len(content) > MAX_BYTES:
        raise OptionError(f"{name}: is larger than {MAX_BYTES // 1_000_000} MB", hint="Split it into several files.")
    if not encoding:
        for start, kind in OTHER_FILES.items():
            if content.startswith(start):
                raise OptionError(f"{name}: is {kind}, not a CSV file", hint=SAVE)
        encoding = next((known for mark, known in BOMS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        hint = f"{SAVE} Or name its encoding with --encoding, such as cp1252 for Western Europe."
        raise OptionError(f"{name}, line {line}: is not {encoding.removesuffix('-sig').upper()}", hint=hint) from None
    except (LookupError, ValueError):
        hint = "Name one such as cp1252 (Western Europe), cp1250 (Central Europe), cp1251 (Cyrillic), gb18030."
        raise OptionError(f"--encoding: {encoding!r} is not known", hint=hint) from None


def _delimiter(text: str) -> str:
    """Count the delimiters outside quotation marks in the header line: the one that is there most often."""
    header, quoted = [], False
    for character in text:
        quoted ^= character == '"'
        if character in "\r\n" and not quoted:
            break
        if not quoted:
            header.append(character)
    return max(DELIMITERS, key=header.count)


def _records(text: str, delimiter: str, skipped: int) -> Iterator[Record | Broken]:
    csv.field_size_limit(MAX_BYTES)  # so that a cell that is too long is told with its line and column
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + skipped + 1
        try:
            cells = tuple(next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            unclosed = "unexpected end of data" in str(error)
            yield Broken(
                line, "a quotation mark is not closed" if unclosed else "a quotation mark stands inside a cell"
            )
            return
        record = Record(line, cells)
        if any(NUL in cell for cell in cells):
            yield Broken(line, "has a NUL character: the file is damaged, or UTF-16 without its mark", last=False)
        elif not record.empty:
            yield record

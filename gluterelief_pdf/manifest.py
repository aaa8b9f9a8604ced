"""The list of a folder's sheets: what was made of each row. Written so that a run that is stopped can go on.

It holds no patient's data. While a run goes on, rows are added at its end; the last one of a file counts.
"""

import csv
import io
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gluterelief_pdf import csvfile, output
from gluterelief_pdf.errors import OptionError, OutputError

NAME = "manifest.csv"
FIELDS = ("row", "file", "sha256", "pages", "language", "status", "error", "key")
DONE, FAILED, PENDING, EARLIER = "done", "failed", "pending", "earlier roster"
FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a formula


@dataclass(frozen=True, slots=True)
class Entry:
    """One row's sheet."""

    row: int
    file: str
    language: str
    status: str
    sha256: str = ""
    pages: int = 0
    error: str = ""  # or what is missing on the sheet
    key: str = ""  # changes with anything that the sheet depends on


class Manifest:
    """The manifest of one folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def read(self) -> dict[str, Entry]:
        """Give the last entry of each file; a line that was cut off counts as none.

        Raises:
            OutputError: if the file is something else.
        """
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise _unreadable(self.path, (error.strerror or str(error)).lower()) from error
        whole = content[: content.rfind(b"\n") + 1] if not content.startswith(b"\xff\xfe") else content
        try:
            records = [each for each in csvfile.read(whole, NAME) if isinstance(each, csvfile.Record)]
        except OptionError as error:
            raise _unreadable(self.path, str(error)) from error
        if not records or records[0].cells[: len(FIELDS)] != FIELDS:
            raise _unreadable(self.path, "is not a list that this program wrote")
        found = {}
        for record in records[1:]:
            with suppress(ValueError, TypeError):
                entry = _entry(record.cells)
                if entry.file:  # a row that was refused has none
                    found[entry.file] = entry
        return found

    def write(self, entries: Iterable[Entry]) -> None:
        """Write it anew, whole or not at all."""
        rows = [",".join(FIELDS) + "\r\n", *map(_line, entries)]
        output.write(self.path, b"\xef\xbb\xbf" + "".join(rows).encode())

    def add(self, entries: Iterable[Entry]) -> None:
        """Add what has been made, so that it is kept whatever comes.

        Raises:
            OutputError: if the disk is full.
        """
        try:
            with self.path.open("ab") as file:
                file.write("".join(map(_line, entries)).encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _unreadable(self.path, f"cannot be written: {(error.strerror or str(error)).lower()}") from error


def _unreadable(path: Path, why: str) -> OutputError:
    return OutputError(f"{path}: {why}", hint="Name another folder with --out, or set this file right.")


def _line(entry: Entry) -> str:
    cells = [str(getattr(entry, field)) for field in FIELDS]
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(_safe(" ".join(cell.split("\n"))) for cell in cells)
    return line.getvalue()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULAS) else cell


def _entry(cells: tuple[str, ...]) -> Entry:
    row, file, sha256, pages, language, status, error, key = (cell.removeprefix("'") for cell in cells[: len(FIELDS)])
    return Entry(int(row), file, language, status, sha256, int(pages or 0), error, key)

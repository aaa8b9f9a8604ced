"""The passwords of a batch's sheets, from a column of the roster: checked before anything is made, and never told."""

from collections.abc import Mapping
from typing import Any

from gluterelief_pdf import encrypt
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.roster import Fault, Roster, Row

COLUMN = "password"


def check(name: str, roster: Roster, given: Mapping[str, Any]) -> None:
    """Make sure that passwords and --encrypt come together, and that nothing is to be printed that can't be.

    Raises:
        OptionError: if one is there without the other.
        RenderError: if the library that encrypts is not installed.
    """
    if not given["encrypt"]:
        if any(row.password for row in roster.rows):
            header = roster.known[COLUMN]
            hint = f"Add --encrypt to put each sheet behind its password, or leave them out with --ignore {header!r}."
            raise OptionError(f"{name}: has passwords in the column {header!r}, but --encrypt is missing", hint=hint)
        return
    if COLUMN not in roster.known:
        hint = "Add a column password, with one of its own for each patient."
        raise OptionError(f"--encrypt: {name} has no column of passwords", hint=hint)
    if given["print_to"] is not None or given["print_file"]:
        hint = "Run it once more without --encrypt and into another folder, with --print or --print-file."
        raise OptionError("--encrypt: no printer can open a sheet behind a password", hint=hint)
    encrypt.available()


def faults(roster: Roster, given: Mapping[str, Any]) -> list[Fault]:
    """Check each row's password, if the sheets are to be put behind them."""
    if not given["encrypt"]:
        return []
    header = roster.known[COLUMN]
    return [
        Fault(row.line, header, *wrong, row=row.number) for row in roster.rows if (wrong := _wrong(row)) is not None
    ]


def _wrong(row: Row) -> tuple[str, str] | None:
    """Say what is wrong with a row's password, and what to do."""
    if not row.password:
        return "is empty, but with --encrypt each row needs a password", "Fill it in."
    if row.password.casefold() in (known.casefold() for known in (row.id, row.email, row.given.get("patient", ""))):
        return "is the name, the address or the id of the row, which others know", "Choose another one."
    try:
        encrypt.check(COLUMN, row.password)
    except OptionError as error:
        return str(error).partition(": ")[2], error.hint
    return None

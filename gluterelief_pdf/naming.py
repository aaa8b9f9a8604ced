"""What the files of a batch are called: no patient's name, nothing that a disk refuses, no two alike."""

import re
import string
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from gluterelief_pdf.errors import OptionError

PATTERN = "{row:04d}-handout-{language}.pdf"
FIELDS = ("row", "id", "language", "edition", "paper")
PATIENTS = ("name", "patient", "email", "note", "date", "clinician")  # never in a name of a file
FORMATS = re.compile(r"0?\d{0,2}d?")  # as in {row:04d}
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # Windows
MOST_BYTES = 200
HINT = f"It may hold {', '.join(f'{{{field}}}' for field in FIELDS)}, such as {PATTERN}."


def check(pattern: str) -> str:
    """Give the pattern, with .pdf at its end.

    Raises:
        OptionError: if a field is not known, or it could make a name that is none.
    """
    try:
        parts = list(string.Formatter().parse(pattern))
    except ValueError:
        raise OptionError("--name-pattern: a brace is not closed", hint=HINT) from None
    for text, field, form, conversion in parts:
        if FORBIDDEN.search(text):
            raise OptionError("--name-pattern: has a character that no file's name may have", hint=HINT)
        if field is None:
            continue
        if field in PATIENTS:
            raise OptionError(f"--name-pattern: {{{field}}} would put a patient's data into names of files", hint=HINT)
        if field not in FIELDS:
            raise OptionError(f"--name-pattern: {{{field}}} is not known", hint=HINT)
        if conversion or not FORMATS.fullmatch(form or "") or (form and field != "row"):
            raise OptionError(f"--name-pattern: {{{field}}} is written in a way that is not known", hint=HINT)
    return pattern if pattern.lower().endswith(".pdf") else f"{pattern}.pdf"


def name(pattern: str, fields: Mapping[str, object]) -> str:
    """Fill a checked pattern.

    Raises:
        OptionError: if what comes of it can't be a file's name.
    """
    filled = pattern.format_map(fields)
    bare = PurePosixPath(filled).stem
    wrong = FORBIDDEN.search(filled) or RESERVED.fullmatch(filled) or filled.startswith((".", "-", " "))
    if wrong or not bare.strip(" .") or len(filled.encode()) > MOST_BYTES or filled != filled.strip():
        raise OptionError("the name of its file cannot be one", hint="Change --name-pattern, or the id.")
    return filled


def alike(names: Iterable[tuple[int, str]]) -> list[tuple[int, int]]:
    """Find names that a disk may take for one: each number with that of the first of its name."""
    first: dict[str, int] = {}
    found = []
    for number, each in names:
        key = unicodedata.normalize("NFC", each).casefold()
        if key in first:
            found.append((number, first[key]))
        else:
            first[key] = number
    return found

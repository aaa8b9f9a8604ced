"""What people type in, checked before it is printed."""

import datetime
import unicodedata

from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.model import Patient, Side

MAX_CHARACTERS = 200
MAX_NAME = 100  # a patient's or a clinician's
MAX_NOTE = 600
MAX_MARKS = 5  # on one letter; no language stacks more
UNPRINTABLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
JOINERS = "\u200c\u200d"  # part of the spelling in Persian and in the scripts of India


def patient(
    *,
    name: str = "",
    clinician: str = "",
    date: datetime.date | None = None,
    note: str = "",
    side: Side | None = None,
) -> Patient:
    """Check what is written on one patient's sheet.

    Raises:
        OptionError: if a text can't be printed as it is; the message holds no part of it.
    """
    check("--patient", name, most=MAX_NAME)
    check("--clinician", clinician, most=MAX_NAME)
    note = note.replace("\\n", "\n").replace("\r\n", "\n").strip()
    check("--note", note.replace("\n", " "), most=MAX_NOTE)
    return Patient(name.strip(), clinician.strip(), date, note, side)


def check(option: str, text: str, *, most: int = MAX_CHARACTERS) -> None:
    """Refuse what would print wrong: control characters, overrides of the writing direction, too much.

    Raises:
        OptionError: with the place of the character, never with the text.
    """
    if len(text) > most:
        raise OptionError(f"{option}: {len(text)} characters, {most} fit", hint="Shorten it.")
    stacked = 0
    for place, character in enumerate(text, start=1):
        stacked = stacked + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if stacked > MAX_MARKS:
            raise OptionError(
                f"{option}: more than {MAX_MARKS} marks stand on one letter at character {place}",
                hint="Type the text anew, without pasting.",
            )
        if unicodedata.category(character) in UNPRINTABLE and character not in JOINERS:
            name = unicodedata.name(character, "a control character").lower()
            raise OptionError(
                f"{option}: character {place} is U+{ord(character):04X} ({name}), which cannot be printed",
                hint="Type the text anew, without pasting.",
            )

"""A patient's lines (name, date, clinician), written into a PDF that was rendered before with room for them.

Only where a line of glyphs side by side is the whole truth: Latin and Cyrillic letters, one language, no form. All else
is rendered anew.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from gluterelief_pdf.model import Language, Patient, Rendered, Sheet, Slot

FACE = "Fira Sans"  # whose letters need no shaping
LATIN = (
    *((0x21, 0x7E), (0x20, 0x20), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x148), (0x14A, 0x17E)),
    *((0x218, 0x21B), (0x2013, 0x2013), (0x2019, 0x2019)),
)
MORE = {
    "vi": ((0x1A0, 0x1A1), (0x1AF, 0x1B0), (0x1EA0, 0x1EF9)),
    "ru": ((0x401, 0x401), (0x410, 0x44F), (0x451, 0x451)),
    "uk": ((0x404, 0x404), (0x406, 0x407), (0x410, 0x44F), (0x454, 0x454), (0x456, 0x457), (0x490, 0x491)),
}
LONG = 28  # characters that a field has no room for, most likely: not tried


@cache
def alphabet(language: Language) -> str:
    """Give the letters that a field in a language may have; none where its lines need shaping."""
    if language.font != FACE:
        return ""
    return "".join(chr(code) for low, high in (*LATIN, *MORE.get(language.tag, ())) for code in range(low, high + 1))


def lines(sheet: Sheet) -> Mapping[str, str]:
    """Give the lines of a sheet that may be written into a PDF rendered before; none if it has to be rendered whole."""
    whole = sheet.titled or sheet.fillable or sheet.beside or sheet.templates
    if whole or not may_be_written(sheet.patient, sheet.language):
        return {}
    return of(sheet.patient, sheet.texts.sheet.months)


def may_be_written(patient: Patient, language: Language) -> bool:
    """Tell whether a patient's lines may fit, and have letters that need no shaping."""
    names = [_composed(text) for text in (patient.name, patient.clinician)]
    letters = set(alphabet(language))
    return bool(letters) and all(len(name) <= LONG and letters.issuperset(name) for name in names)


def of(patient: Patient, months: Sequence[str]) -> Mapping[str, str]:
    """Give a patient's lines, with the date as a language writes it in each month."""
    day = months[patient.date.month - 1].format(day=patient.date.day, year=patient.date.year) if patient.date else ""
    found = {"name": patient.name, "date": day, "clinician": patient.clinician}
    return {field: _composed(text) for field, text in found.items() if text}


def blank(sheet: Sheet) -> Sheet:
    """Take the lines off a sheet, and leave room for them."""
    patient = Patient(note=sheet.patient.note, side=sheet.patient.side)
    return replace(sheet, patient=patient, slots=dict.fromkeys(lines(sheet), alphabet(sheet.language)))


def written(blank: Rendered, lines: Mapping[str, str]) -> Rendered | None:
    """Write the lines into a PDF; none if its rooms are for others, too small, or lack a letter."""
    if lines.keys() != blank.slots.keys():
        return None
    pdf = bytearray(blank.pdf)
    for field, slot in blank.slots.items():
        line = _line(lines[field], slot)
        if line is None:
            return None
        pdf[slot.place : slot.place + slot.length] = line
    return Rendered(bytes(pdf), blank.pages, blank=blank, written=True)


def _line(text: str, slot: Slot) -> bytes | None:
    glyphs = [slot.glyphs[character] for character in text if character in slot.glyphs]
    line = b"[<" + b"".join(b"%04x" % glyph for glyph, _ in glyphs) + b">] TJ"
    fits = len(text) <= LONG and sum(width for _, width in glyphs) <= slot.room and len(line) <= slot.length
    return line.ljust(slot.length) if fits and len(glyphs) == len(text) else None


def _composed(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())

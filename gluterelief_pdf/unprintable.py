"""Texts with a character that no shipped font has."""

from collections.abc import Iterable

from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.model import Clinic, Patient


def of(characters: str, clinic: Clinic) -> OptionError | None:
    """Say which text of the clinic has one of the characters, and where; none if it is in no text of the clinic."""
    fields = (
        ("--clinic-name", clinic.name),
        ("--phone", clinic.phone),
        ("--email", clinic.email),
        ("--website", clinic.website),
        *(("--address", line) for line in clinic.address),
        ("opening", clinic.opening),
        ("closing", clinic.closing),
        ("urgent", clinic.urgent),
    )
    for option, text in fields:
        for place, character in enumerate(text, start=1):
            if character in characters:
                message = f"{option}: no shipped font has {character!r} (U+{ord(character):04X}, character {place})"
                return OptionError(message, hint="Write it in another script, or leave it out.")
    return None


def left_out(patient: Patient, lost: Iterable[str]) -> Patient:
    """Take out what is left to write on by hand."""
    kept = {name: "" if name in lost else getattr(patient, name) for name in ("name", "clinician", "note")}
    return Patient(**kept, date=patient.date, side=patient.side)

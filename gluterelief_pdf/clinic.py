"""What the front desk says of its clinic → a checked Clinic."""

import unicodedata
from collections.abc import Iterable
from pathlib import Path

from gluterelief_pdf import colour as colours
from gluterelief_pdf import logo as logos
from gluterelief_pdf.errors import ClinicError, OptionError
from gluterelief_pdf.model import Clinic, Region

MAX_CHARACTERS = 200
MAX_ADDRESS_LINES = 4
AUTO = "auto"
JOINERS = "\u200c\u200d"  # part of the spelling in Persian and in the scripts of India


def make(
    *,
    name: str = "",
    address: Iterable[str] = (),
    phone: str = "",
    website: str = "",
    region: Region | None = None,
    logo: Path | None = None,
    colour: str = AUTO,
) -> tuple[Clinic, tuple[str, ...]]:
    """Check everything and give the clinic, with notes of what was changed for the better.

    Raises:
        OptionError: if a text can't be printed as it is.
        ClinicError: if the logo or the colour is no good.
    """
    lines = tuple(line for entry in address for line in entry.replace("\\n", "\n").splitlines() if line.strip())
    if len(lines) > MAX_ADDRESS_LINES:
        hint = "Join some of them."
        raise OptionError(f"--address: {len(lines)} lines, {MAX_ADDRESS_LINES} fit", hint=hint)
    for option, text in (
        ("--clinic-name", name),
        ("--phone", phone),
        ("--website", website),
        *(("--address", line) for line in lines),
    ):
        _check(option, text)
    picture = logos.load(logo) if logo else None
    notes = []
    if picture and picture.pale:
        notes.append("the logo is white, so it stands on a plate in the clinic's colour")
    brand = (picture and picture.colour) or colours.DEFAULT
    if colour != AUTO:
        brand = _named(colour)
        printed = colours.brand(brand).accent
        if printed != brand:
            notes.append(f"the colour {brand} is too light to read on white, so {printed} is used")
    return Clinic(
        name=name.strip(),
        address=tuple(line.strip() for line in lines),
        phone=phone.strip(),
        website=website.strip(),
        region=region,
        logo=picture,
        brand=brand,
    ), tuple(notes)


def _named(colour: str) -> str:
    parsed = colours.parse(colour)
    if parsed is None:
        raise ClinicError(f"--colour: {colour!r} is not a colour", hint='Write it as "#0b6e6e", or leave it out.')
    return parsed


def _check(option: str, text: str) -> None:
    """Refuse what would print wrong: control characters, overrides of the writing direction, too much."""
    if len(text) > MAX_CHARACTERS:
        raise OptionError(f"{option}: {len(text)} characters, {MAX_CHARACTERS} fit", hint="Shorten it.")
    for place, character in enumerate(text, start=1):
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") and character not in JOINERS:
            name = unicodedata.name(character, "a control character").lower()
            raise OptionError(
                f"{option}: character {place} is U+{ord(character):04X} ({name}), which cannot be printed",
                hint="Type the text anew, without pasting.",
            )

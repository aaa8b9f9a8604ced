"""What the front desk says of its clinic → a checked Clinic."""

from collections.abc import Iterable
from pathlib import Path

from gluterelief_pdf import colour as colours
from gluterelief_pdf import logo as logos
from gluterelief_pdf import qr
from gluterelief_pdf.entries import check
from gluterelief_pdf.errors import ClinicError, OptionError
from gluterelief_pdf.model import Clinic, Region

MAX_ADDRESS_LINES = 4
AUTO = "auto"


def make(
    *,
    name: str = "",
    address: Iterable[str] = (),
    phone: str = "",
    website: str = "",
    region: Region | None = None,
    logo: Path | None = None,
    colour: str = AUTO,
    email: str = "",
    booking: str = "",
    opening: str = "",
    closing: str = "",
    emergency: Iterable[str] = (),
    urgent: str = "",
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
        ("--email", email),
        ("--website", website),
        ("--booking", booking),
        ("opening", opening),
        ("closing", closing),
        ("urgent", urgent),
        *(("emergency", number) for number in emergency),
        *(("--address", line) for line in lines),
    ):
        check(option, text)
    for option, link in (("--website", website), ("--booking", booking)):
        if link:
            qr.check(option, link)
    picture = logos.load(logo) if logo else None
    notes = []
    numbers = tuple(number.strip() for number in emergency if number.strip())
    if numbers and (region is None or numbers != region.emergency):
        theirs = f", not that of {region.code} ({', '.join(region.emergency)})" if region else ""
        ours = ", ".join(numbers)
        notes.append(f"the emergency number on the sheet is the clinic's own, {ours}{theirs}: make sure it is right")
    if picture and picture.pale:
        notes.append("the logo is white, so it stands on a plate in the clinic's colour")
    if picture and picture.plate:
        notes.append("a part of the logo is white, so it stands on a dark plate")
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
        email=email.strip(),
        booking=booking.strip(),
        opening=opening.strip(),
        closing=closing.strip(),
        emergency=numbers,
        urgent=urgent.strip(),
    ), tuple(notes)


def _named(colour: str) -> str:
    parsed = colours.parse(colour)
    if parsed is None:
        raise ClinicError(f"--colour: {colour!r} is not a colour", hint='Write it as "#0b6e6e", or leave it out.')
    return parsed

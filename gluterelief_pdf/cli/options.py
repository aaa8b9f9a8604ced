"""The options that several commands share, and how they become a clinic, a patient and a choice."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from gluterelief_pdf.errors import ClinicError, OptionError
from gluterelief_pdf.model import EDITIONS, Choice, Clinic, Patient
from gluterelief_pdf.settings import Settings
from gluterelief_pdf.tables import Content

Command = Callable[..., Any]
PREFIX = "MAKE_HANDOUT"
CONTEXT = {"auto_envvar_prefix": PREFIX, "help_option_names": ["-h", "--help"]}
NO_COUNTRY = "no --country, so the sheet names the emergency numbers of several countries"
FROM_SETTINGS = {  # option → key of clinic.toml
    "lang": "language",
    "clinic_name": "name",
    **{key: key for key in ("phone", "email", "website", "booking", "country", "colour", "paper")},
}


def _settings(ctx: click.Context, _option: click.Parameter, value: Path | None) -> Path | None:
    """Read clinic.toml before the other options, and let it stand behind the command line and the environment."""
    from gluterelief_pdf import settings

    if ctx.resilient_parsing:  # a shell completes a line
        return value
    found = settings.load(settings.find(value))
    given: dict[str, Any] = {name: found.texts[key] for name, key in FROM_SETTINGS.items() if found.texts.get(key)}
    given |= {"address": found.address} if found.address else {}
    given |= {"logo": found.logo} if found.logo else {}
    given |= {"overrides": found.overrides} if found.overrides else {}
    given |= {"technique": found.techniques} if found.techniques else {}
    ctx.default_map = {**given, **(ctx.default_map or {})}
    ctx.obj = found
    return value


CLINIC = click.option(
    "--clinic",
    type=click.Path(path_type=Path),
    metavar="FILE",
    is_eager=True,
    expose_value=False,
    callback=_settings,
    help="Your clinic.toml. [default: ./clinic.toml, else the one in your configuration folder]",
)
LANG = click.option(
    "--lang", default="en", show_default=True, metavar="TAG", help="Language; see `make-handout languages`."
)
LOGO = click.option(
    "--logo", type=click.Path(path_type=Path, readable=False), metavar="FILE", help="Your logo: PNG, JPEG or SVG."
)
OVERRIDES = click.option(
    "--overrides", type=click.Path(path_type=Path), metavar="DIR", help="Your own words, doses, pictures, templates."
)
NO_CACHE = click.option("--no-cache", is_flag=True, help="Make it anew, though the same was made before.")
HELP = click.help_option("-h", "--help", help="Show this help and exit.")
COUNTRY = click.option(
    "--country", metavar="CODE", help="Your country, such as US or GB: it gives the emergency number."
)
COLOUR = click.option(
    "--colour",
    "--color",
    default="auto",
    show_default=True,
    metavar="auto|#rrggbb",
    help="Your colour; auto takes it from the logo.",
)
PAPER = click.option(
    "--paper", type=click.Choice(["letter", "a4"], case_sensitive=False), help="Paper. [default: the country's]"
)
CLINIC_OPTIONS = (
    click.option("--clinic-name", default="", metavar="TEXT", help="Your clinic's name."),
    click.option("--phone", default="", metavar="TEXT", help="Your phone number."),
    click.option("--email", default="", metavar="TEXT", help="Your e-mail address."),
    click.option("--website", default="", metavar="TEXT", help="Your website."),
    click.option("--booking", default="", metavar="TEXT", help="The web address where a visit is booked."),
    click.option("--address", multiple=True, metavar="TEXT", help="Your address; once for each line."),
    COUNTRY,
    COLOUR,
    PAPER,
)
PATIENT_OPTIONS = (
    click.option("--patient", default="", metavar="NAME", help="The patient's name. [default: a line to write on]"),
    click.option("--clinician", default="", metavar="NAME", help="Who gives the sheet. [default: a line to write on]"),
    click.option("--date", default="", metavar="DATE", help="2026-11-25, or today. [default: a line]"),
    click.option("--note", default="", metavar="TEXT", help="A few words of your own to the patient."),
    click.option("--side", type=click.Choice(["left", "right", "both"]), help="The sore side."),
)
CHOICE_OPTIONS = (
    click.option(
        "--technique",
        multiple=True,
        metavar="NAME",
        help="Only these, in this order: a technique, a position such as ball.wall, or a group: press, stretch, "
        "strength, care; once for each. See `make-handout techniques`.",
    ),
    click.option("--without", multiple=True, metavar="NAME", help="All but these; once for each."),
    click.option(
        "--dose", multiple=True, metavar="NAME.PART=VALUE", help="Another dose: ball.hold=45s, glute-bridge.days=3."
    ),
    click.option(
        "--caution",
        multiple=True,
        metavar="NAME",
        help="What to be careful with, such as pregnancy; once for each. See `make-handout cautions`.",
    ),
    click.option("--even-so", is_flag=True, help="Keep a technique that you name though a caution bars it."),
)
SHEET_OPTIONS = (
    click.option(
        "--edition",
        type=click.Choice(EDITIONS),
        default="standard",
        show_default=True,
        help="Large print for weak eyes, low ink for a tired printer, or both.",
    ),
    click.option("--with", "beside", metavar="TAG", help="A second language, beside the first in every block."),
    click.option("--link", default="", metavar="URL", help="The address of the QR code. [default: --booking]"),
    click.option("--fillable", is_flag=True, help="With fields to fill in on a tablet."),
)
ONE_SHEET = (
    LANG,
    LOGO,
    *CLINIC_OPTIONS,
    CLINIC,
    OVERRIDES,
    *PATIENT_OPTIONS,
    *CHOICE_OPTIONS,
    *SHEET_OPTIONS,
    click.option("--patient-in-title", is_flag=True, help="Put the patient's name in the document's title as well."),
    click.option(
        "--strict", is_flag=True, help="Refuse a name that no font can print; else a line is left to write on."
    ),
)
PRINT = click.option(
    "--print",
    "print_to",
    is_flag=False,
    flag_value="",
    metavar="[QUEUE]",
    help="Print it on both sides; on the usual printer, or on this one.",
)
COPIES = click.option(
    "--copies", type=click.IntRange(1, 99), default=1, show_default=True, metavar="N", help="With --print: how many."
)
CLINIC_KEYS = ("logo", "clinic_name", "phone", "email", "website", "booking", "address", "country", "colour")
PATIENT_KEYS = ("patient", "clinician", "date", "note", "side")
CHOICE_KEYS = ("technique", "without", "dose", "caution", "even_so")


def add(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Put options on a command, in the order in which help shows them."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options of one sheet amount to."""

    clinic: Clinic
    patient: Patient
    choice: Choice
    content: Content
    notes: tuple[str, ...]


def read(settings: Settings, lang: str, given: dict[str, Any]) -> Asked:
    """Check the options together with clinic.toml.

    Raises:
        HandoutError: with the first that is wrong.
    """
    content = Content.of(given.get("overrides"))
    clinic, notes = clinic_of(settings, lang, given, content)
    return Asked(clinic, patient_of(given), choice_of(given), content, notes)


def clinic_of(
    settings: Settings, lang: str, given: Mapping[str, Any], content: Content
) -> tuple[Clinic, tuple[str, ...]]:
    """Check the clinic's options together with clinic.toml, and tell what the clinic should know of them.

    Raises:
        HandoutError: with the first that is wrong.
    """
    from gluterelief_pdf import clinic as clinics
    from gluterelief_pdf import facts, qr

    if given.get("link"):
        qr.check("--link", given["link"])
    country = given.get("country")
    clinic, notes = clinics.make(
        name=given["clinic_name"],
        address=given["address"],
        phone=given["phone"],
        email=given["email"],
        website=given["website"],
        booking=given["booking"],
        region=facts.region(content, country) if country else None,
        logo=given["logo"],
        colour=given["colour"],
        opening=settings.line("opening", lang),
        closing=settings.line("closing", lang),
        emergency=settings.emergency,
        urgent=settings.texts.get("urgent", ""),
    )
    told = [*notes, *([] if country or clinic.emergency else [NO_COUNTRY])]
    told += [
        f"clinic.toml has no {key} line in {lang}, so there is none on this sheet"
        for key in settings.lines
        if not settings.line(key, lang)
    ]
    return clinic, tuple(told)


def patient_of(given: Mapping[str, Any]) -> Patient:
    """Check what is written on one patient's sheet.

    Raises:
        OptionError: with the first that is wrong.
    """
    from gluterelief_pdf import entries

    return entries.patient(
        name=given.get("patient", ""),
        clinician=given.get("clinician", ""),
        date=date_of(given.get("date", "")),
        note=given.get("note", ""),
        side=given.get("side"),
    )


def choice_of(given: Mapping[str, Any]) -> Choice:
    """Take what was chosen for one patient as it was typed."""
    return Choice(
        techniques=tuple(given.get("technique", ())),
        without=tuple(given.get("without", ())),
        doses=tuple(given.get("dose", ())),
        cautions=tuple(given.get("caution", ())),
        even_so=bool(given.get("even_so")),
    )


def lines(settings: Settings, lang: str) -> Clinic:
    """Give what of clinic.toml patients read as words: it is part of what is signed off."""
    from gluterelief_pdf import facts

    country = settings.texts.get("country")
    return Clinic(
        region=facts.region(Content.of(), country) if country else None,
        opening=settings.line("opening", lang),
        closing=settings.line("closing", lang),
        emergency=settings.emergency,
        urgent=settings.texts.get("urgent", ""),
    )


def date_of(text: str) -> datetime.date | None:
    """Read a date; only "today" looks at the clock.

    Raises:
        OptionError: if it is neither today nor a day such as 2026-11-25.
    """
    if not text.strip():
        return None
    if text.strip().lower() == "today":
        return datetime.date.today()
    try:
        return datetime.date.fromisoformat(text.strip())
    except ValueError:
        hint = "Write year, month, day, such as 2026-11-25, or today."
        raise OptionError(f"--date: {text!r} is not a day", hint=hint) from None


def needs_file(settings: Settings) -> Path:
    """Give the clinic.toml that a record can be written to.

    Raises:
        ClinicError: if there is none.
    """
    if settings.path is None:
        raise ClinicError("there is no clinic.toml to write to", hint="Make one with: make-handout init")
    return settings.path

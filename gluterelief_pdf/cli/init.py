"""Set a clinic up: ask, write clinic.toml, make a sample."""

import locale
import os
import sys
from pathlib import Path
from typing import Any

import click

from gluterelief_pdf import infile
from gluterelief_pdf.cli import options
from gluterelief_pdf.errors import ClinicError, HandoutError, OutputError

QUESTIONS = (  # option, question; asked where nobody gave the option and somebody sits at a terminal
    ("name", "Your clinic's name"),
    ("logo", "The file of your logo (PNG, JPEG or SVG)"),
    ("address", "Your address, on one line"),
    ("phone", "Your phone number"),
    ("email", "Your e-mail address"),
    ("website", "Your website"),
    ("booking", "The web address where a visit is booked"),
    ("country", "Your country, two letters such as US or GB"),
    ("language", "The language of most of your sheets"),
)


@click.command("init", short_help="Set your clinic up, once.", context_settings=options.CONTEXT)
@click.option("--name", default="", metavar="TEXT", help="Your clinic's name.")
@click.option("--logo", default="", metavar="FILE", help="Your logo: PNG, JPEG or SVG.")
@click.option("--address", multiple=True, metavar="TEXT", help="Your address; once for each line.")
@click.option("--phone", default="", metavar="TEXT", help="Your phone number.")
@click.option("--email", default="", metavar="TEXT", help="Your e-mail address.")
@click.option("--website", default="", metavar="TEXT", help="Your website.")
@click.option("--booking", default="", metavar="TEXT", help="The web address where a visit is booked.")
@options.COUNTRY
@options.COLOUR
@options.PAPER
@click.option("--language", default="", metavar="TAG", help="The language of most of your sheets. [default: en]")
@click.option(
    "--clinic",
    "path",
    default="clinic.toml",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file to write. [default: clinic.toml]",
)
@click.option("--yes", is_flag=True, help="Ask nothing: take what is given, and defaults.")
@click.option("--force", is_flag=True, help="Write over a clinic.toml that is there.")
@options.HELP
def command(path: Path, yes: bool, force: bool, **given: Any) -> None:
    """Set your clinic up: write a commented clinic.toml and make a sample sheet."""
    from gluterelief_pdf import clinicfile, settings
    from gluterelief_pdf import output as files

    _check_free(path, force)
    given["country"] = given["country"] or ""
    given["paper"] = given["paper"] or ""
    if sys.stdin.isatty() and not yes:
        _ask(given)
    else:
        given["country"] = given["country"] or country_of(_locale())
        given["language"] = given["language"] or "en"
    notes = _check(given, path.parent)
    written = clinicfile.new(given)
    with files.alone(path):
        _check_free(path, force)
        files.write(path, written.encode())
    settings.load(path)
    for note in notes:
        click.echo(f"Note: {note}.", err=True)
    click.echo(path)
    sample = path.parent / f"handout-{given['language']}.pdf"
    if infile.is_there(sample) and not force:
        click.echo(f"Note: {sample} is there already, so no sample was made.", err=True)
        return
    click.echo("A sample sheet follows. Make one for a patient with: make-handout --patient NAME", err=True)
    from gluterelief_pdf.cli.one import command as one

    with one.make_context("make-handout", ["--clinic", str(path), "--output", str(sample)]) as ctx:
        one.invoke(ctx)


def _check_free(path: Path, force: bool) -> None:
    if infile.is_there(path) and not force:
        hint = "Change it with any text editor; or add --force to write it anew."
        raise OutputError(f"{path}: is there already, so nothing was written", hint=hint)


def _ask(given: dict[str, Any]) -> None:
    """Ask for what was not given; Enter takes the default or leaves it out."""
    click.echo("A few questions. Press Enter to leave one out or to take what stands in brackets.", err=True)
    defaults = {"country": country_of(_locale()), "language": "en"}
    for key, question in QUESTIONS:
        if given[key]:
            continue
        default = defaults.get(key, "")
        while True:
            answer = click.prompt(question, default=default, show_default=bool(default), err=True).strip()
            given[key] = (answer,) if key == "address" and answer else answer or () if key == "address" else answer
            try:
                _check(given, Path())
            except HandoutError as error:
                click.echo(f"{error}\n{error.hint}", err=True)
                continue
            break


def _check(given: dict[str, Any], folder: Path) -> tuple[str, ...]:
    """Check what was given as a sheet would, and show the colour that was found."""
    from gluterelief_pdf import clinic as clinics
    from gluterelief_pdf import colour, facts, words
    from gluterelief_pdf.tables import Content

    content = Content.of()
    logo = Path(given["logo"]) if given["logo"] else None
    clinic, notes = clinics.make(
        name=given["name"],
        address=given["address"],
        phone=given["phone"],
        email=given["email"],
        website=given["website"],
        booking=given["booking"],
        region=facts.region(content, given["country"]) if given["country"] else None,
        logo=logo,
        colour=given["colour"],
    )
    if logo and folder != Path() and not logo.is_absolute() and not infile.is_there(folder / logo):
        raise ClinicError(
            f"{logo}: is not beside {folder}", hint="Copy the logo beside clinic.toml, or name its full path."
        )
    if given["language"]:
        words.find(given["language"], content)
    found = f"the colour is {colour.brand(clinic.brand).accent}" + (
        ", taken from the logo"
        if logo and clinic.logo and clinic.logo.colour and given["colour"] == clinics.AUTO
        else ""
    )
    return (*notes, found)


def _locale() -> str | None:
    """Name the locale, such as en_US: as the environment says, for it need not be installed."""
    said = next((os.environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), None)
    return said or locale.getlocale()[0]


def country_of(name: str | None) -> str:
    """Give the country of a locale such as en_US, if its emergency number is known; else nothing."""
    from gluterelief_pdf import facts
    from gluterelief_pdf.tables import Content

    code = (name or "").partition("_")[2][:2].upper()
    return code if code in facts.regions(Content.of()) else ""

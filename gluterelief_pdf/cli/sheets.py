"""One sheet out of the options of a command, with the notes that the clinician should read."""

import datetime
from dataclasses import dataclass
from typing import Any

import click

from gluterelief_pdf.cli import options
from gluterelief_pdf.handout import Seal
from gluterelief_pdf.model import Rendered, Sheet
from gluterelief_pdf.settings import Settings
from gluterelief_pdf.store import Store
from gluterelief_pdf.tables import Content


@dataclass(frozen=True, slots=True)
class Made:
    """A sheet with its PDF, what its sign-off is worth, and what the clinician should know of it."""

    sheet: Sheet
    rendered: Rendered
    seal: Seal
    notes: tuple[str, ...]


def make(settings: Settings, lang: str, given: dict[str, Any], drawings: Store | None = None) -> Made:
    """Make the sheet that the options ask for; drawings come from the store, if there is one.

    Raises:
        HandoutError: with the first option that is wrong, or if the sheet can't be made.
    """
    from gluterelief_pdf import handout

    sheet, seal, notes = fill(settings, lang, given)
    rendered = handout.render(sheet, strict=given["strict"], drawings=drawings)
    return Made(sheet, rendered, seal, (*notes, *handout.notes(sheet, rendered), *filter(None, [seal.state.warning])))


def fill(settings: Settings, lang: str, given: dict[str, Any]) -> tuple[Sheet, Seal, tuple[str, ...]]:
    """Check the options and bring together what stands on the sheet, with notes on the clinic.

    Raises:
        HandoutError: with the first option that is wrong.
    """
    from gluterelief_pdf import handout, words

    lang = words.find(lang, Content.of(given["overrides"])).tag
    asked = options.read(settings, lang, given)
    seal = handout.seal(lang, asked.clinic, asked.content, settings.signoffs, datetime.date.today())
    sheet = handout.fill(
        lang,
        asked.clinic,
        paper=given["paper"],
        patient=asked.patient,
        choice=asked.choice,
        content=asked.content,
        signoff=seal.state.valid,
        titled=given["patient_in_title"],
        edition=given["edition"],
        fillable=given["fillable"],
        link=given["link"],
        beside=given["beside"],
    )
    return sheet, seal, asked.notes


def made(settings: Settings, lang: str, given: dict[str, Any]) -> Made:
    """Make the sheet and tell its notes.

    Raises:
        HandoutError: as `make` does.
    """
    one = make(settings, lang, given)
    for note in one.notes:
        click.echo(f"Note: {note}.", err=True)
    return one

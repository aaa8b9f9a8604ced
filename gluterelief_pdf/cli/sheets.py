"""One sheet out of the options of a command, with the notes that the clinician should read."""

import datetime
from typing import Any

import click

from gluterelief_pdf.cli import options
from gluterelief_pdf.handout import Seal
from gluterelief_pdf.model import Rendered, Sheet
from gluterelief_pdf.settings import Settings
from gluterelief_pdf.tables import Content


def make(settings: Settings, lang: str, given: dict[str, Any]) -> tuple[Sheet, Rendered, Seal]:
    """Make the sheet that the options ask for.

    Raises:
        HandoutError: with the first option that is wrong, or if the sheet can't be made.
    """
    sheet, seal, notes = fill(settings, lang, given)
    return sheet, render(sheet, seal, notes, strict=given["strict"]), seal


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


def render(sheet: Sheet, seal: Seal, notes: tuple[str, ...], *, strict: bool) -> Rendered:
    """Make the PDF, and tell what the clinician should know of it.

    Raises:
        HandoutError: if the sheet can't be made.
    """
    from gluterelief_pdf import handout

    rendered = handout.render(sheet, strict=strict)
    for note in (*notes, *handout.notes(sheet, rendered), *filter(None, [seal.state.warning])):
        click.echo(f"Note: {note}.", err=True)
    return rendered

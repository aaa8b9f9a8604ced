"""Make one handout: what runs where no command is named."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gluterelief_pdf.cli import options
from gluterelief_pdf.settings import Settings
from gluterelief_pdf.tables import Content

if TYPE_CHECKING:
    from gluterelief_pdf.cache import Kept


@click.command("make-handout", context_settings=options.CONTEXT)
@options.add(
    options.LANG,
    options.LOGO,
    *options.CLINIC_OPTIONS,
    options.CLINIC,
    options.OVERRIDES,
    *options.PATIENT_OPTIONS,
    *options.CHOICE_OPTIONS,
    *options.SHEET_OPTIONS,
)
@click.option("--patient-in-title", is_flag=True, help="Put the patient's name in the document's title as well.")
@click.option("--strict", is_flag=True, help="Refuse a name that no font can print; else a line is left to write on.")
@click.option(
    "--record",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="PATH",
    help="Write what was given as JSON, without the patient's name; - is standard output.",
)
@click.option("--record-patient", is_flag=True, help="With --record: the patient's name as well.")
@click.option("--chart-note", is_flag=True, help="Print one line for the chart.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="PATH",
    help="The file to write, or - for standard output. [default: handout-<lang>.pdf]",
)
@options.NO_CACHE
@click.option("--open", "open_it", is_flag=True, help="Open the sheet when it is made.")
@options.HELP
@click.pass_obj
def command(settings: Settings, /, lang: str, output: Path | None, **given: Any) -> None:
    """Make one handout."""
    from gluterelief_pdf import output as files
    from gluterelief_pdf import words
    from gluterelief_pdf.cache import Cache
    from gluterelief_pdf.cli.remembered import Inputs
    from gluterelief_pdf.errors import OptionError

    if output == Path("-") and (given["open_it"] or given["chart_note"] or given["record"] == Path("-")):
        hint = "Name a file with --output, or leave the other option out."
        raise OptionError("--output -: standard output holds the sheet and nothing else", hint=hint)
    content = Content.of(given["overrides"])
    lang = words.find(lang, content).tag
    if given["beside"]:
        given["beside"] = words.find(given["beside"], content, option="--with").tag
    if output and given["logo"] and output.exists() and output.samefile(given["logo"]):
        raise OptionError(f"--output: {output} is the logo itself", hint="Choose another name for the sheet.")
    cache, key = Cache.usual(), None
    if not (given["no_cache"] or given["record"] or given["chart_note"]):
        key = Inputs(settings, content, given["logo"], datetime.date.today()).cache_key(lang, given)
    kept, written = (cache.get(key) if key else None), None
    if kept is None:
        kept, written = _made(settings, lang, given)
        if key:
            cache.put(key, kept)
    for note in kept.notes:
        click.echo(f"Note: {note}.", err=True)
    if output == Path("-"):
        files.send(kept.pdf)
    else:
        target = output or Path(f"handout-{lang}.pdf")
        files.write(target, kept.pdf)
        click.echo(target)
        if given["open_it"] and click.launch(str(target)):
            click.echo(f"Note: the sheet could not be opened here; it is {target}.", err=True)
    if given["record"] and written:
        if given["record"] == Path("-"):
            click.echo(written.record, nl=False)
        else:
            files.write(given["record"], written.record.encode())
    if given["chart_note"] and written:
        click.echo(written.chart_note, nl=False)


@dataclass(frozen=True, slots=True)
class _Written:
    """What can be written about a sheet."""

    record: str
    chart_note: str


def _made(settings: Settings, lang: str, given: dict[str, Any]) -> "tuple[Kept, _Written]":
    """Make the sheet."""
    from gluterelief_pdf import handout, record
    from gluterelief_pdf.cache import Kept

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
    rendered = handout.render(sheet, strict=given["strict"])
    notes = (*asked.notes, *handout.notes(sheet, rendered), *filter(None, [seal.state.warning]))
    written = record.make(sheet, rendered, digest=seal.digest, signoff=seal.state.valid, named=given["record_patient"])
    return Kept(rendered.pdf, rendered.pages, notes), _Written(written, record.chart_note(sheet))

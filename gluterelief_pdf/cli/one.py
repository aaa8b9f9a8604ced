"""Make one handout: what runs where no command is named."""

import datetime
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gluterelief_pdf.cli import COMMANDS, options
from gluterelief_pdf.model import Sheet
from gluterelief_pdf.settings import Settings
from gluterelief_pdf.tables import Content

if TYPE_CHECKING:
    from gluterelief_pdf.cache import Kept
    from gluterelief_pdf.cli import sheets


class _Default(click.Command):
    """Runs where no command is named, so that its usage names none."""

    def get_usage(self, ctx: click.Context) -> str:
        return super().get_usage(ctx).replace(f"make-handout {ctx.info_name}", "make-handout", 1)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Tell what to do with a word that belongs to no option, and not which one: it may be of a patient's name."""
        super().parse_args(ctx, args)
        if ctx.args and not ctx.resilient_parsing:
            if command := next((word for word in ctx.args if word in COMMANDS), None):
                ctx.fail(f"{command} comes first, and its options after it: make-handout {command} ...")
            ctx.fail('A word belongs to no option. Put a value of two words into quotes: --patient "Ann Lee"')
        return ctx.args


@click.command("make-handout", cls=_Default, context_settings={**options.CONTEXT, "allow_extra_args": True})
@options.add(*options.ONE_SHEET)
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
@options.PRINT
@options.COPIES
@options.NO_CACHE
@click.option("--open", "open_it", is_flag=True, help="Open the sheet when it is made.")
@options.HELP
@click.pass_obj
def command(settings: Settings, /, lang: str, output: Path | None, **given: Any) -> None:
    """Make one handout."""
    from gluterelief_pdf import output as files
    from gluterelief_pdf import printing, words
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
    if output and given["logo"] and _same(output, given["logo"]):
        raise OptionError(f"--output: {output} is the logo itself", hint="Choose another name for the sheet.")
    target = output or Path(f"handout-{lang}.pdf")
    if given["record"] and os.path.realpath(given["record"]) == os.path.realpath(target) and output != Path("-"):
        raise OptionError(
            f"--record: {given['record']} is the sheet itself", hint="Choose another name for the record."
        )
    if given["print_to"] is not None:
        printing.check(given["print_to"])
    cache, key, made = Cache.usual(), None, None
    if not (given["no_cache"] or given["record"] or given["chart_note"] or given["print_to"] is not None):
        key = Inputs(settings, content, given["logo"], datetime.date.today()).cache_key(lang, given)
    kept = cache.get(key) if key else None
    pdf = _written(kept, given) if kept else None
    if kept is None or pdf is None:
        from gluterelief_pdf import handout
        from gluterelief_pdf.cli import sheets

        made = sheets.make(settings, lang, given, drawings=None if given["no_cache"] else cache.drawings)
        pdf = made.rendered.pdf
        if key and (keep := handout.kept(made.sheet, made.rendered, made.notes)):
            cache.put(key, keep)
    for note in made.notes if made else kept.notes if kept else ():
        click.echo(f"Note: {note}.", err=True)
    if output == Path("-"):
        files.send(pdf)
    else:
        files.sweep(target)
        files.write(target, pdf)
        click.echo(target)
        if given["open_it"] and click.launch(str(target)):
            click.echo(f"Note: the sheet could not be opened here; it is {target}.", err=True)
    if made:
        _tell(made, given)
    if made and given["print_to"] is not None:
        _print(made.sheet, pdf, given["print_to"], given["copies"], file=None if output == Path("-") else target)


def _written(kept: "Kept", given: dict[str, Any]) -> bytes | None:
    """Write the patient's lines into a sheet made before; none if they do not fit there."""
    if not kept.slots:
        return kept.pdf
    from gluterelief_pdf import slots

    rendered = slots.written(kept.rendered, slots.of(options.patient_of(given), kept.months))
    return rendered.pdf if rendered else None


def _same(one: Path, other: Path) -> bool:
    """Tell whether two names are of one file; of one that is not there, or is out of reach, using it tells."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def _tell(made: "sheets.Made", given: dict[str, Any]) -> None:
    """Write what was given: the record and the line for the chart, as far as they are asked for."""
    from gluterelief_pdf import output as files
    from gluterelief_pdf import record

    if given["record"]:
        signoff = made.seal.state.valid
        written = record.make(
            made.sheet, made.rendered, digest=made.seal.digest, signoff=signoff, named=given["record_patient"]
        )
        if given["record"] == Path("-"):
            click.echo(written, nl=False)
        else:
            files.sweep(given["record"])
            files.write(given["record"], written.encode())
    if given["chart_note"]:
        click.echo(record.chart_note(made.sheet), nl=False)


def _print(sheet: Sheet, pdf: bytes, queue: str, copies: int, *, file: Path | None) -> None:
    from gluterelief_pdf import printing

    title = f"handout-{sheet.language.tag}"
    job = printing.send(pdf, queue, paper=sheet.paper, copies=copies, title=title, file=file)
    click.echo(f"Printing: {job}.", err=True)

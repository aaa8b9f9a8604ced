"""Make one handout: what runs where no command is named."""

from pathlib import Path
from typing import Any

import click

from gluterelief_pdf.cli import options
from gluterelief_pdf.model import Sheet
from gluterelief_pdf.settings import Settings


@click.command("make-handout", context_settings=options.CONTEXT)
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
@click.option("--open", "open_it", is_flag=True, help="Open the sheet when it is made.")
@options.HELP
@click.pass_obj
def command(settings: Settings, /, lang: str, output: Path | None, **given: Any) -> None:
    """Make one handout."""
    from gluterelief_pdf import output as files
    from gluterelief_pdf import printing, record
    from gluterelief_pdf.cli import sheets
    from gluterelief_pdf.errors import OptionError

    if output == Path("-") and (given["open_it"] or given["chart_note"] or given["record"] == Path("-")):
        hint = "Name a file with --output, or leave the other option out."
        raise OptionError("--output -: standard output holds the sheet and nothing else", hint=hint)
    if output and given["logo"] and output.exists() and given["logo"].exists() and output.samefile(given["logo"]):
        raise OptionError(f"--output: {output} is the logo itself", hint="Choose another name for the sheet.")
    if given["print_to"] is not None:
        printing.check(given["print_to"])
    sheet, rendered, seal = sheets.make(settings, lang, given)
    target = output or Path(f"handout-{sheet.language.tag}.pdf")
    if output == Path("-"):
        files.send(rendered.pdf)
    else:
        files.write(target, rendered.pdf)
        click.echo(target)
        if given["open_it"] and click.launch(str(target)):
            click.echo(f"Note: the sheet could not be opened here; it is {target}.", err=True)
    if given["record"]:
        written = record.make(
            sheet, rendered, digest=seal.digest, signoff=seal.state.valid, named=given["record_patient"]
        )
        if given["record"] == Path("-"):
            click.echo(written, nl=False)
        else:
            files.write(given["record"], written.encode())
    if given["chart_note"]:
        click.echo(record.chart_note(sheet), nl=False)
    if given["print_to"] is not None:
        _print(sheet, rendered.pdf, given["print_to"], given["copies"], file=None if output == Path("-") else target)


def _print(sheet: Sheet, pdf: bytes, queue: str, copies: int, *, file: Path | None) -> None:
    from gluterelief_pdf import printing

    title = f"handout-{sheet.language.tag}"
    job = printing.send(pdf, queue, paper=sheet.paper, copies=copies, title=title, file=file)
    click.echo(f"Printing: {job}.", err=True)

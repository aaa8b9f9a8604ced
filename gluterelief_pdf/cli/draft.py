"""Write one handout as an e-mail draft, for a mail program to open and somebody to send."""

from pathlib import Path
from typing import Any

import click

from gluterelief_pdf.cli import mailing, options
from gluterelief_pdf.settings import Settings


@click.command("draft", short_help="One e-mail draft with the sheet.", context_settings=options.CONTEXT)
@mailing.TO
@mailing.ENCRYPT
@options.add(*options.ONE_SHEET)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="PATH",
    help="The file to write, or - for standard output. [default: draft-<lang>.eml]",
)
@click.option("--open", "open_it", is_flag=True, help="Open the draft when it is made.")
@options.HELP
@click.pass_obj
def command(
    settings: Settings, /, to: str | None, encrypt: bool, lang: str, output: Path | None, open_it: bool, **given: Any
) -> None:
    """Write an e-mail draft with one handout, for your mail program to open; you look at it and send it."""
    from gluterelief_pdf import compose, mail
    from gluterelief_pdf import encrypt as encryption
    from gluterelief_pdf import output as files
    from gluterelief_pdf.cli import sheets

    address = mailing.address(to)
    sender = mailing.sender(settings, given)
    password = mailing.ask_pdf_password() if encrypt else ""
    made = sheets.made(settings, lang, given)
    pdf = encryption.lock(made.rendered.pdf, password) if password else made.rendered.pdf
    letter = compose.letter(made.sheet, pdf, address, locked=encrypt)
    draft = mail.draft(letter, sender)
    if output == Path("-"):
        files.send(draft)
        return
    target = output or Path(f"draft-{letter.language}.eml")
    files.sweep(target)
    files.write(target, draft)
    click.echo(target)
    if open_it and click.launch(str(target)):
        click.echo(f"Note: the draft could not be opened here; it is {target}.", err=True)

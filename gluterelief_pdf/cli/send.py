"""Send one handout by e-mail."""

from dataclasses import replace
from typing import Any

import click

from gluterelief_pdf.cli import mailing, options
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.letters import State
from gluterelief_pdf.settings import Settings

BY_HAND: dict[str, Any] = {"allow_from_autoenv": False}  # nobody sends because of a forgotten variable


@click.command("send", short_help="One e-mail with the sheet.", context_settings=options.CONTEXT)
@mailing.TO
@click.option("--consent", type=click.Choice(["yes", "no"]), default="no", help="Did the patient agree?", **BY_HAND)
@click.option("--send", "really", is_flag=True, help="Send it; without this, only tell.", **BY_HAND)
@click.option("--again", is_flag=True, help="Send the same sheet once more.", **BY_HAND)
@click.option("--resend-unknown", is_flag=True, help="Send it though it may have arrived.", **BY_HAND)
@mailing.ENCRYPT
@options.add(*options.ONE_SHEET)
@options.HELP
@click.pass_context
def command(
    ctx: click.Context,
    /,
    to: str | None,
    consent: str,
    really: bool,
    again: bool,
    resend_unknown: bool,
    encrypt: bool,
    lang: str,
    **given: Any,
) -> None:
    """Send one handout by e-mail, from the mail server in clinic.toml. Without --send nothing is sent."""
    from gluterelief_pdf import compose, credentials, ledger, post
    from gluterelief_pdf import encrypt as encryption
    from gluterelief_pdf.cli import sheets

    settings: Settings = ctx.obj
    address = mailing.address(to)
    if really and consent != "yes":
        hint = "Ask the patient, and add --consent yes; or make a sheet to print."
        raise OptionError("--consent: a sheet is sent only to a patient who agreed to e-mail", hint=hint)
    mailbox, server = mailing.mailbox(settings)
    path = mailing.ledger_path(mailbox)
    sheet, _, _ = sheets.fill(settings, lang, given)
    letter = compose.letter(sheet, b"", address, consent=consent == "yes", locked=encrypt)
    more: set[State] = {"failed"}  # whoever sends one sheet by hand wants it to be tried
    more |= {"sent"} if again else set()
    more |= {"unknown"} if resend_unknown else set()
    states = post.USUAL | more
    teller = mailing.Teller()
    with ledger.shown(path) as book:
        (event,) = post.planned([letter], book, states=states)
    if not really:
        what = mailing.TOLD[event.kind] if event else "would be sent"
        click.echo(f"{what}: {address.text}, {letter.subject}, {letter.attachment}")
        click.echo("Nothing was sent. Add --send to send.", err=True)
        return
    if event:
        teller(event)
        if event.kind == "sent before":
            click.echo("Add --again to send it once more.", err=True)
        ctx.exit(teller.code)
    password = mailing.ask_pdf_password() if encrypt else ""
    rendered = sheets.made(settings, lang, given).rendered
    letter = replace(letter, pdf=encryption.lock(rendered.pdf, password) if password else rendered.pdf)

    def secret() -> credentials.Secret | None:
        return credentials.find(server, mailing.ask_smtp_password)

    try:
        with ledger.opened(path) as book:
            post.send([letter], mailbox.sender, server, book, secret, tell=teller, states=states)
    except KeyboardInterrupt:
        click.echo(mailing.INTERRUPTED, err=True)
        ctx.exit(mailing.INTERRUPTED_CODE)
    ctx.exit(teller.code)

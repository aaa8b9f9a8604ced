"""Try the mail server: connect, encrypt, log in; send nothing."""

import secrets
from dataclasses import replace

import click

from gluterelief_pdf.cli import mailing, options
from gluterelief_pdf.settings import Settings


@click.command("mail-check", short_help="Does the mail server answer?", context_settings=options.CONTEXT)
@click.option("--to", metavar="ADDRESS", help="Send one sheet there as a trial: to yourselves.")
@options.CLINIC
@options.HELP
@click.pass_context
def command(ctx: click.Context, to: str | None) -> None:
    """Connect to the mail server of clinic.toml, check its certificate, log in; with --to, send one sheet."""
    from gluterelief_pdf import compose, credentials, handout, ledger, post
    from gluterelief_pdf.model import Clinic
    from gluterelief_pdf.smtp import Connection

    settings: Settings = ctx.obj
    mailbox, server = mailing.mailbox(settings)
    address = mailing.address(to) if to else None
    secret = credentials.find(server, mailing.ask_smtp_password)
    connection = Connection(server, secret)
    click.echo(f"ok     {server.host}, port {server.port}: {connection.encryption or 'clear text on this machine'}")
    click.echo(f"ok     logged in as {server.user}" if secret else "ok     no login is set up")
    limit = connection.size_limit
    click.echo(f"ok     largest message: {f'{limit // 1_000_000} MB' if limit else 'not said'}")
    click.echo(f"ok     addresses beyond ASCII: {'yes' if connection.utf8 else 'no'}")
    connection.close()
    if address is None:
        click.echo("Nothing was sent.", err=True)
        return
    clinic = Clinic(name=mailbox.sender.name)
    sheet = handout.fill(settings.texts.get("language") or "en", clinic)
    letter = compose.letter(sheet, handout.render(sheet).pdf, address, consent=True)
    teller = mailing.Teller()
    with ledger.opened(mailing.ledger_path(mailbox)) as book:
        trial = replace(letter, key=secrets.token_hex(32))  # each trial is a letter of its own
        post.send([trial], mailbox.sender, server, book, lambda: secret, tell=teller, batch="mail-check")
    ctx.exit(teller.code)

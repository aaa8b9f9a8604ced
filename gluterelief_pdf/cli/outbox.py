"""Show what was sent, and what became of it."""

import datetime
from collections import Counter

import click

from gluterelief_pdf.cli import mailing, options
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.letters import STATES
from gluterelief_pdf.settings import Settings


@click.command("outbox", short_help="What was sent?", context_settings=options.CONTEXT)
@click.option("--state", type=click.Choice(STATES), multiple=True, help="Only these; once for each.")
@click.option("--show-addresses", is_flag=True, help="Show the patients' addresses as well.")
@click.option(
    "--forget-before", metavar="DAY", help="Remove what was sent or refused before a day, such as 2026-11-25."
)
@options.CLINIC
@options.HELP
@click.pass_obj
def command(settings: Settings, state: tuple[str, ...], show_addresses: bool, forget_before: str | None) -> None:
    """Show what was sent, by state and row. "Sent" means that the mail server took it; nobody knows who read it."""
    from gluterelief_pdf import ledger

    path = mailing.ledger_path(settings.mail)
    if not ledger.there(path):
        click.echo("Nothing was sent yet.")
        return
    if forget_before:
        with ledger.opened(path) as book:
            gone = book.forget(_midnight(forget_before))
        click.echo(f"{gone} removed. Run again, those sheets would be sent a second time.", err=True)
    with ledger.shown(path) as book:
        entries = book.entries()
    counts = Counter(entry.state for entry in entries)
    click.echo(", ".join(f"{counts[name]} {name}" for name in STATES if counts[name]) or "Nothing was sent yet.")
    for entry in entries:
        if state and entry.state not in state:
            continue
        row = f"{entry.batch} row {entry.row}" if entry.batch else "single sheet"
        parts = [row, entry.state, entry.code, entry.language, entry.changed, entry.address if show_addresses else ""]
        click.echo("  ".join(part for part in parts if part))


def _midnight(day: str) -> datetime.datetime:
    try:
        date = datetime.date.fromisoformat(day)
    except ValueError:
        hint = "Write year, month, day, such as 2026-11-25."
        raise OptionError(f"--forget-before: {day!r} is not a day", hint=hint) from None
    return datetime.datetime.combine(date, datetime.time()).astimezone()

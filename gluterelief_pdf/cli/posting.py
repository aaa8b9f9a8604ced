"""The sheets of a batch → e-mail drafts, or letters that are sent. Nothing is sent unless it is asked for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from gluterelief_pdf import addresses, compose, ledger, mail, output, post, worker
from gluterelief_pdf.cli import mailing
from gluterelief_pdf.credentials import Secret, find
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.folder import Folder
from gluterelief_pdf.letters import Letter, State
from gluterelief_pdf.roster import Fault, Row
from gluterelief_pdf.settings import Settings
from gluterelief_pdf.shelf import Shelf
from gluterelief_pdf.worker import Order, Setting

BY_HAND: dict[str, Any] = {"allow_from_autoenv": False}  # nobody sends because of a forgotten variable
OPTIONS = (
    click.option("--drafts", type=click.Path(path_type=Path), metavar="DIR", help="An e-mail draft for each row."),
    click.option("--send", "really", is_flag=True, help="Send the sheets by e-mail, each at most once.", **BY_HAND),
    click.option("--consent", type=click.Choice(["yes", "no"]), help="For rows that do not say.", **BY_HAND),
    click.option("--resend-unknown", is_flag=True, help="Send what may have arrived once more.", **BY_HAND),
)  # fmt: skip


def faults(rows: Iterable[Row], given: Mapping[str, Any]) -> list[Fault]:
    """Check every address before anything is made, if there is to be e-mail."""
    found = []
    for row in rows if given["drafts"] or given["really"] else ():
        try:
            if row.email:
                addresses.read("email", row.email)
        except OptionError as error:
            column = row.columns.get("email", "email")
            found.append(Fault(row.line, column, "is not an e-mail address", error.hint, row.number))
    return found


def consented(row: Row, otherwise: str | None) -> bool:
    """Tell whether a patient agreed to e-mail: what the row says, else what --consent says, else not."""
    return otherwise == "yes" if row.consent is None else row.consent


@dataclass(frozen=True, slots=True)
class Mail:
    """What a batch has to mail, and from where."""

    name: str  # the roster's, which with a row's id makes a letter the same one in the next run
    rows: Mapping[int, Row]
    orders: Iterable[Order]
    benches: list[Setting]
    shelf: Shelf
    folder: Folder
    consent: str | None

    def letters(self, done: frozenset[int]) -> Iterator[Letter]:
        """Write a letter for every finished sheet whose row has an address."""
        for order in self.orders:
            row = self.rows[order.row]
            if order.row not in done or not row.email:
                continue
            agreed = consented(row, self.consent)
            sheet = worker.filled(order, self.benches[order.setting], self.shelf)
            pdf = (self.folder.path / order.file).read_bytes()
            to = addresses.read(f"row {row.number}: email", row.email)
            yield compose.letter(sheet, pdf, to, row=row.number, batch=self.name, id=row.id, consent=agreed)


def drafts(letters: Iterable[Letter], settings: Settings, given: Mapping[str, Any]) -> None:
    """Write a draft for every letter with consent."""
    folder: Path = given["drafts"]
    sender = mailing.sender(settings, dict(given))
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for letter in letters:
        if not letter.consent:
            click.echo(f"row {letter.row}: no draft: no consent is recorded", err=True)
            continue
        output.write(folder / mail.draft_name(letter), mail.draft(letter, sender))
        written += 1
    click.echo(f"{written} drafts are in {folder}.", err=True)


def sent(letters: Iterable[Letter], settings: Settings, name: str, given: Mapping[str, Any]) -> int:
    """Send every letter that is not sent yet; give the exit code."""
    mailbox, server = mailing.mailbox(settings)
    states: frozenset[State] = post.USUAL | ({"unknown"} if given["resend_unknown"] else frozenset())
    teller = mailing.Teller()

    def secret() -> Secret | None:
        return find(server, mailing.ask_smtp_password)

    try:
        with ledger.opened(mailing.ledger_path(mailbox)) as book:
            post.send(letters, mailbox.sender, server, book, secret, tell=teller, batch=name, states=states)
    except KeyboardInterrupt:
        click.echo(mailing.INTERRUPTED, err=True)
        return mailing.INTERRUPTED_CODE
    click.echo(f"E-mail: {teller.summary}.", err=True)
    return teller.code


def told(rows: Iterable[Row], consent: str | None) -> None:
    """Tell what --send would do with the finished rows that have an address, by number only."""
    agreed = [consented(row, consent) for row in rows if row.email]
    if agreed:
        waits = agreed.count(False)
        click.echo(
            f"With --send {len(agreed) - waits} sheets would go out by e-mail; {waits} have no consent.", err=True
        )

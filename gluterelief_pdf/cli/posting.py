"""The sheets of a batch → e-mail drafts, or letters that are sent. Nothing is sent unless it is asked for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from gluterelief_pdf import addresses, ledger, mail, output, post, worker
from gluterelief_pdf.cli import mailing, options
from gluterelief_pdf.credentials import Secret, find
from gluterelief_pdf.errors import OptionError, OutputError
from gluterelief_pdf.folder import Folder
from gluterelief_pdf.letters import Letter, State
from gluterelief_pdf.roster import Fault, Row
from gluterelief_pdf.settings import Settings
from gluterelief_pdf.shelf import Shelf
from gluterelief_pdf.worker import Order, Setting

BY_HAND: dict[str, Any] = {"allow_from_autoenv": False}  # nobody sends because of a forgotten variable
WHO = ("patient", "clinician", "note", "side")  # what the id of a row stands for in a letter's key: compose.key
SAME = (
    "lang",
    "beside",
    *options.CHOICE_KEYS,
    "edition",
    "fillable",
    "link",
    "paper",
    "clinic_name",
)  # and the rest of it
OPTIONS = (
    click.option("--drafts", type=click.Path(path_type=Path), metavar="DIR", help="An e-mail draft for each row."),
    click.option("--send", "really", is_flag=True, help="Send the sheets by e-mail, each at most once.", **BY_HAND),
    click.option("--consent", type=click.Choice(["yes", "no"]), help="For rows that do not say.", **BY_HAND),
    click.option("--resend-unknown", is_flag=True, help="Send what may have arrived once more.", **BY_HAND),
    click.option("--encrypt", is_flag=True, help="Put each sheet behind the password in its row."),
)  # fmt: skip


def faults(rows: Iterable[Row], given: Mapping[str, Any]) -> list[Fault]:
    """Check every address before anything is made, if there is to be e-mail."""
    rows = list(rows)
    return [*_unfit(rows), *_mistaken(rows)] if given["drafts"] or given["really"] else []


def _mistaken(rows: Iterable[Row]) -> list[Fault]:
    """Find rows that differ, and whose letters would be taken for one: their id stands for whom the letter is to."""
    first: dict[str, Row] = {}
    found = []
    for row in rows:
        if row.id and row.email:
            same = repr([row.id, row.email.lower(), [row.given.get(key) for key in SAME]])
            other = first.setdefault(same, row)
            if any(other.given.get(key) != row.given.get(key) for key in WHO):
                what = f"is that of line {other.line}, with the same e-mail address and plan"
                hint = "Give each an id of its own."
                found.append(Fault(row.line, row.columns.get("id", "id"), what, hint, row.number))
    return found


def _unfit(rows: Iterable[Row]) -> list[Fault]:
    found = []
    for row in rows:
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

    def letters(self, done: frozenset[int], *, bare: bool = False) -> Iterator[Letter]:
        """Write a letter for every finished sheet whose row has an address; a bare one lacks the sheet itself."""
        from gluterelief_pdf import compose  # which fills templates: not for a list that is only made

        for order in self.orders:
            row = self.rows[order.row]
            if order.row not in done or not row.email:
                continue
            agreed = consented(row, self.consent)
            sheet = worker.filled(order, self.benches[order.setting], self.shelf)
            pdf = b"" if bare else _sheet(self.folder.path / order.file)
            to = addresses.read(f"row {row.number}: email", row.email)
            yield compose.letter(
                sheet,
                pdf,
                to,
                row=row.number,
                batch=self.name,
                id=row.id,
                consent=agreed,
                locked=bool(order.password),
            )


def _sheet(path: Path) -> bytes:
    """Read a finished sheet; a long list is sent for hours, in which somebody may move one."""
    try:
        return path.read_bytes()
    except OSError as error:
        hint = "What was sent is recorded. Run the same command again: it makes the sheet anew and goes on."
        raise OutputError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}", hint=hint) from error


def prepare(folder: Path) -> None:
    """Make the folder for drafts, and remove what a killed run left half written in it.

    Raises:
        OutputError: if it can't be one.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        output.sweep_all(folder, ".eml")
    except OSError as error:
        reason = "is not a folder" if isinstance(error, FileExistsError) else (error.strerror or str(error)).lower()
        raise OutputError(f"{folder}: {reason}", hint="Choose another folder with --drafts.") from error


def drafts(mails: Mail, done: frozenset[int], settings: Settings, given: Mapping[str, Any]) -> None:
    """Write a draft for every letter with consent."""
    folder: Path = given["drafts"]
    sender = mailing.sender(settings, given)
    written = set()
    for letter in mails.letters(done):
        if not letter.consent:
            click.echo(f"row {letter.row}: no draft: no consent is recorded", err=True)
            continue
        name = mail.draft_name(letter)
        output.write(folder / name, mail.draft(letter, sender))
        written.add(name)
        if len(written) == given["limit"]:
            break
    click.echo(f"{len(written)} drafts are in {folder}.", err=True)
    if others := sum(path.name not in written for path in folder.glob("*.eml")):
        click.echo(f"Note: {others} drafts of earlier runs are there too; look whether they are still right.", err=True)


def sent(mails: Mail, done: frozenset[int], settings: Settings, given: Mapping[str, Any]) -> int:
    """Send every letter that is not sent yet; give the exit code."""
    mailbox, server = mailing.mailbox(settings)
    teller = mailing.Teller()

    def secret() -> Secret | None:
        return find(server, mailing.ask_smtp_password)

    try:
        with ledger.opened(mailing.ledger_path(mailbox)) as book:
            post.send(
                mails.letters(done),
                mailbox.sender,
                server,
                book,
                secret,
                tell=teller,
                batch=mails.name,
                limit=given["limit"],
                states=_states(given),
            )
    except KeyboardInterrupt:
        click.echo(mailing.INTERRUPTED, err=True)
        return mailing.INTERRUPTED_CODE
    click.echo(f"E-mail: {teller.summary}.", err=True)
    return teller.code


def told(mails: Mail, done: frozenset[int], settings: Settings, given: Mapping[str, Any]) -> None:
    """Tell which rows --send would send, and why not the others, by number only."""
    kinds: dict[str, list[int]] = {}
    if unfit := [fault.row for fault in _unfit(mails.rows[row] for row in sorted(done))]:
        kinds["not sent: the address is not an e-mail address"] = unfit
    with ledger.shown(mailing.ledger_path(settings.mail)) as book:
        for letter in mails.letters(done.difference(unfit), bare=True):
            (event,) = post.planned([letter], book, states=_states(given))
            kinds.setdefault(mailing.TOLD[event.kind] if event else "", []).append(letter.row)
    ready = _rows(kinds.pop("", [])[: given["limit"]])
    whose = f"the sheet of {ready}" if ready else "no sheet"
    click.echo(f"With --send {whose} would go out by e-mail.", err=True)
    for why, rows in kinds.items():
        click.echo(f"{_rows(rows)}: {why}", err=True)


def _states(given: Mapping[str, Any]) -> frozenset[State]:
    return post.USUAL | ({"unknown"} if given["resend_unknown"] else frozenset())


def _rows(numbers: Iterable[int]) -> str:
    """Write ascending numbers in short: row 5; rows 1-3, 5."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    named = ", ".join("-".join(map(str, run)) for run in runs)
    return f"{'row' if named.isdigit() else 'rows'} {named}" if named else ""

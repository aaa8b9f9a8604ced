"""What the commands that write or send e-mail share."""

import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from gluterelief_pdf.errors import ClinicError, OptionError
from gluterelief_pdf.letters import Address, Event, Mailbox, Sender, Server
from gluterelief_pdf.settings import Settings

SOME_FAILED, RUN_AGAIN, INTERRUPTED_CODE = 1, 75, 130
INTERRUPTED = "Interrupted: what was sent is recorded. Run the same command again to go on."
TOLD = {
    "sent": "sent",
    "deferred": "put off by the server",
    "failed": "refused by the server",
    "unknown": "unknown: the server may have it; only --resend-unknown sends it again",
    "sent before": "was sent in an earlier run",
    "failed before": "was refused in an earlier run",
    "unknown before": "unknown since an earlier run; only --resend-unknown sends it again",
    "no consent": "not sent: no consent is recorded",
}

TO = click.option("--to", metavar="ADDRESS", help="Whom it goes to; - reads it from standard input.")
ENCRYPT = click.option("--encrypt", is_flag=True, help="Put the sheet behind a password, which is asked for.")


class Teller:
    """Tells what became of each row, by number and code only, and keeps count."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def __call__(self, event: Event) -> None:
        """Tell one row."""
        self._counts[event.kind] += 1
        code = f" ({event.code})" if event.code else ""
        click.echo(f"row {event.row}: {TOLD[event.kind]}{code}", err=True)

    @property
    def summary(self) -> str:
        """Say how many there are of each."""
        return ", ".join(f"{count} {kind}" for kind, count in self._counts.items()) or "nothing to send"

    @property
    def code(self) -> int:
        """Give the exit code: a row that may still go out comes before one that needs somebody to look at it."""
        if self._counts["deferred"]:
            return RUN_AGAIN
        bad = ("failed", "unknown", "failed before", "unknown before")
        return SOME_FAILED if any(self._counts[kind] for kind in bad) else 0


def address(text: str | None) -> Address:
    """Check --to; without it, or with -, the address does not stand in the list of processes.

    Raises:
        OptionError: if it is no address.
    """
    from gluterelief_pdf import addresses

    if text is None and sys.stdin.isatty():
        text = click.prompt("E-mail address", err=True)
    if text is None:
        raise OptionError("--to: is missing", hint="Name the address, or - to read it from standard input.")
    return addresses.read("--to", sys.stdin.readline().strip() if text == "-" else text)


def sender(settings: Settings, given: Mapping[str, Any]) -> Sender | None:
    """Tell who writes a draft: the mailbox of clinic.toml, else the clinic's address, else whoever opens it.

    Raises:
        OptionError: if the clinic's address is none that every server takes.
    """
    from gluterelief_pdf import addresses

    if settings.mail:
        return settings.mail.sender
    if not given.get("email"):
        return None
    return Sender(addresses.widely("--email", given["email"]), given["clinic_name"])


def mailbox(settings: Settings) -> tuple[Mailbox, Server]:
    """Give the mailbox to send from.

    Raises:
        ClinicError: if clinic.toml has none, or none that can send.
    """
    if settings.path is None:
        raise ClinicError("there is no clinic.toml, so no mail server is known", hint="Make it with: make-handout init")
    if settings.mail is None or settings.mail.server is None:
        hint = 'Add [mail] with host = "smtp.riverside.example" and what docs/mail.md names; drafts need none of it.'
        raise ClinicError(f"{settings.path}: names no mail server", hint=hint)
    return settings.mail, settings.mail.server


def ledger_path(mailbox: Mailbox | None) -> Path:
    """Tell where it stands what was sent."""
    from gluterelief_pdf import ledger

    return mailbox.ledger if mailbox and mailbox.ledger else ledger.usual_path()


def ask_smtp_password() -> str:
    """Ask for the mail server's password."""
    return _hidden("Password of the mail account", confirm=False)


def ask_pdf_password() -> str:
    """Ask for the password of a sheet, and check it."""
    from gluterelief_pdf import encrypt

    encrypt.available()
    password = _hidden("Password for the sheet", confirm=True)
    encrypt.check("the password", password)
    return password


def _hidden(question: str, *, confirm: bool) -> str:
    """Ask without showing what is typed; a pipe is read instead."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    answer = click.prompt(question, hide_input=True, confirmation_prompt=confirm, err=True)
    return str(answer)

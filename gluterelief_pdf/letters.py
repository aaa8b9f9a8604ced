"""The nouns of the mail: checked once where they are made, then frozen. No I/O and no library."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Security = Literal["starttls", "tls", "loopback"]
SECURITY: tuple[Security, ...] = ("starttls", "tls", "loopback")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
PORTS = {"starttls": 587, "tls": 465, "loopback": 25}
TIMEOUT_S = 60.0
PER_MINUTE = 30.0  # Microsoft 365 takes no more
PAUSES_S = (30.0, 120.0, 300.0)

State = Literal["new", "sending", "sent", "deferred", "failed", "unknown"]
STATES: tuple[State, ...] = ("new", "sending", "sent", "deferred", "failed", "unknown")


@dataclass(frozen=True, slots=True)
class Address:
    """One address to send to; its domain is in A-labels, so only what is before the @ may not be ASCII."""

    text: str

    @property
    def utf8(self) -> bool:
        """Tell whether only a server with SMTPUTF8 (RFC 6531) can take it."""
        return not self.text.isascii()


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: what stands in From and Reply-To."""

    address: Address
    name: str = ""
    reply_to: Address | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """The clinic's mail server, and how to log in. Secrets are no part of it, only where they come from."""

    host: str
    port: int
    security: Security
    user: str = ""
    password_command: tuple[str, ...] = ()
    password_file: Path | None = None
    token_command: tuple[str, ...] = ()  # prints an OAuth 2.0 access token
    ca_file: Path | None = None  # the clinic's own authority, trusted besides the system's
    timeout_s: float = TIMEOUT_S  # for every answer but the last one
    per_minute: float = PER_MINUTE
    pauses_s: tuple[float, ...] = PAUSES_S  # before each new try of what the server put off


@dataclass(frozen=True, slots=True)
class Mailbox:
    """All of [mail] in clinic.toml."""

    sender: Sender
    server: Server | None  # drafts need none
    ledger: Path | None  # None: in the user's state folder


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail to one patient, ready but for what only sending gives it."""

    row: int  # of the roster; 1 where there is none
    to: Address
    language: str  # BCP 47
    subject: str
    text: str
    html: str
    pdf: bytes
    attachment: str  # ASCII, nothing of the patient in it
    key: str  # what makes it the same letter in the next run
    consent: bool = False  # the patient agreed to get it by e-mail


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one letter, and the server's code for it; never the server's text, which may quote the address."""

    state: State
    code: str


Kind = Literal["sent", "deferred", "failed", "unknown", "sent before", "failed before", "unknown before", "no consent"]


@dataclass(frozen=True, slots=True)
class Event:
    """What a run has to say of one row."""

    row: int
    kind: Kind
    code: str = ""

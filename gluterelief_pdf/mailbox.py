"""[mail] of clinic.toml → the clinic's mailbox, checked. Every fault is told at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from gluterelief_pdf import addresses
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.letters import (
    LOOPBACK,
    PAUSES_S,
    PER_MINUTE,
    PORTS,
    SECURITY,
    TIMEOUT_S,
    Address,
    Mailbox,
    Sender,
    Server,
)

TEXTS = ("from", "reply_to", "host", "user", "security", "password_file", "ca_file", "ledger")
COMMANDS = ("password_command", "token_command")
NUMBERS = {"port": (1, 65_535), "per_minute": (1, 10_000), "timeout": (1, 600)}  # key → from, to
KEYS = (*TEXTS, *COMMANDS, *NUMBERS, "pauses")
MAX_PAUSE_S = 3600
SECRETS = ("password", "token", "secret")  # what people put where it can be read by others


class Faults(Protocol):
    """What gathers faults with their key and line."""

    def add(self, key: str, what: str) -> None:
        """Note one fault."""

    def unknown(self, key: str, name: str, known: Any) -> None:
        """Note a name that nothing knows."""

    def text(self, key: str, value: object) -> str:
        """Check one text."""


def read(table: object, clinic: Mapping[str, str], faults: Faults, folder: Path) -> Mailbox | None:
    """Check the table; who sends is the clinic, unless it says otherwise. Files lie beside clinic.toml."""
    if not isinstance(table, dict):
        faults.add("mail", "should be a table")
        return None
    for key in table.keys() - set(KEYS):
        if key in SECRETS:
            faults.add(f"mail.{key}", "does not belong here; use password_command, token_command or password_file")
        else:
            faults.unknown(f"mail.{key}", key, KEYS)
    texts = {key: faults.text(f"mail.{key}", table[key]) for key in TEXTS if key in table}
    commands = {key: _command(table[key], key, faults) for key in COMMANDS if key in table}
    numbers = {key: _number(table[key], key, faults) for key in NUMBERS if key in table}
    sender = _sender(texts, clinic, faults)
    host = texts.get("host", "")
    server = _server(host, texts, commands, numbers, table, faults, folder) if host else None
    if not host and (missing := set(table) - {"from", "reply_to", "ledger"}):
        faults.add("mail", f"has {', '.join(sorted(missing))}, but no host")
    ledger = folder / texts["ledger"] if texts.get("ledger") else None
    return Mailbox(sender, server, ledger) if sender else None


def _sender(texts: Mapping[str, str], clinic: Mapping[str, str], faults: Faults) -> Sender | None:
    written = texts.get("from") or clinic.get("email", "")
    if not written:
        faults.add("mail.from", "is missing: the address that your e-mails come from")
        return None
    address = _address("from" if texts.get("from") else "email", written, faults)
    reply_to = _address("reply_to", texts["reply_to"], faults) if texts.get("reply_to") else None
    return Sender(address, clinic.get("name", ""), reply_to) if address else None


def _address(key: str, text: str, faults: Faults) -> Address | None:
    where = key if key == "email" else f"mail.{key}"
    try:
        return addresses.widely(where, text)
    except OptionError as error:
        faults.add(where, str(error).partition(": ")[2])
        return None


def _server(
    host: str,
    texts: Mapping[str, str],
    commands: Mapping[str, tuple[str, ...]],
    numbers: Mapping[str, float],
    table: Mapping[str, object],
    faults: Faults,
    folder: Path,
) -> Server:
    security = next((name for name in SECURITY if name == texts.get("security", "starttls")), None)
    if security is None:
        choice = " or ".join(f'"{name}"' for name in SECURITY)
        faults.add("mail.security", f"is {texts['security']!r}; it may be {choice}")
        security = "starttls"
    if security == "loopback" and host not in LOOPBACK:
        faults.add("mail.security", f'"loopback" sends clear text, so host may only be {", ".join(LOOPBACK)}')
    login = [key for key in ("user", "password_file", *COMMANDS) if texts.get(key) or commands.get(key)]
    if security == "loopback" and login:
        faults.add(f"mail.{login[0]}", 'a password is never sent in clear text, so "loopback" goes without a login')
    elif login and not texts.get("user"):
        faults.add("mail.user", "is missing: the name to log in with")
    if not host.isascii() or any(c.isspace() or c in "/:@" for c in host.replace("::1", "")):
        faults.add("mail.host", "should be a server's name, such as smtp.riverside.example, and nothing else")
    return Server(
        host=host,
        port=int(numbers.get("port", PORTS[security])),
        security=security,
        user=texts.get("user", ""),
        password_command=commands.get("password_command", ()),
        password_file=folder / texts["password_file"] if texts.get("password_file") else None,
        token_command=commands.get("token_command", ()),
        ca_file=folder / texts["ca_file"] if texts.get("ca_file") else None,
        timeout_s=numbers.get("timeout", TIMEOUT_S),
        per_minute=numbers.get("per_minute", PER_MINUTE),
        pauses_s=_pauses(table["pauses"], faults) if "pauses" in table else PAUSES_S,
    )


def _command(value: object, key: str, faults: Faults) -> tuple[str, ...]:
    if isinstance(value, list) and value and all(isinstance(part, str) and part and "\0" not in part for part in value):
        return tuple(value)
    faults.add(
        f"mail.{key}", 'should be a list: the program, then its arguments, such as ["pass", "show", "clinic-mail"]'
    )
    return ()


def _number(value: object, key: str, faults: Faults) -> float:
    low, high = NUMBERS[key]
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return value
    faults.add(f"mail.{key}", f"should be a whole number from {low} to {high}")
    return low


def _pauses(value: object, faults: Faults) -> tuple[float, ...]:
    if isinstance(value, list) and all(type(pause) is int and 0 <= pause <= MAX_PAUSE_S for pause in value):
        return tuple(value)
    faults.add("mail.pauses", f"should be a list of seconds up to {MAX_PAUSE_S}, such as [30, 120, 300]")
    return ()

"""Where the mail server's password or token comes from: a command, the environment, a file of the owner's, a prompt.

Never the command line, where everybody on the machine can read it.
"""

import os
import stat
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from gluterelief_pdf import infile
from gluterelief_pdf.errors import ClinicError, MailError
from gluterelief_pdf.letters import Server

VARIABLE = "MAKE_HANDOUT_SMTP_PASSWORD"
COMMAND_TIMEOUT_S = 120.0  # somebody may have to unlock a store
MAX_CHARACTERS = 20_000  # Microsoft's tokens have some 2,500


@dataclass(frozen=True, slots=True)
class Secret:
    """A password or a token. Its text stands in no representation of it."""

    kind: Literal["password", "token"]
    text: str = field(repr=False)


def find(server: Server, ask: Callable[[], str] | None = None) -> Secret | None:
    """Get the secret, from the first place that is set up; none if the server wants no login.

    Raises:
        ClinicError: if the file may be read by others, or holds nothing.
        MailError: if a command gives none, or there is no place to get one from.
    """
    if not server.user:
        return None
    if server.token_command:
        return Secret("token", _checked(_output(server.token_command, "token_command"), "token_command"))
    if server.password_command:
        return Secret("password", _checked(_output(server.password_command, "password_command"), "password_command"))
    if text := os.environ.get(VARIABLE):
        return Secret("password", _checked(text, VARIABLE))
    if server.password_file:
        return Secret("password", _checked(_private(server.password_file), str(server.password_file)))
    if ask:
        return Secret("password", _checked(ask(), "the password"))
    hint = f"Set password_command or password_file in [mail] of clinic.toml, or {VARIABLE} in the environment."
    raise MailError(f"{server.host}: there is no password for {server.user!r}", hint=hint)


def _output(command: tuple[str, ...], key: str) -> str:
    """Run a command without a shell; what it says to the user on standard error is its own affair."""
    hint = "Run it by itself to see what it says."
    try:
        done = subprocess.run(  # noqa: S603 (the clinic's own command, an argument list)
            command, stdout=subprocess.PIPE, timeout=COMMAND_TIMEOUT_S, check=False
        )
    except OSError as error:
        reason = (error.strerror or "it cannot be run").lower()
        raise MailError(f"mail.{key}: {command[0]}: {reason}", hint=hint) from None
    except subprocess.TimeoutExpired:
        raise MailError(f"mail.{key}: no answer in {COMMAND_TIMEOUT_S:g} seconds", hint=hint) from None
    if done.returncode:
        raise MailError(f"mail.{key}: ended with {done.returncode}", hint=hint)
    try:
        return done.stdout.decode("utf-8")
    except UnicodeDecodeError:
        raise MailError(f"mail.{key}: its output is not UTF-8 text", hint=hint) from None


def _private(path: Path) -> str:
    """Read a file that nobody but its owner may read."""
    try:
        if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ClinicError(f"{path}: others may read the password", hint=f"Run: chmod 600 {path}")
        return infile.text(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = (getattr(error, "strerror", None) or "it is not UTF-8 text").lower()
        raise ClinicError(f"{path}: the password cannot be read: {reason}", hint="Check password_file.") from None


def _checked(text: str, where: str) -> str:
    """Take the first line; a password manager may print more."""
    first = text.partition("\n")[0].removesuffix("\r")
    if not first or len(first) > MAX_CHARACTERS or any(ord(c) < 32 or ord(c) == 127 for c in first):
        hint = "It should be one line, without control characters."
        raise MailError(f"{where}: holds no password", hint=hint)
    return first

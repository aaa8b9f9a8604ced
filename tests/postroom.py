"""A clinic that sends, and the letters it sends: what the tests of e-mail share."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import Envelope

from gluterelief_pdf import ledger, post
from gluterelief_pdf.credentials import Secret
from gluterelief_pdf.errors import MailError
from gluterelief_pdf.letters import Address, Event, Letter, Server, State
from tests.letters import DESK, letter
from tests.mailservers import (
    PASSWORD,
    USER,
    Certificates,
    Inbox,
    certificates,
    serving,
)


@pytest.fixture(scope="session")
def certs(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates, made once."""
    return certificates(tmp_path_factory.mktemp("certificates"))


def numbered(count: int) -> list[Letter]:
    return [
        letter(row=row, key=f"{row:064x}", to=Address(f"patient{row}@home.example"), pdf=b"%PDF-1.7")
        for row in range(1, count + 1)
    ]


def content(envelope: Envelope) -> bytes:
    assert isinstance(envelope.content, bytes)
    return envelope.content


class Clinic:
    """A clinic with a ledger and a server's address, that sends and hears what became of it."""

    def __init__(self, server: Server, path: Path) -> None:
        self.server, self.path = server, path
        self.waits: list[float] = []
        self.asked = 0

    def send(self, letters: list[Letter], **more: Any) -> list[Event]:
        events: list[Event] = []
        with ledger.opened(self.path) as book:
            try:
                post.send(
                    letters, DESK, self.server, book, self.secret, tell=events.append, wait=self.waits.append, **more
                )
            except MailError:
                self.told = events
                raise
        return events

    def secret(self) -> Secret | None:
        self.asked += 1
        return Secret("password", PASSWORD) if self.server.user else None

    def states(self) -> list[State]:
        with ledger.shown(self.path) as book:
            return [entry.state for entry in book.entries()]


@contextmanager
def clinic(
    inbox: Inbox, certs: Certificates, folder: Path, *, pauses_s: tuple[float, ...] = (), **more: object
) -> Iterator[Clinic]:
    with serving(inbox, certs.context("good"), **more) as port:
        server = Server(
            "localhost",
            port,
            "starttls",
            USER,
            ca_file=certs.authority,
            timeout_s=5,
            per_minute=10_000,
            pauses_s=pauses_s,
        )
        yield Clinic(server, folder / "outbox.sqlite")


def sending_process(desk: Clinic, authority: Path) -> subprocess.Popen[bytes]:
    """Send one letter in a process of its own."""
    code = f"""
from pathlib import Path
from gluterelief_pdf import ledger, post
from gluterelief_pdf.credentials import Secret
from gluterelief_pdf.letters import Server
from tests.letters import DESK
from tests.postroom import numbered
server = Server("localhost", {desk.server.port}, "starttls", "{USER}", ca_file=Path({str(authority)!r}))
with ledger.opened(Path({str(desk.path)!r})) as book:
    post.send(numbered(2), DESK, server, book, lambda: Secret("password", {PASSWORD!r}), tell=print)
"""
    return subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[1], stderr=subprocess.PIPE)


def command_lines(process: subprocess.Popen[bytes]) -> set[bytes]:
    """Look at the list of processes until one ends, and give the lines of it and of all that it started."""
    seen, ours = set(), {process.pid}
    while process.poll() is None:
        time.sleep(0.05)
        for each in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((each / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
                if int(each.name) in ours or parent in ours:
                    ours.add(int(each.name))
                    seen.add((each / "cmdline").read_bytes())
            except OSError:
                continue
    return seen

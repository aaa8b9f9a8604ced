"""Letters → the mail server, each at most once, whatever breaks on the way."""

import secrets
import signal
import threading
import time
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import cast

from gluterelief_pdf import mail
from gluterelief_pdf.credentials import Secret
from gluterelief_pdf.ledger import Entry, Ledger
from gluterelief_pdf.letters import Event, Kind, Letter, Outcome, Sender, Server, State
from gluterelief_pdf.smtp import Connection, LostError

USUAL: frozenset[State] = frozenset({"new", "deferred"})  # the states from which a letter is sent
PER_CONNECTION = 50  # letters; some servers put off what comes after
WAITING = 50  # letters kept in memory for another try
Tell = Callable[[Event], None]


def send(
    letters: Iterable[Letter],
    sender: Sender,
    server: Server,
    ledger: Ledger,
    secret: Callable[[], Secret | None],
    *,
    tell: Tell,
    batch: str = "",
    limit: int | None = None,
    states: Container[State] = USUAL,
    wait: Callable[[float], None] = time.sleep,
) -> None:
    """Send letters with consent that are not sent yet, and tell of each what became of it.

    What the server puts off is tried again after growing pauses. `secret` is asked once, when there is something to
    send. With `limit`, no more than so many are tried; the next run goes on with the rest.

    Raises:
        MailError: if the server can't be reached, trusted or logged in to; no letter is marked for it.
        OutputError: if the ledger can't be written; the letter at hand is then not sent.
        OptionError: if a letter can't be written as an e-mail.
    """
    run = _Run(sender, server, ledger, secret, tell=tell, batch=batch, states=states, wait=wait)
    try:
        for letter in letters:
            if limit is not None and run.tried >= limit:
                break
            if len(run.waiting) >= WAITING:
                run.try_again()
            if run.put_off >= WAITING:
                return
            run.deliver(letter)
        run.try_again()
    finally:
        run.close()


def planned(letters: Iterable[Letter], ledger: Ledger, *, states: Container[State] = USUAL) -> Iterator[Event | None]:
    """Tell of each letter why `send` would pass it over; None if it would send it. No PDF is needed for it."""
    return (_passed_over(letter, ledger.find(letter.key), states) for letter in letters)


def _passed_over(letter: Letter, entry: Entry | None, states: Container[State]) -> Event | None:
    """Give the reason why a letter is not sent in this run, if there is one."""
    if not letter.consent:
        return Event(letter.row, "no consent")
    if entry is None or entry.state in states:
        return None
    return Event(letter.row, cast(Kind, f"{entry.state} before"), entry.code)


class _Run:
    """One run: a connection that is opened when it is needed, and what waits for another try."""

    def __init__(
        self,
        sender: Sender,
        server: Server,
        ledger: Ledger,
        secret: Callable[[], Secret | None],
        *,
        tell: Tell,
        batch: str,
        states: Container[State],
        wait: Callable[[float], None],
    ) -> None:
        self._sender, self._server, self._ledger, self._ask, self._tell = sender, server, ledger, secret, tell
        self._batch, self._states, self._wait = batch, states, wait
        self._connection: Connection | None = None
        self._secret: Secret | None = None
        self._asked = False
        self._next_at = 0.0
        self.tried = 0
        self.put_off = 0  # letters in a row, to the next run: the server takes nothing at present
        self.waiting: list[Letter] = []

    def deliver(self, letter: Letter) -> None:
        """Send one letter, unless something speaks against it."""
        entry = self._ledger.find(letter.key)
        if event := _passed_over(letter, entry, self._states):
            self._tell(event)
            return
        self.tried += 1
        self._try(letter, last=not self._server.pauses_s)

    def try_again(self) -> None:
        """Try again what the server put off, after growing pauses; what it still puts off waits for the next run."""
        for number, pause_s in enumerate(self._server.pauses_s, start=1):
            if not self.waiting:
                return
            self.close()
            self._wait(pause_s)
            again, self.waiting = self.waiting, []
            for letter in again:
                if not _passed_over(letter, self._ledger.find(letter.key), self._states):
                    self._try(letter, last=number == len(self._server.pauses_s))

    def _try(self, letter: Letter, *, last: bool) -> None:
        """Try one letter. The last time it is told that it was put off; before, that is not worth a word."""
        message_id = f"<{secrets.token_hex(16)}@{self._sender.address.text.rpartition('@')[2]}>"
        entry = self._ledger.enter(letter, batch=self._batch, message_id=message_id)
        if entry.state == "sent":  # sent again because somebody wants it: a message of its own
            entry = self._ledger.renew(letter.key, message_id)
        message = mail.finished(letter, self._sender, message_id=entry.message_id, date=datetime.now(UTC))
        with _uninterrupted():
            outcome = self._submit(letter, message)
            doubtful = (
                entry.state == "unknown" and outcome.state == "deferred"
            )  # it may still have arrived the first time
            self._ledger.mark(letter.key, "unknown" if doubtful else outcome.state, outcome.code)
        if outcome.state == "deferred" and not last:
            self.waiting.append(letter)
        else:
            self.put_off = self.put_off + 1 if outcome.state == "deferred" else 0
            self._tell(Event(letter.row, cast(Kind, outcome.state), outcome.code))

    def _submit(self, letter: Letter, message: bytes) -> Outcome:
        """Hand a message over; a connection that the server has closed meanwhile is opened anew, once."""
        for _ in range(2):
            connection = self._connected()
            fresh = connection.used == 0
            try:
                return connection.submit(
                    message, self._sender.address, letter.to, at_dot=lambda: self._ledger.mark(letter.key, "sending")
                )
            except LostError:
                if fresh:
                    break
            except BaseException:
                entry = self._ledger.find(letter.key)
                if entry and entry.state == "sending":
                    self._ledger.mark(letter.key, "unknown", "interrupted")
                raise
        return Outcome("deferred", "connection lost")

    def _connected(self) -> Connection:
        """Give an open connection, when the pace allows another letter."""
        if self._connection and (not self._connection.open or self._connection.used >= PER_CONNECTION):
            self.close()
        if self._connection is None:
            if not self._asked:
                self._secret, self._asked = self._ask(), True
            self._connection = Connection(self._server, self._secret)
        now = time.monotonic()
        if now < self._next_at:
            self._wait(self._next_at - now)
        self._next_at = max(now, self._next_at) + 60 / self._server.per_minute
        return self._connection

    def close(self) -> None:
        """End the connection."""
        if self._connection:
            self._connection.close()
            self._connection = None


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C back until the letter at hand is done with; a second one does not wait."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held = False

    def hold(_number: int, _frame: object) -> None:
        nonlocal held
        if held:
            raise KeyboardInterrupt
        held = True

    before = signal.signal(signal.SIGINT, hold)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if held:
        raise KeyboardInterrupt

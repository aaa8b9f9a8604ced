"""What was sent: one row a letter in SQLite, on the disk before the server may have the letter.

A letter is marked `sending` just before its final dot. Whoever opens the ledger next and finds it so can't know whether
the server took it: it becomes `unknown`, is told, and is never sent again by itself.
"""

import errno
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gluterelief_pdf.errors import OutputError
from gluterelief_pdf.letters import STATES, Letter, State

APP = "make-handout"
VERSION = 1
SCHEMA = f"""
CREATE TABLE letter (
    key TEXT PRIMARY KEY,
    batch TEXT NOT NULL,
    number INTEGER NOT NULL,
    language TEXT NOT NULL,
    address TEXT NOT NULL,
    message_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ({", ".join(f"'{state}'" for state in STATES)})),
    code TEXT NOT NULL,
    changed TEXT NOT NULL
);
PRAGMA user_version = {VERSION};
"""
COLUMNS = "key, batch, number, language, address, message_id, state, code, changed"
BUSY_S = 5.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One letter as it stands in the ledger."""

    key: str
    batch: str
    row: int
    language: str
    address: str
    message_id: str
    state: State
    code: str
    changed: str  # UTC, ISO 8601


class Ledger:
    """An open ledger. Whoever holds it for writing holds it alone."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection, self._path = connection, path

    def find(self, key: str) -> Entry | None:
        """Give a letter's entry, if it has one."""
        with _told(self._path):
            row = self._connection.execute(f"SELECT {COLUMNS} FROM letter WHERE key = ?", (key,)).fetchone()  # noqa: S608 (a constant)
        return Entry(*row) if row else None

    def enter(self, letter: Letter, *, batch: str, message_id: str) -> Entry:
        """Give a letter's entry; make a new one where there is none."""
        values = (letter.key, batch, letter.row, letter.language, letter.to.text, message_id, "new", "", _now())
        with _told(self._path):
            self._connection.execute(f"INSERT OR IGNORE INTO letter ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)", values)  # noqa: S608 (a constant)
        entry = self.find(letter.key)
        assert entry is not None
        return entry

    def renew(self, key: str, message_id: str) -> Entry:
        """Give a letter that is to be sent a second time a new Message-ID."""
        with _told(self._path):
            self._connection.execute("UPDATE letter SET message_id = ? WHERE key = ?", (message_id, key))
        entry = self.find(key)
        assert entry is not None
        return entry

    def mark(self, key: str, state: State, code: str = "") -> None:
        """Set a letter's state; it is on the disk when this returns."""
        with _told(self._path):
            self._connection.execute(
                "UPDATE letter SET state = ?, code = ?, changed = ? WHERE key = ?", (state, code, _now(), key)
            )

    def settle(self) -> int:
        """Call everything that was in flight when a run ended `unknown`, and count it."""
        with _told(self._path):
            return self._connection.execute(
                "UPDATE letter SET state = 'unknown', code = 'interrupted', changed = ? WHERE state = 'sending'",
                (_now(),),
            ).rowcount

    def entries(self, states: Iterable[State] = STATES) -> tuple[Entry, ...]:
        """Give all entries in one of the states, by roster and row."""
        wanted = set(states)
        with _told(self._path):
            rows = self._connection.execute(f"SELECT {COLUMNS} FROM letter ORDER BY batch, number, changed").fetchall()  # noqa: S608 (a constant)
        return tuple(entry for entry in (Entry(*row) for row in rows) if entry.state in wanted)

    def forget(self, before: datetime) -> int:
        """Remove letters that were sent or refused before a time, and count them; what is unknown stays."""
        with _told(self._path):
            moment = before.astimezone(UTC).isoformat(timespec="seconds")
            return self._connection.execute(
                "DELETE FROM letter WHERE state IN ('sent', 'failed') AND changed < ?", (moment,)
            ).rowcount


def usual_path() -> Path:
    """Give where the ledger lies if clinic.toml names no place: in the user's state folder."""
    from platformdirs import user_state_path

    return user_state_path(APP, appauthor=False) / "outbox.sqlite"


@contextmanager
def opened(path: Path) -> Iterator[Ledger]:
    """Open a ledger for the one run that may write it; make it where there is none, readable by its owner only.

    Raises:
        OutputError: if another run has it, if it is no ledger, or if it can't be written.
    """
    with _told(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in (path, _lock_path(path)):  # SQLite gives its own side files the rights of the ledger
            _make_private(name)
        with closing(_alone(path)), closing(sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)) as connection:
            _prepare(connection, path)
            ledger = Ledger(connection, path)
            ledger.settle()
            yield ledger


def there(path: Path) -> bool:
    """Tell whether anything was written into a ledger yet.

    Raises:
        OutputError: if that can't be known.
    """
    with _told(path):
        try:
            path.stat()
        except FileNotFoundError:
            return False
    return True


@contextmanager
def shown(path: Path) -> Iterator[Ledger]:
    """Open a ledger to look at it; a run that is under way goes on.

    Raises:
        OutputError: if it is no ledger, or can't be read.
    """
    if not there(path):
        with _told(path), closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
            _prepare(connection, path)
            yield Ledger(connection, path)
            return
    try:
        with opened(path) as ledger:
            yield ledger
            return
    except RunningError:
        pass
    with _told(path), closing(sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)) as connection:
        yield Ledger(connection, path)


class RunningError(OutputError):
    """Another run is writing the ledger."""


def _make_private(path: Path) -> None:
    """Make a file that is its owner's alone. One that is there is not opened: to close it would free SQLite's lock."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        if not path.is_file():  # a folder would be closed to its owner
            raise FileExistsError(errno.EEXIST, "there is a folder or a device of that name") from None
        path.chmod(0o600)


def _lock_path(path: Path) -> Path:
    path = Path(os.path.realpath(path))  # whatever it is called: it is one ledger
    return path.with_name(f"{path.name}-lock")


def _alone(path: Path) -> sqlite3.Connection:
    """Hold a lock that the system takes back from a process that dies: SQLite's own, the same on every system."""
    lock = sqlite3.connect(_lock_path(path), timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        hint = "Wait until it is done; make-handout outbox shows how far it is."
        raise RunningError(f"{path}: another run is sending right now", hint=hint) from None
    return lock


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # a mark outlives a power cut
    connection.execute("PRAGMA secure_delete = ON")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0:
        connection.executescript(f"BEGIN; {SCHEMA} COMMIT;")
    elif version != VERSION:
        raise OutputError(f"{path}: was written by a newer version", hint="Use that version, or another ledger.")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system say into a sentence."""
    try:
        yield
    except sqlite3.Error as error:
        hint = "It should be a file on a local disk with some room, and yours."
        raise OutputError(f"{path}: the record of what was sent cannot be used: {error}", hint=hint) from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        hint = "Name another place with ledger in [mail] of clinic.toml."
        raise OutputError(f"{path}: cannot be written: {reason}", hint=hint) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

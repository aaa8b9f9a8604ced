"""What a machine of a cluster does: sheets of a run, each in a process of its own, under the limits of any other batch.

The machine needs no folder of ours: what a run needs comes with it, and the finished sheet goes back. It is made only
if everything that it depends on is the same here as there, so that its bytes are too.
"""

import multiprocessing
import pickle
import secrets
import tempfile
import threading
from collections.abc import Mapping
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from distributed import get_worker

from gluterelief_pdf import fingerprint, worker
from gluterelief_pdf.resources import shipped
from gluterelief_pdf.tables import Content

IDLE_S = 60.0  # until a process that nobody gives work to ends
MADE, DIED, DIFFERS = "made", "died", "differs"


class Sealed:
    """Something that must not be read by chance: what a task was given is written to a machine's log if it fails."""

    def __init__(self, content: Any) -> None:
        self.content = content

    def __repr__(self) -> str:
        """Tell nothing."""
        return "Sealed()"


@dataclass(frozen=True)
class Parcel:
    """What a run needs. It can be read whatever the versions are; the bench in it only if they are the same."""

    fingerprint: str
    bench: bytes
    own: Mapping[str, bytes]  # a clinic's own content, by path
    run: str = field(default_factory=lambda: secrets.token_hex(8))


class _DiffersError(Exception):
    """This machine would make other bytes."""


def held(parcel: Sealed) -> Sealed:
    """Give a parcel back: as the result of a task it comes once to each machine."""
    return parcel


def make(parcel: Sealed, order: Sealed) -> tuple[str, Any]:
    """Make one sheet: `MADE` and it, `DIED` and why, or `DIFFERS` and this machine's address and versions."""
    try:
        seat = _taken(parcel.content)
    except _DiffersError:
        return DIFFERS, (get_worker().address, fingerprint.versions())
    try:
        made = seat.pool.submit(worker.make, _opened(order.content)).result()
    except BrokenExecutor:
        why = worker.why(seat.scratch)
        seat.close()
        return DIED, why
    _given_back(seat)
    return MADE, Sealed(made)


class _Seat:
    """A process that makes sheets of one run, one after the other."""

    def __init__(self, parcel: Parcel) -> None:
        self.run, self.made = parcel.run, 0
        self.timer: threading.Timer
        self._folder = tempfile.TemporaryDirectory(dir=get_worker().local_directory, ignore_cleanup_errors=True)
        self.scratch = Path(self._folder.name)
        own = self.scratch / "own"
        for name, text in parcel.own.items():
            (own / name).parent.mkdir(parents=True, exist_ok=True)
            (own / name).write_bytes(text)
        content = Content(shipped("content"), own if parcel.own else None)
        if fingerprint.of(content) != parcel.fingerprint:
            self._folder.cleanup()
            raise _DiffersError
        bench = replace(_opened(parcel.bench), folder=self.scratch, content=content)
        multiprocessing.current_process().daemon = False  # a daemon, as Dask's nanny makes us, may have no children
        self.pool = worker.pool(bench, self.scratch, 1)

    def close(self) -> None:
        """End the process."""
        self.pool.shutdown()
        self._folder.cleanup()


def _opened(content: bytes) -> Any:
    return pickle.loads(content)  # noqa: S301 (Dask does the same: who can reach a cluster can run programs on it)


_free: list[_Seat] = []
_lock = threading.Lock()


def _taken(parcel: Parcel) -> _Seat:
    """Take a seat of the run that nobody sits on, or make one."""
    with _lock:
        seat = next((seat for seat in _free if seat.run == parcel.run), None)
        if seat:
            seat.timer.cancel()
            _free.remove(seat)
    return seat or _Seat(parcel)


def _given_back(seat: _Seat) -> None:
    seat.made += 1
    if seat.made >= worker.RENEWED:
        seat.close()
        return
    with _lock:
        seat.timer = threading.Timer(IDLE_S, _left, [seat])
        seat.timer.daemon = True
        seat.timer.start()
        _free.append(seat)


def _left(seat: _Seat) -> None:
    """End a process that nobody gave work to, since its run is over, or was killed."""
    with _lock:
        if seat not in _free:
            return
        _free.remove(seat)
    seat.close()

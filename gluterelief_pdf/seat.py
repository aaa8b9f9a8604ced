"""What a machine of a cluster does: sheets of a run, each in a process of its own, under the limits of any other batch.

The machine needs no folder of ours: what a run needs comes with it, and the finished sheet goes back. It is made only
if everything that it depends on is the same here as there, so that its bytes are too.
"""

import multiprocessing
import pickle
import tempfile
import threading
from concurrent.futures import BrokenExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from distributed import get_worker

from gluterelief_pdf import crew, fingerprint, tables, worker
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.resources import shipped
from gluterelief_pdf.tables import Content
from gluterelief_pdf.worker import Bench

IDLE_S = 60.0  # until a process that nobody gives work to ends
MOST_OWN_BYTES = 10_000_000  # of a clinic's own content, which goes to every machine
MADE, DIED, DIFFERS = "made", "died", "differs"


def packed(bench: Bench) -> BytesIO:
    """Pack what a machine needs that has no folder of ours.

    Raises:
        OptionError: if the clinic's own content is too large.
        ContentError: if it can't be read.
    """
    folder = bench.content.own
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder else []
    own = {path.relative_to(folder).as_posix(): tables.data(path) for path in files if folder}
    if sum(map(len, own.values())) > MOST_OWN_BYTES:
        what = f"--overrides: {folder}: has more than {MOST_OWN_BYTES // 1_000_000} MB, too much for every machine"
        raise OptionError(what, hint="Take out what is not needed.")
    lean = pickle.dumps(replace(bench, cache=None))
    return sealed((fingerprint.of(bench.content), lean, own))


def sealed(content: Any) -> BytesIO:
    """Wrap content up: what a task is given is written into a machine's log if it fails, but not what is in this."""
    return BytesIO(pickle.dumps(content))


def opened(content: BytesIO) -> Any:
    """Take it out again."""
    return pickle.loads(content.getvalue())  # noqa: S301 (as Dask: who can reach a cluster can run programs on it)


class _DiffersError(Exception):
    """This machine would make other bytes."""


def make(run: str, parcel: BytesIO, order: BytesIO) -> tuple[str, Any]:
    """Make one sheet of a run: `MADE` and it, `DIED` and why, or `DIFFERS` and this machine's address and versions."""
    try:
        seat = _taken(run) or _Seat(run, parcel)
    except _DiffersError:
        return DIFFERS, (get_worker().address, fingerprint.versions())
    try:
        made = seat.pool.submit(worker.make, opened(order)).result()
    except BrokenExecutor:
        why = worker.why(seat.scratch)
        seat.close()
        return DIED, why
    _given_back(seat)
    return MADE, sealed(made)


class _Seat:
    """A process that makes sheets of one run, one after the other."""

    def __init__(self, run: str, parcel: BytesIO) -> None:
        self.run, self.made = run, 0
        self.timer: threading.Timer
        self._folder = tempfile.TemporaryDirectory(dir=get_worker().local_directory, ignore_cleanup_errors=True)
        self.scratch = Path(self._folder.name)
        wanted, bench, files = opened(parcel)
        own = self.scratch / "own"
        for name, text in files.items():
            (own / name).parent.mkdir(parents=True, exist_ok=True)
            (own / name).write_bytes(text)
        content = Content(shipped("content"), own if files else None)
        if fingerprint.of(content) != wanted:
            self._folder.cleanup()
            raise _DiffersError
        bench = replace(opened(BytesIO(bench)), folder=self.scratch, content=content)
        multiprocessing.current_process().daemon = False  # a daemon, as Dask's nanny makes us, may have no children
        self.pool = crew.pool(bench, self.scratch, 1)

    def close(self) -> None:
        """End the process."""
        self.pool.shutdown()
        self._folder.cleanup()


_free: list[_Seat] = []
_lock = threading.Lock()


def _taken(run: str) -> _Seat | None:
    """Take a seat of the run that nobody sits on, if there is one."""
    with _lock:
        seat = next((seat for seat in _free if seat.run == run), None)
        if seat:
            seat.timer.cancel()
            _free.remove(seat)
    return seat


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

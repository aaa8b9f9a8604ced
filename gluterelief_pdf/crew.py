"""Who makes the sheets of a batch: what is asked of them, and the usual ones, the processes of this machine."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from multiprocessing import active_children, get_context
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from gluterelief_pdf import libraries, limits, worker
from gluterelief_pdf.errors import RenderError
from gluterelief_pdf.folder import SCRATCH
from gluterelief_pdf.worker import Bench, Order, Outcome


class LostError(Exception):
    """A worker died with an order at hand."""


class Crew(Protocol):
    """Workers, there as long as we are in it (`with`)."""

    bench: Bench
    breaks: bool  # when one worker dies, what the others have at hand is lost too

    def __enter__(self) -> Self:
        """See that they can work."""

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Let them go."""

    @property
    def jobs(self) -> int:
        """How many sheets can be made at a time now."""

    def started(self, jobs: int) -> AbstractContextManager[None]:
        """Let workers begin; when the run is stopped they leave off."""

    def submit(self, order: Order) -> Future[Any]:
        """Hand an order out.

        Raises:
            LostError: if a worker has died since.
            RenderError: if the system lets none be started.
        """

    def outcome(self, order: Order, future: Future[Any]) -> Outcome:
        """Give what came of an order, its file written.

        Raises:
            LostError: if its worker died.
            HandoutError: if no worker can do any order.
        """

    def look(self) -> None:
        """See that there is still somebody at work, when nothing was heard for a while.

        Raises:
            HandoutError: if there is not.
        """

    @property
    def why(self) -> str:
        """The reason that a worker which died left, after a colon."""


def pool(bench: Bench, scratch: Path, jobs: int) -> ProcessPoolExecutor:
    """Start processes that are workers.

    Raises:
        RenderError: if the system lets none be started.
    """
    try:
        return ProcessPoolExecutor(jobs, get_context("spawn"), initializer=worker.start, initargs=(bench, scratch))
    except OSError as error:  # its locks lie in /dev/shm
        raise limits.unstartable(error, "Is there room in /dev/shm, and may you write there?") from error


class Processes:
    """Workers on this machine."""

    breaks = True

    def __init__(self, bench: Bench, jobs: int) -> None:
        self.bench, self.jobs = bench, jobs
        self._scratch: tempfile.TemporaryDirectory[str]
        self._pool: ProcessPoolExecutor

    def __enter__(self) -> Self:
        """See that they can work.

        Raises:
            RenderError: if a library is missing.
        """
        if missing := [library.name for library in libraries.found() if not library.version]:
            hint = f"Install it with: {libraries.install_command()}"
            raise RenderError(f"a system library is missing: {', '.join(missing)}", hint=hint)
        folder = self.bench.folder.absolute()
        self._scratch = tempfile.TemporaryDirectory(prefix=SCRATCH, dir=folder, ignore_cleanup_errors=True)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Remove what they needed while they worked."""
        self._scratch.cleanup()

    @contextmanager
    def started(self, jobs: int) -> Iterator[None]:
        """Start workers; when the run is stopped they are ended at once, since they leave no half-written file."""
        others = set(active_children())
        self._pool = pool(self.bench, Path(self._scratch.name), jobs)
        try:
            yield
        except BaseException:  # Ctrl-C too
            for child in set(active_children()) - others:
                child.kill()
            raise
        finally:
            with suppress(RuntimeError):  # its own thread could not be started either
                self._pool.shutdown(wait=True, cancel_futures=True)

    def submit(self, order: Order) -> Future[Any]:
        try:
            return self._pool.submit(worker.finish, order)
        except BrokenExecutor:
            raise LostError from None
        except (OSError, RuntimeError) as error:  # Python tells of a thread that cannot be started by the latter
            raise limits.unstartable(error) from error

    def outcome(self, order: Order, future: Future[Any]) -> Outcome:
        try:
            found = future.result()
        except BrokenExecutor:
            raise LostError from None
        assert isinstance(found, Outcome)
        return found

    def look(self) -> None:
        pass

    @property
    def why(self) -> str:
        return worker.why(Path(self._scratch.name))

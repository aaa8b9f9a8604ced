"""Many sheets on every core: what is finished is never lost, and a worker that dies costs at most one row."""

import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from pathlib import Path

from gluterelief_pdf import libraries, worker
from gluterelief_pdf.errors import HandoutError, OptionError, RenderError
from gluterelief_pdf.folder import SCRATCH
from gluterelief_pdf.worker import Bench, Order, Outcome

AHEAD = 2  # orders that each worker has at hand
RENEWED = 60  # sheets that a worker makes: WeasyPrint 70 loses up to a megabyte of its libraries' memory with each
DEATHS = 3  # of workers that had made nothing, until it is the system's fault and no row's


def make(orders: Iterable[Order], bench: Bench, *, jobs: int) -> Iterator[Outcome]:
    """Make every sheet, and tell of each as soon as it is done, in no order.

    Raises:
        RenderError: if a library is missing, or no worker can start.
        HandoutError: what would go wrong with every row: a full disk, a wrong template.
    """
    if missing := [library.name for library in libraries.found() if not library.version]:
        hint = f"Install it with: {libraries.install_command()}"
        raise RenderError(f"a system library is missing: {', '.join(missing)}", hint=hint)
    waiting = deque(orders)
    suspects: deque[Order] = deque()  # were at a worker's hand when one died; each is tried again by itself
    deaths = 0
    with tempfile.TemporaryDirectory(
        prefix=SCRATCH, dir=bench.folder.absolute(), ignore_cleanup_errors=True
    ) as scratch:
        while waiting or suspects:
            alone = bool(suspects)
            source = suspects if alone else waiting
            portion = 1 if alone else jobs * RENEWED
            queue = deque(source.popleft() for _ in range(min(portion, len(source))))
            lost: list[Order] = []
            with _pool(bench, Path(scratch), 1 if alone else min(jobs, len(queue))) as pool:
                for outcome in _run(pool, queue, lost, AHEAD * jobs):
                    deaths = 0
                    if outcome.error and not isinstance(outcome.error, OptionError | RenderError):
                        raise outcome.error
                    yield outcome
            waiting.extendleft(reversed(queue))
            deaths += bool(lost)
            if deaths > DEATHS:
                why = worker.why(Path(scratch))
                raise RenderError(f"the processes that make sheets die at once{why}", hint="Is there memory left?")
            if alone and lost:
                yield Outcome(lost[0], error=_died(bench))
            else:
                suspects += lost


def _run(pool: ProcessPoolExecutor, queue: deque[Order], lost: list[Order], most: int) -> Iterator[Outcome]:
    """Take orders from the queue until it is empty or the pool breaks; what was at hand then is lost."""
    running: dict[Future[Outcome], Order] = {}
    while queue or running:
        try:
            while queue and len(running) < most:
                future = pool.submit(worker.make, queue[0])
                running[future] = queue.popleft()
        except BrokenProcessPool:
            lost += running.values()
            return
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        broken = False
        for future in done:
            order = running.pop(future)
            try:
                yield future.result()
            except BrokenProcessPool:
                lost.append(order)
                broken = True
        if broken:
            lost += running.values()
            return


@contextmanager
def _pool(bench: Bench, scratch: Path, jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Start workers; when the run is stopped they are ended at once, since they leave no half-written file."""
    others = set(active_children())
    try:
        pool = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=worker.start, initargs=(bench, scratch))
    except OSError as error:  # its locks lie in /dev/shm
        why = (error.strerror or str(error)).lower()
        hint = "Is there room in /dev/shm, and may you write there?"
        raise RenderError(f"the processes that make sheets cannot be started: {why}", hint=hint) from error
    try:
        yield pool
    except BaseException:  # Ctrl-C too
        for child in set(active_children()) - others:
            child.kill()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _died(bench: Bench) -> HandoutError:
    limits = f"{bench.timeout_s:g} seconds and {bench.memory_bytes // 2**20} MiB of memory"
    return RenderError("the process that makes the sheet died", hint=f"It may take {limits}.")

"""Many sheets on every core: what is finished is never lost, and a worker that dies costs at most one row."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any

from gluterelief_pdf.crew import Crew, LostError
from gluterelief_pdf.errors import HandoutError, OptionError, RenderError
from gluterelief_pdf.worker import RENEWED, Bench, Order, Outcome

AHEAD = 2  # orders that each worker has at hand
DEATHS = 3  # of workers that had made nothing, until it is the system's fault and no row's
PATIENCE_S = 1.0  # without hearing of any sheet, until we look after the workers


def make(orders: Iterable[Order], crew: Crew) -> Iterator[Outcome]:
    """Make every sheet, and tell of each as soon as it is done, in no order.

    Raises:
        RenderError: if a library is missing, or no worker can start.
        HandoutError: what would go wrong with every row: a full disk, a wrong template, a cluster that is gone.
    """
    waiting = deque(orders)
    suspects: deque[Order] = deque()  # were at a worker's hand when one died; each is tried again by itself
    deaths = 0
    with crew:
        while waiting or suspects:
            alone = bool(suspects)
            source = suspects if alone else waiting
            jobs = 1 if alone else crew.jobs
            queue = deque(source.popleft() for _ in range(min(1 if alone else jobs * RENEWED, len(source))))
            lost: list[Order] = []
            with crew.started(min(jobs, len(queue))):
                for outcome in _run(crew, queue, lost, AHEAD * jobs):
                    deaths = 0
                    if outcome.error and not isinstance(outcome.error, OptionError | RenderError):
                        raise outcome.error
                    yield outcome
            waiting.extendleft(reversed(queue))
            deaths += bool(lost)
            if deaths > DEATHS:
                why = f"the processes that make sheets die at once{crew.why}"
                raise RenderError(why, hint="Is there memory left?")
            if alone and lost:
                yield Outcome(lost[0], error=_died(crew.bench))
            else:
                suspects += lost


def _run(crew: Crew, queue: deque[Order], lost: list[Order], most: int) -> Iterator[Outcome]:
    """Hand orders out until there are none or all workers are gone; what was at hand of one that died is lost."""
    running: dict[Future[Any], Order] = {}
    while queue or running:
        try:
            while queue and len(running) < most:
                future = crew.submit(queue[0])
                running[future] = queue.popleft()
        except LostError:
            lost += running.values()
            return
        done, _ = wait(running, timeout=PATIENCE_S, return_when=FIRST_COMPLETED)
        if not done:
            crew.look()
        broken = False
        for future in done:
            order = running.pop(future)
            try:
                yield crew.outcome(order, future)
            except LostError:
                lost.append(order)
                broken = crew.breaks
        if broken:
            lost += running.values()
            return


def _died(bench: Bench) -> HandoutError:
    limits = f"{bench.timeout_s:g} seconds and {bench.memory_bytes // 2**20} MiB of memory"
    return RenderError("the process that makes the sheet died", hint=f"It may take {limits}.")

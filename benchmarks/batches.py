"""Many sheets: the program's batch as a process of its own, its start included, against peers kept warm in as many processes."""

import os
import random
import resource
import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import typst

from benchmarks import peers, sample, stock
from benchmarks.typst import script
from gluterelief_pdf.model import Choice
from gluterelief_pdf.pdf import Press
from gluterelief_pdf.shelf import Shelf

JOBS = 2
VARIANTS = 10
LOOK_S = 0.2  # how often the workers' memory is looked at
OURS, TYPST = "make-handout batch", "Typst"
KNOWN = "make-handout batch, the plans made before"
Used = tuple[float, float]  # CPU of one sheet in s, the most memory of its process so far in MB
STOCK, STOCK_TOLD = "plain WeasyPrint, trying the layouts", "plain WeasyPrint, told the layout"


@dataclass(frozen=True, slots=True)
class Run:
    """What a run took."""

    sheets: int
    wall_s: float
    cpu_s: float
    worker_mb: float  # the most that one worker had in memory

    @property
    def rate(self) -> float:
        """Sheets a second."""
        return self.sheets / self.wall_s


Rounds = dict[str, list[Run]]


def ours(folder: Path, rows: Sequence[tuple[str, Choice]], home: Path | None = None) -> Run:
    """Run the program over a roster, with nothing kept from before but in a home; what it made is counted and removed."""
    folder.mkdir()
    sample.roster(folder / "roster.csv", rows)
    command = [str(sample.PROGRAM), "batch", "roster.csv", "--jobs", str(JOBS), *sample.OPTIONS]
    command += ["--clinician", sample.CLINICIAN, "--date", sample.DATE]
    began = time.monotonic()
    said = folder / "said.txt"
    with said.open("w", encoding="utf-8") as stderr:
        running = subprocess.Popen(
            command, cwd=folder, env=sample.alone(home or folder), stdout=subprocess.DEVNULL, stderr=stderr
        )
    most: list[float] = [0.0]
    watcher = threading.Thread(target=_watch, args=(running.pid, most))
    watcher.start()
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    wall_s = time.monotonic() - began
    watcher.join()
    assert running.returncode == 0, f"exit code {running.returncode}: {said.read_text(encoding='utf-8')}"
    made = len(list((folder / "handouts").glob("*.pdf")))
    assert made == len(rows), f"{made} sheets of {len(rows)} rows"
    shutil.rmtree(folder)
    return Run(made, wall_s, used.ru_utime + used.ru_stime, most[0])


def _watch(pid: int, most: list[float]) -> None:
    """Keep the most memory that any worker of a process had, until the process ends."""
    while Path(f"/proc/{pid}/task/{pid}/children").is_file():
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
            for child in children:
                status = Path(f"/proc/{child}/status").read_text(encoding="utf-8")
                kilobytes = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")), "0")
                most[0] = max(most[0], int(kilobytes) * 1024 / 1e6)
        except OSError:
            pass  # it ended in between
        time.sleep(LOOK_S)


class Pool:
    """A peer kept warm in as many processes as the program has."""

    def __init__(self, make: Callable[[Any], Used], first: Any) -> None:
        self._make, self._pool = make, ProcessPoolExecutor(JOBS, get_context("spawn"), make, (first,))

    def run(self, works: Sequence[Any]) -> Run:
        """Make sheets, in chunks so that each process has neighbours."""
        began = time.monotonic()
        used = list(self._pool.map(self._make, works, chunksize=max(1, len(works) // (JOBS * 4))))
        wall_s = time.monotonic() - began
        return Run(len(works), wall_s, sum(cpu for cpu, _ in used), max(memory for _, memory in used))

    def close(self) -> None:
        """End its processes."""
        self._pool.shutdown()


@cache
def _compiler(folder: Path) -> typst.Compiler:
    return script.compiler(folder)


def by_typst(work: tuple[Path, str, str]) -> Used:
    """Make a sheet by Typst, and write it as the program does."""
    folder, plan, name = work
    began = time.process_time()
    pdf = script.made(_compiler(folder), plan, name, sample.DATE_PRINTED, sample.CLINICIAN)
    (folder / f"{name}.pdf").write_bytes(pdf)
    return _used(began)


def by_stock(work: stock.Work) -> Used:
    """Make a sheet by plain WeasyPrint."""
    began = time.process_time()
    stock.made(work)
    return _used(began)


def _used(began: float) -> Used:
    return time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def _clinic(folder: Path, choices: Sequence[Choice], shelf: Shelf) -> Path:
    """Lay ready what Typst needs, a file of words for each plan."""
    peers.clinic_folder(folder, sample.filled(shelf))
    for place, choice in enumerate(choices):
        (folder / _plan(place)).write_text(peers.says(sample.filled(shelf, choice=choice)), encoding="utf-8")
    return folder


def _plan(place: int) -> str:
    return f"plan-{place}.json"


def shared(folder: Path, rows: int, peer_rows: int, rounds: int) -> Rounds:
    """Make sheets of many patients that share a few plans; Typst gets those of one plan after each other."""
    shelf = Shelf()
    choices = sample.choices(VARIANTS, shelf, random.Random(2))
    clinic = _clinic(folder / "typst-shared", choices, shelf)
    works = [
        (clinic, _plan(place), f"Patient {row}") for place in range(VARIANTS) for row in range(peer_rows // VARIANTS)
    ]
    found: Rounds = {OURS: [], KNOWN: [], TYPST: []}
    home = folder / "home"
    home.mkdir()
    ours(folder / "batch", sample.names(choices, VARIANTS), home)
    with closing(Pool(by_typst, works[0])) as pool:
        for _ in range(rounds):
            found[OURS].append(ours(folder / "batch", sample.names(choices, rows)))
            found[KNOWN].append(ours(folder / "batch", sample.names(choices, rows), home))
            found[TYPST].append(pool.run(works))
    return found


def different(folder: Path, rows: int, stock_rows: int, peer_rows: int, rounds: int) -> Rounds:
    """Make sheets of plans that all differ, each round; the peers make some of them, others each round."""
    shelf = Shelf()
    choices = sample.choices(rows, shelf, random.Random(1))
    clinic = _clinic(folder / "typst-different", choices, shelf)
    scratch, press = folder / "fonts", Press()
    part = rows // rounds
    works: dict[str, list[list[Any]]] = {TYPST: [], STOCK: [], STOCK_TOLD: []}
    for start in range(0, part * rounds, part):
        works[TYPST].append([(clinic, _plan(start + n), f"Patient {n}") for n in range(min(peer_rows, part))])
        tried = [
            stock.tried(sample.filled(shelf, choice=choice), scratch, press)
            for choice in choices[start : start + min(stock_rows, part)]
        ]
        works[STOCK].append(tried)
        works[STOCK_TOLD].append([(pages[-1:], css) for pages, css in tried])
    found: Rounds = {name: [] for name in (OURS, *works)}
    with ExitStack() as stack:
        pools = {
            name: stack.enter_context(closing(Pool(by_typst if name == TYPST else by_stock, parts[0][0])))
            for name, parts in works.items()
        }
        for number in range(rounds):
            found[OURS].append(ours(folder / "batch", [(f"Patient {row}", plan) for row, plan in enumerate(choices)]))
            for name, pool in pools.items():
                found[name].append(pool.run(works[name][number]))
    return found


def growth(folder: Path, sizes: Sequence[int], rounds: int) -> list[Run]:
    """Make batches of more and more rows over the same few plans; of each size the run of median CPU is given."""
    choices = sample.choices(VARIANTS, Shelf(), random.Random(2))
    found = [[ours(folder / "batch", sample.names(choices, size)) for size in sizes] for _ in range(rounds)]
    return [sorted(runs, key=lambda run: run.cpu_s)[rounds // 2] for runs in zip(*found, strict=True)]


def table(found: Rounds) -> str:
    """Write the medians of all rounds, and how many times as quick the program is, by the median of the rounds' ratios."""
    head = (
        "| | sheets each round | sheets a second | CPU a sheet, ms | a worker's memory, MB | we are |\n"
        "|---|---|---|---|---|---|\n"
    )
    return head + "".join(_row(name, runs, found) for name, runs in found.items())


def _row(name: str, runs: Sequence[Run], found: Rounds) -> str:
    ratios = [
        f"{statistics.median(own.rate / run.rate for own, run in zip(found[ours], runs, strict=True)):.2f} ×"
        for ours in (OURS, KNOWN)
        if ours in found and name not in (OURS, KNOWN)
    ]
    return (
        f"| {name} | {runs[0].sheets} | {statistics.median(run.rate for run in runs):.2f} "
        f"| {statistics.median(run.cpu_s / run.sheets for run in runs) * 1000:.1f} "
        f"| {max(run.worker_mb for run in runs):.0f} | {' and '.join(ratios)}{' as quick' if ratios else ''} |\n"
    )


def growth_table(runs: Sequence[Run]) -> str:
    """Write CPU and time by the number of rows; of each further sheet, beside the batch before."""
    lines = [
        "| rows | sheets a second | CPU a sheet, ms | CPU of each further sheet, ms | a worker's memory, MB |",
        "|---|---|---|---|---|",
    ]
    for before, run in zip((None, *runs), runs, strict=False):
        further = f"{(run.cpu_s - before.cpu_s) / (run.sheets - before.sheets) * 1000:.1f}" if before else ""
        lines.append(
            f"| {run.sheets} | {run.rate:.1f} | {run.cpu_s / run.sheets * 1000:.1f} | {further} | {run.worker_mb:.0f} |"
        )
    return "\n".join(lines) + "\n"

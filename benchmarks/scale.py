"""What a sheet costs in a batch: the figures of docs/scale.md, medians of rounds that take turns.

CPU of sheets that all differ, on this machine and on a cluster of two workers beside it, and of those of which only a
name is new; bytes; what Dask costs; what the list, the ledger and the folder cost when they are long.
"""

import argparse
import io
import random
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from pathlib import Path
from typing import ParamSpec

import psutil
from distributed import Client

from benchmarks import sample
from gluterelief_pdf import ledger, output
from gluterelief_pdf.letters import Letter
from gluterelief_pdf.manifest import DONE, Entry, Manifest
from gluterelief_pdf.shelf import Shelf
from tests.letters import letter
from tests.machines import machines

LONG = (1_000, 100_000)  # rows that are there already
TRIES = 11
SHEET, ORDER, CARRIED = b"x" * 150_000, b"x" * 2_000, 400
MESSAGE_ID = "<0123456789abcdef0123456789abcdef@riverside.example>"

P = ParamSpec("P")


def used_s(*started: "subprocess.Popen[bytes]") -> float:
    """Give the CPU time of processes and what they started."""
    above = [psutil.Process(process.pid) for process in started]
    found = [process for each in above for process in (each, *each.children(recursive=True))]
    return float(sum(sum(process.cpu_times()[:4]) for process in found))  # with what has ended below it


def sheets(folder: Path, rounds: int, rows: int) -> None:
    """Print what a sheet costs here and on a cluster, and if only a name is new."""
    costs: dict[str, list[float]] = {}
    lengths: list[int] = []
    environment = sample.alone(folder)

    def cpu_s(name: str, *options: str) -> tuple[float, float]:
        command = [str(sample.PROGRAM), "batch", f"{name}.csv", *sample.OPTIONS, *options]
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - began

    with machines(folder / "machines") as cluster:
        processes = (cluster.scheduler, *cluster.workers)
        plans = sample.choices(rows * (rounds + 1), Shelf(), random.Random(2))
        for turn in range(rounds + 1):  # the first one warms up
            own = plans[turn * rows : (turn + 1) * rows]
            sample.roster(folder / "different.csv", sample.names(own, rows))
            sample.roster(folder / "names.csv", sample.names(own[:1], rows * 10))
            here, here_clock = cpu_s("different", "--out", f"here-{turn}", "--no-cache")
            before = used_s(*processes)
            options = ("--out", f"there-{turn}", "--no-cache", "--cluster", cluster.address)
            driver, there_clock = cpu_s("different", *options)
            there = used_s(*processes) - before
            names, _ = cpu_s("names", "--out", f"names-{turn}")
            if turn:
                costs.setdefault("s of CPU, different, here", []).append(here / rows)
                costs.setdefault("s of CPU, different, on the cluster", []).append((driver + there) / rows)
                costs.setdefault("s of CPU of it, here", []).append(driver / rows)
                costs.setdefault("time on the cluster / time here", []).append(there_clock / here_clock)
                costs.setdefault("s of CPU, only a name is new", []).append(names / rows / 10)
            lengths += [path.stat().st_size for path in (folder / f"here-{turn}").glob("*.pdf")]
    for name, found in costs.items():
        print(f"{name}: {statistics.median(found):.4f} ({min(found):.4f} to {max(found):.4f})")
    print(f"bytes of a sheet: {statistics.mean(lengths):.0f} on average, {max(lengths)} at most")


def carried(folder: Path) -> None:
    """Print what Dask itself costs for each sheet that it carries to and fro."""
    with machines(folder / "carriers") as cluster, Client(cluster.address, set_as_default=False) as client:
        pool, given = client.get_executor(pure=False), {"order": io.BytesIO(ORDER)}
        wait([pool.submit(eval, f"b'x' * {len(SHEET)}", given) for _ in range(20)])
        places = (cluster.scheduler, *cluster.workers)
        before, own = [used_s(place) for place in places], time.process_time()
        for _ in range(CARRIED // 20):
            wait([pool.submit(eval, f"b'x' * {len(SHEET)}", given) for _ in range(20)])
        after, own = [used_s(place) for place in places], time.process_time() - own
        scheduler, *workers = ((late - early) / CARRIED * 1000 for early, late in zip(before, after, strict=True))
        print(f"carried by Dask: {own / CARRIED * 1000:.1f} ms of CPU here, ", end="")
        print(f"{scheduler:.1f} ms on the scheduler, {sum(workers):.1f} ms on the workers, each sheet")


def long(folder: Path) -> None:
    """Print what one more row costs where there are many."""
    for rows in LONG:
        place = folder / str(rows)
        place.mkdir()
        for number in range(rows):
            (place / f"{number}.pdf").touch()
        entries = [Entry(n, f"{n}-handout-en.pdf", "en", DONE, "0" * 64, 4, key="0" * 32) for n in range(rows)]
        found, path = Manifest(place), place / "outbox.sqlite"
        found.write(entries)
        each = iter([letter(row=n, key=f"{n:064x}") for n in range(rows + TRIES)])
        with ledger.opened(path) as book:
            book._connection.execute("BEGIN")
            for _ in range(rows):
                book.enter(next(each), batch="r.csv", message_id=MESSAGE_ID)
            book._connection.execute("COMMIT")
            size = path.stat().st_size + path.with_name("outbox.sqlite-wal").stat().st_size
            print(f"where there are {rows}:")
            print(f"  ledger read whole: {told(book.entries)}")
            size_each = found.path.stat().st_size / rows
            print(
                f"  list: {size_each:.0f} bytes a row; {told(found.read)} to read it; {told(found.add, entries[:1])} a row"
            )
            print(f"  ledger: {size / rows:.0f} bytes a letter; {told(sent, book, each)} a letter")
            print(f"  folder: {told(output.write, place / 'one.pdf', SHEET)} a file")


def sent(book: ledger.Ledger, letters: Iterator[Letter]) -> None:
    """Write down the next letter as it is sent."""
    one = next(letters)
    book.enter(one, batch="r.csv", message_id=MESSAGE_ID)
    book.mark(one.key, "sending")
    book.mark(one.key, "sent")


def told(work: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> str:
    """Time some work: CPU, and the clock, which waits for the disk too."""
    found = []
    for _ in range(TRIES):
        cpu, clock = time.process_time(), time.monotonic()
        work(*args, **kwargs)
        found.append((time.process_time() - cpu, time.monotonic() - clock))
    cpus, clocks = (statistics.median(times) * 1000 for times in zip(*found, strict=True))
    return f"{cpus:.2f} ms of CPU, {clocks:.2f} ms"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=40, help="sheets a round")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        carried(Path(name))
        long(Path(name))
        sheets(Path(name), asked.rounds, asked.rows)


if __name__ == "__main__":
    main()

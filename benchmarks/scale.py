"""What a sheet costs in a batch: the figures of docs/scale.md, medians of rounds that take turns.

CPU of sheets that all differ, on this machine and on a cluster of two workers beside it; of sheets made before; bytes;
what the list, the ledger and the folder cost when they are long.
"""

import argparse
import csv
import io
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import wait
from pathlib import Path
from typing import ParamSpec

import psutil
from distributed import Client

from benchmarks.batch import LOGO, cpu_s, orders
from gluterelief_pdf import ledger, output
from gluterelief_pdf.letters import Letter
from gluterelief_pdf.manifest import DONE, Entry, Manifest
from gluterelief_pdf.model import Choice, Patient
from gluterelief_pdf.shelf import Shelf
from tests.machines import machines
from tests.test_mail import letter

CLINIC = ("--clinic-name", "Riverside", "--logo", str(LOGO), "--country", "US")
LONG = (1_000, 100_000)  # rows that are there already
TRIES = 11
SHEET, ORDER, CARRIED = b"x" * 150_000, b"x" * 2_000, 400
MESSAGE_ID = "<0123456789abcdef0123456789abcdef@riverside.example>"

P = ParamSpec("P")


def command(*arguments: str) -> list[str]:
    """Give the command of one batch."""
    return [sys.executable, "-m", "gluterelief_pdf", "batch", *arguments, *CLINIC]


def roster(path: Path, plans: Sequence[tuple[Patient, Choice]]) -> None:
    """Write a list of patients."""
    with path.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file)
        write.writerow(["name", "techniques", "doses"])
        write.writerows([p.name, "; ".join(c.techniques), "; ".join(c.doses)] for p, c in plans)


def used_s(*started: "subprocess.Popen[bytes]") -> float:
    """Give the CPU time of processes and what they started."""
    above = [psutil.Process(process.pid) for process in started]
    found = [process for each in above for process in (each, *each.children(recursive=True))]
    return float(sum(sum(process.cpu_times()[:2]) for process in found))


def sheets(folder: Path, rounds: int, rows: int) -> None:
    """Print what a sheet costs here, on a cluster, and if it was made before."""
    costs: dict[str, list[float]] = {}
    lengths: list[float] = []
    for kind, number in (("before.csv", rows * 10), ("one.csv", 1)):
        (folder / kind).write_text("\n".join(["techniques", *["pigeon"] * number]), encoding="utf-8")
    with machines(folder / "machines") as cluster:
        processes = (cluster.scheduler, *cluster.workers)
        plans = orders(rows * (rounds + 1), Shelf(), random.Random(2))
        for turn in range(rounds + 1):  # the first one warms up
            roster(folder / "r.csv", plans[turn * rows : (turn + 1) * rows])
            began = time.monotonic()
            here = cpu_s(command("r.csv", "--out", f"here-{turn}"), cwd=folder)
            middle, before = time.monotonic(), used_s(*processes)
            driver = cpu_s(command("r.csv", "--out", f"there-{turn}", "--cluster", cluster.address), cwd=folder)
            there, ended = used_s(*processes) - before, time.monotonic()
            copied = cpu_s(command("before.csv", "--out", f"before-{turn}"), cwd=folder)
            start = cpu_s(command("one.csv", "--out", f"one-{turn}"), cwd=folder)
            if turn:
                costs.setdefault("different, here", []).append(here / rows)
                costs.setdefault("different, on the cluster", []).append((driver + there) / rows)
                costs.setdefault("  of it the one who writes the files", []).append(driver / rows)
                costs.setdefault("  seconds of the clock against here", []).append((ended - middle) / (middle - began))
                costs.setdefault("made before", []).append((copied - start) / (rows * 10 - 1))
            lengths += [path.stat().st_size for path in (folder / f"here-{turn}").glob("*.pdf")]
    for name, found in costs.items():
        print(f"{name}: {statistics.median(found):.4f} ({min(found):.4f} to {max(found):.4f})")
    print(f"bytes of a sheet: {statistics.mean(lengths):.0f} on average, {max(lengths):.0f} at most")


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

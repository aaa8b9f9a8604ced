"""A batch of 500 rows, killed 20 times at random: the same files as of an undisturbed run, none missing, none twice.

`make soak` runs it; it takes some minutes. `--rows`, `--kills` and `--seed` make it shorter, or the same again.
"""

import argparse
import csv
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

START_S = 2.0  # until the first sheet is made
KINDS = ("kill", "kill", "kill a worker", "Ctrl-C", "end of session")
PLANS = ("ball.wall", "fingers", "pigeon", "clamshell", "glute-bridge", "hip-flexor", "figure-four-chair")


def main() -> None:
    """Run it, and tell what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        roster = _roster(folder, asked.rows, chance)
        began = time.monotonic()
        assert _start(roster, folder / "undisturbed").wait() == 0
        whole_s = time.monotonic() - began
        counted: Counter[str] = Counter()
        for number in range(asked.kills):
            running = _start(roster, folder / "killed")
            time.sleep(chance.uniform(0.2, START_S + whole_s / asked.kills))  # so that it is not done before the last
            kind = chance.choice(KINDS)
            counted[kind if running.poll() is None else "was done"] += 1
            _disturb(running, kind, last=number == asked.kills - 1)
        assert _start(roster, folder / "killed").wait() == 0
        _compare(folder / "undisturbed", folder / "killed", asked.rows)
    told = ", ".join(f"{number} × {kind}" for kind, number in counted.items())
    print(
        f"{asked.rows} rows, {asked.kills} times stopped ({told}), seed {asked.seed}: the same bytes, none missing or twice"
    )


def _roster(folder: Path, rows: int, chance: random.Random) -> Path:
    path = folder / "roster.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file)
        write.writerow(["name", "language", "techniques", "side", "date"])
        for number in range(rows):
            language = chance.choice(["en", "en", "en", "es", "ar"])
            day = f"2026-11-{1 + number % 28:02}"
            side = chance.choice(["", "left", "both"])  # with none, the name is written into a sheet made before
            write.writerow([f"Patient {number}", language, chance.choice(PLANS), side, day])
    return path


def _start(roster: Path, out: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gluterelief_pdf", "batch", str(roster), "--out", str(out), "--country", "US"]
    return subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "XDG_CACHE_HOME": f"{out}-cache"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def _disturb(running: subprocess.Popen[bytes], kind: str, *, last: bool) -> None:
    if kind == "kill a worker" and not last:
        if workers := _workers(running.pid):
            os.kill(random.choice(workers), signal.SIGKILL)
        time.sleep(1)
        running.kill()
    else:
        how = {"Ctrl-C": signal.SIGINT, "end of session": signal.SIGHUP}.get(kind, signal.SIGKILL)
        running.send_signal(how)
    running.wait(timeout=120)


def _workers(parent: int) -> list[int]:
    found = subprocess.run(
        ["pgrep", "-f", "spawn_main", "-P", str(parent)], capture_output=True, text=True, check=False
    )
    return [int(line) for line in found.stdout.split()]


def _compare(undisturbed: Path, killed: Path, rows: int) -> None:
    wanted, found = (
        {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.glob("*.pdf")}
        for folder in (undisturbed, killed)
    )
    assert len(wanted) == rows
    assert found == wanted, sorted({name for name in wanted | found if wanted.get(name) != found.get(name)})[:5]
    assert {path.name for path in killed.iterdir()} == {*wanted, "manifest.csv", ".make-handout"}
    with (killed / "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.DictReader(file))
    assert {row["file"]: row["sha256"] for row in listed} == wanted
    assert [int(row["row"]) for row in listed] == list(range(1, rows + 1))
    assert {row["status"] for row in listed} == {"done"}


if __name__ == "__main__":
    main()

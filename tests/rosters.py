"""Lists of patients, and runs over them: what the tests of batches share."""

import csv
import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from gluterelief_pdf import worker
from gluterelief_pdf.model import Choice, Patient
from tests.conftest import homes

SHORT = ("--technique", "pigeon", "--country", "US", "--jobs", "1")  # the quickest sheet to make
LEAST_BYTES = 200 * 2**20  # enough to start, too little for a sheet


def listed(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def files(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.pdf"))}


def write(path: Path, *rows: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def order(row: int, choice: Choice) -> worker.Order:
    return worker.Order(
        row, row + 1, f"{row}.pdf", "en", 0, Patient(), choice, None, "standard", False, "", None, False, False, "", False, None
    )  # fmt: skip


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "gluterelief_pdf", "batch", *arguments],
        cwd=folder,
        env={**os.environ, **homes(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def wait_for(what: str, folder: Path) -> None:
    for _ in range(600):
        if list(folder.glob(what)):
            return
        time.sleep(0.1)
    raise AssertionError(f"no {what} in {folder}")


def workers(parent: int) -> list[int]:
    found = subprocess.run(["pgrep", "-f", "spawn_main", "-P", str(parent)], capture_output=True, text=True, check=True)
    return [int(line) for line in found.stdout.split()]

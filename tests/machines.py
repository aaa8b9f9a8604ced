"""A real Dask scheduler and workers, each a process of its own on this machine, with no folder in common with a run."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path


class Machines:
    """A cluster that a test may harm."""

    def __init__(self, folder: Path, tls: Sequence[str]) -> None:
        self.folder, self._tls = folder, tls
        self.scheduler: subprocess.Popen[bytes]
        self.workers: list[subprocess.Popen[bytes]] = []
        self.address = ""

    def start_scheduler(self) -> None:
        """Start it, on whatever port is free."""
        about = self.folder / "scheduler.json"
        scheme = ["--protocol", "tls"] if self._tls else []
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(about), *scheme
        )
        while not about.exists() or not about.read_text(encoding="utf-8").rstrip().endswith("}"):  # written, and wholly
            assert self.scheduler.poll() is None, self.log()
            time.sleep(0.1)
        self.address = json.loads(about.read_text(encoding="utf-8"))["address"]

    def start_worker(self, **environment: str) -> None:
        """Start a worker for one sheet at a time; what it prints goes to the log."""
        local = self.folder / f"worker-{len(self.workers)}"
        worker = self._start(
            "worker", self.address, "--nthreads", "1", "--local-directory", str(local), "--no-dashboard", **environment
        )
        self.workers.append(worker)
        while self.log().count("Starting established connection to") < len(self.workers):
            assert worker.poll() is None, self.log()
            time.sleep(0.1)

    def log(self) -> str:
        """Give what all of them printed."""
        return "".join(path.read_text(encoding="utf-8") for path in sorted(self.folder.glob("*.log")))

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Let a machine go down at once: with its nanny, its worker, and the process that makes a sheet."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def makers(self, process: subprocess.Popen[bytes]) -> list[int]:
        """Name the processes of a worker that make sheets."""
        return [grandchild for child in _children(process.pid) for grandchild in _children(child)]

    def _start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{arguments[0]}-{len(self.workers)}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments, *self._tls, "--dashboard-address", "127.0.0.1:0"],
                cwd=self.folder,
                env={**os.environ, **environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def _children(parent: int) -> list[int]:
    found = subprocess.run(
        ["pgrep", "-f", "spawn_main", "-P", str(parent)], capture_output=True, text=True, check=False
    )
    return [int(line) for line in found.stdout.split()]


@contextmanager
def machines(folder: Path, *, tls: Sequence[str] = (), workers: int = 2) -> Iterator[Machines]:
    """Start a cluster, and end all of it."""
    folder.mkdir()
    found = Machines(folder, tls)
    try:
        found.start_scheduler()
        for _ in range(workers):
            found.start_worker()
        yield found
    finally:
        for process in (*found.workers, found.scheduler):
            found.kill(process)

"""A front desk on this machine, for the scripts that break things: its folders, its clinic, its runs of the program."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.mailservers import Inbox, serving

ROOT = Path(__file__).parents[1]
PROGRAM = [sys.executable, "-m", "gluterelief_pdf"]
CLINIC = """name = "Riverside"
country = "US"
email = "desk@riverside.example"
[mail]
host = "localhost"
port = {port}
security = "loopback"
ledger = "outbox.sqlite"
per_minute = 6000
pauses = []
"""


ONE = ("--patient", "Ann Lee", "--technique", "ball", "--output", "sheet.pdf")
BATCH = ("batch", "roster.csv", "--out", "sheets", "--records", "--no-cache", "--jobs", "2")
SEND = ("send", "--technique", "ball", "--consent", "yes", "--send", "--to")
Told = Iterator[tuple[str, str]]  # what was tried, and what is wrong; empty if nothing


@dataclass(frozen=True)
class Done:
    """What a run gave."""

    code: int
    stdout: bytes
    stderr: str

    @property
    def plain(self) -> bool:
        """Tell whether it ended as a program should: without a traceback."""
        return "Traceback" not in self.stderr and "error of the program" not in self.stderr


class Desk:
    """A folder with a clinic.toml, homes and a folder for temporary files beside it."""

    def __init__(self, folder: Path, inbox: Inbox, port: int) -> None:
        self.folder, self.inbox, self.around = folder / "desk", inbox, folder
        for name in ("desk", "tmp", "home"):
            (folder / name).mkdir()
        (self.folder / "clinic.toml").write_text(CLINIC.format(port=port), encoding="utf-8")
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "LC_", "LANG", "MAKE_"))},
            "HOME": str(folder / "home"),
            "TMPDIR": str(folder / "tmp"),
            "PYTHONPATH": str(ROOT),
        }

    def start(
        self,
        *arguments: str,
        under: tuple[str, ...] = (),
        shell: str = "",
        environment: Mapping[str, str | None] | None = None,
        **more: Any,
    ) -> subprocess.Popen[bytes]:
        """Start the program: under another one, or by a line of shell in which "$@" stands for it."""
        command = [*under, *PROGRAM, *arguments]
        if shell:
            command = ["bash", "-c", shell, "bash", *command]
        places = {**self.environment, **(environment or {})}
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env={key: value for key, value in places.items() if value is not None},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            **more,
        )

    def run(self, *arguments: str, **more: Any) -> Done:
        """Run the program to its end."""
        return ended(self.start(*arguments, **more))

    def mounted(self, how: str, *arguments: str, **more: Any) -> Done:
        """Run the program where a line of shell has mounted something, for it alone."""
        return self.run(*arguments, under=("unshare", "--mount", "bash", "-c", f'{how} && exec "$@"', "bash"), **more)

    def left(self) -> list[str]:
        """Name what lies about: half-written files, temporary ones."""
        found = [
            path for path in self.folder.rglob("*") if path.name.endswith(".part") or ".make-handout-" in path.name
        ]
        return [path.name for path in (*found, *(self.around / "tmp").iterdir())]

    def clear(self) -> None:
        """Take away all but the clinic."""
        for path in self.folder.iterdir():
            if path.name != "clinic.toml":
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        for path in (self.around / "tmp").iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def ended(running: subprocess.Popen[bytes], timeout_s: float = 3600) -> Done:
    """Wait for a run."""
    out, err = running.communicate(timeout=timeout_s)
    return Done(running.returncode, out, err.decode("utf-8", "replace"))


@contextmanager
def opened(folder: Path) -> Iterator[Desk]:
    """Give a desk with a mail server."""
    inbox = Inbox()
    with serving(inbox, None) as port:
        yield Desk(folder, inbox, port)


def roster(desk: Desk, rows: int = 8) -> None:
    """Write a list of so many patients."""
    lines = [
        f"Patient {number},p{number}@home.example,yes,{'left' if number % 2 else 'both'}" for number in range(rows)
    ]
    text = "name,email,consent,side\n" + "".join(f"{line}\n" for line in lines)
    (desk.folder / "roster.csv").write_text(text, encoding="utf-8")


def digests(folder: Path) -> dict[str, str]:
    """Give every sheet, record and draft with its digest."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".pdf", ".json", ".eml")
    }


def wrong_with(done: Done, *codes: int) -> str:
    """Tell what is wrong with how a run ended."""
    if not done.plain:
        return f"a traceback: {done.stderr[-300:]}"
    return "" if done.code in codes else f"exit code {done.code}: {done.stderr[-300:]}"


def sheet(desk: Desk, environment: Mapping[str, str | None] | None = None) -> bytes:
    """Make a sheet with a name of many letters; what was said, if there is none."""
    done = desk.run(
        "--patient",
        "José İlkin",
        "--technique",
        "ball",
        "--date",
        "2026-11-25",
        "--output",
        "-",
        environment=environment,
    )
    return done.stdout or done.stderr.encode()

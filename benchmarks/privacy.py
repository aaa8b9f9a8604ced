"""Where a patient's name and address end up: everything that a run writes, says or shows is searched for them.

    python -m benchmarks.privacy [--only TEXT]

A name, a note and an address that stand nowhere else go through one sheet, a draft, a letter, a batch with all it can do,
a worker that is killed, and errors of the program that are planted. Searched are all files below the desk, its home and
its folder for temporary files, what changed in /tmp, /var/tmp, /dev/shm and /var/log, what was said, the list of processes
fifty times a second; PDFs with their streams unpacked, their text and metadata, e-mails with their parts decoded.
"""

import argparse
import os
import re
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from pypdf import PdfReader

from benchmarks.desk import Desk, Done, ended, opened
from benchmarks.marked import ADDRESS, MARKS, NAME, NOTE, found_in

ELSEWHERE = [Path(name) for name in ("/tmp", "/var/tmp", "/dev/shm", "/var/log", "/var/spool")]
PLANTED = """import importlib.util, sys
class Planted:
    def find_spec(self, name, path=None, target=None):
        if name != "gluterelief_pdf.page":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        run = spec.loader.exec_module
        def exec_module(module):
            run(module)
            def html(sheet, *more, **named):
                raise RuntimeError(f"no way to write {sheet.patient}")
            module.html = html
        spec.loader.exec_module = exec_module
        return spec
sys.meta_path.insert(0, Planted())
"""  # an error whose message holds what stands on the sheet


@dataclass
class Watch:
    """Looks at the list of processes, and into folders for temporary files, as long as a run lasts."""

    folders: list[Path]
    seen: set[str] = field(default_factory=set)
    cores: dict[str, str] = field(default_factory=dict)  # process → how large its core file may be in the end
    looks: int = 0
    _processes: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        known: set[str] = set()
        while not self._over.wait(0.02):
            self.looks += 1
            there = {path.name for path in Path("/proc").glob("[0-9]*")}
            for number in there - known:
                with suppress(OSError):
                    line = Path("/proc", number, "cmdline").read_bytes()
                    if MARKS.search(line):
                        self.seen.add(" ".join(line.decode("utf-8", "replace").split("\0")[1:4]))
                    if b"gluterelief_pdf" in line or b"spawn_main" in line:
                        known.add(number)
                        self._processes.append(number)
                    elif line and b"bash" not in line:
                        known.add(number)
            for number in self._processes:
                with suppress(OSError):
                    limits = Path("/proc", number, "limits").read_text(encoding="utf-8")
                    self.cores[number] = re.findall(r"Max core file size +(\S+)", limits)[0]
            for folder in self.folders:
                for above, _, files in os.walk(folder):
                    for file in files:
                        with suppress(OSError, ValueError):
                            if MARKS.search(Path(above, file).read_bytes()):
                                self.seen.add(f"a temporary file {file}")


@contextmanager
def _watching(*folders: Path) -> Iterator[Watch]:
    watch = Watch(list(folders))
    watch.start()
    try:
        yield watch
    finally:
        watch.stop()


@dataclass(frozen=True)
class Trial:
    """One run, and where the marks must be."""

    title: str
    command: tuple[str, ...]
    places: str  # the files that have to hold a mark, as a pattern
    told: bool = False  # the one who asked is told the address
    listed: bool = False  # it was typed, so that it stands in the list of processes
    code: int = 0
    stdin: bytes = b""
    planted: bool = False
    struck: bool = False  # a worker is killed


ONE = ("--technique", "ball", "--no-cache")
BATCH = (
    "batch",
    "roster.csv",
    "--out",
    "sheets",
    "--records",
    "--jobs",
    "2",
    "--print-file",
    "all.pdf",
    "--drafts",
    "drafts",
)
LEDGER = r"desk/outbox\.sqlite(-wal|-shm)?"
TRIALS = (
    Trial(
        "one sheet, the name typed", (*ONE, "--patient", NAME, "--output", "sheet.pdf"), r"desk/sheet\.pdf", listed=True
    ),
    Trial("one sheet, the name from the environment", (*ONE, "--output", "sheet.pdf"), r"desk/sheet\.pdf"),
    Trial("a sheet in the cache's way", ("--technique", "ball", "--output", "sheet.pdf"), r"desk/sheet\.pdf"),
    Trial("its record and its chart note", (*ONE, "--record", "record.json", "--chart-note"), r"desk/handout-en\.pdf"),
    Trial("a draft", ("draft", "--to", "-"), r"desk/draft-en\.eml", stdin=ADDRESS.encode()),
    Trial("a letter", ("send", "--to", "-", "--consent", "yes", "--send"), LEDGER, stdin=ADDRESS.encode()),
    Trial("a letter that is not sent", ("send", "--to", "-"), "nowhere", told=True, stdin=ADDRESS.encode()),
    Trial(
        "a batch with all it can do",
        (*BATCH, "--send"),
        rf"desk/sheets/.*\.pdf|desk/all\.pdf|desk/drafts/.*\.eml|{LEDGER}",
    ),
    Trial(
        "a batch whose workers are killed", BATCH, r"desk/sheets/.*\.pdf|desk/all\.pdf|desk/drafts/.*\.eml", struck=True
    ),
    Trial("a printed sheet", (*ONE, "--print", "desk", "--output", "sheet.pdf"), r"desk/sheet\.pdf|around/printed"),
    Trial("an error of the program, one sheet", ONE, "nowhere", code=5, planted=True),
    Trial(
        "an error of the program, a letter",
        ("send", "--to", "-", "--consent", "yes", "--send"),
        "nowhere",  # it happens before anything is written
        code=5,
        stdin=ADDRESS.encode(),
        planted=True,
    ),
    Trial("an error of the program, a batch", BATCH, "nowhere", code=1, planted=True),
    Trial("a wrong name", (*ONE, "--clinic-name", "x" * 300), "nowhere", code=2),
    Trial("a wrong roster", ("batch", "wrong.csv"), "nowhere", code=2),
    Trial("a name that no font has", (*ONE, "--strict"), "nowhere", code=2),
)


def _prepare(desk: Desk, trial: Trial) -> dict[str, str]:
    rows = "".join(f"{NAME},{NOTE},{ADDRESS.replace('@', f'{number}@')},yes\n" for number in range(3))
    (desk.folder / "roster.csv").write_text(f"name,note,email,consent\n{rows}", encoding="utf-8")
    (desk.folder / "wrong.csv").write_text(
        f"name,side,date,language,id\n{NAME},{NAME},{NAME},{NAME},{NAME}\n", encoding="utf-8"
    )
    (desk.around / "bin").mkdir()
    lp = desk.around / "bin" / "lp"
    lp.write_text(f"#!/bin/sh\ncat > {desk.around}/printed\nsleep 0.2\necho request id is desk-1\n", encoding="utf-8")
    lp.chmod(0o755)
    environment = {"MAKE_HANDOUT_PATIENT": NAME, "MAKE_HANDOUT_NOTE": NOTE, "PATH": f"{lp.parent}:{os.environ['PATH']}"}
    if trial.title.endswith("no font has"):
        environment["MAKE_HANDOUT_PATIENT"] = f"{NAME} დ"
    if trial.planted:
        (desk.around / "planted").mkdir()
        (desk.around / "planted" / "sitecustomize.py").write_text(PLANTED, encoding="utf-8")
        environment["PYTHONPATH"] = f"{desk.around / 'planted'}:{desk.environment['PYTHONPATH']}"
    if trial.listed or trial.command[0] == "batch":
        environment.pop("MAKE_HANDOUT_PATIENT")
        environment.pop("MAKE_HANDOUT_NOTE")
    return environment


def _strike(parent: int) -> None:
    """Kill workers while they work."""
    for _ in range(3):
        time.sleep(1.5)
        children = Path(f"/proc/{parent}/task/{parent}/children")
        with suppress(OSError, ValueError, IndexError):
            os.kill(int(children.read_text().split()[-1]), signal.SIGKILL)


def tried(trial: Trial) -> Iterator[str]:
    """Run one, and tell everything that is wrong."""
    with tempfile.TemporaryDirectory(prefix="privacy-") as name, opened(Path(name)) as desk:
        environment = _prepare(desk, trial)
        given = set(desk.folder.rglob("*.csv"))
        began = time.time() - 1
        with _watching(desk.around / "tmp") as watch:
            done = _run(desk, trial, environment)
        codes = {trial.code, int(trial.struck)}  # a worker that dies while it tries a row alone costs that row
        if done.code not in codes:
            yield f"exit code {done.code}, not {trial.code}: {done.stderr[-200:]}"
        if MARKS.search(done.stderr.encode()) or (MARKS.search(done.stdout) and not trial.told):
            yield f"it was said: {done.stdout[-200:]!r} {done.stderr[-300:]}"
        if watch.seen and not trial.listed:
            yield f"seen while it ran: {watch.seen}"
        if set(watch.cores.values()) - {"0"}:
            yield f"a crash would be written to the disk: {watch.cores}"
        held = set()
        for path in desk.around.rglob("*"):
            if path.is_file() and path not in given and "bin" not in path.parts:
                place = str(path.relative_to(desk.around))
                if MARKS.search(place.encode()):
                    yield f"in the name of {place}"
                if found_in(path.read_bytes()):
                    held.add("around/printed" if place == "printed" else place)
                if path.read_bytes().startswith(b"%PDF") and MARKS.search(str(PdfReader(path).metadata).encode()):
                    yield f"in the metadata of {place}"
        yield from (f"in {place}" for place in sorted(held) if not re.fullmatch(trial.places, place))
        if trial.places != "nowhere" and not held:
            yield "not where it must be: the search is blind"
        yield from (f"in {path}" for path in _changed(began, Path(name)))
        assert watch.looks > 5


def _run(desk: Desk, trial: Trial, environment: dict[str, str]) -> Done:
    (desk.around / "stdin").write_bytes(trial.stdin + b"\n" if trial.stdin else b"")
    running = desk.start(
        *trial.command, environment=environment, shell=f'ulimit -c unlimited; exec "$@" < {desk.around}/stdin'
    )
    if trial.struck:
        _strike(running.pid)
    done = ended(running)
    (desk.around / "stdin").unlink()
    return done


def _changed(since: float, own: Path) -> Iterator[Path]:
    """Give files elsewhere that were written meanwhile, and hold a mark."""
    for root in ELSEWHERE:
        for folder, folders, files in os.walk(root):
            folders[:] = [each for each in folders if Path(folder, each) != own]
            for path in (Path(folder, file) for file in files):
                with suppress(OSError):
                    if path.is_file() and path.stat().st_mtime > since and MARKS.search(path.read_bytes()):
                        yield path


def main() -> int:
    """Try everything, and tell what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="TEXT", help="the trials with this in their title")
    only = parser.parse_args().only
    trials, wrong = [trial for trial in TRIALS if only in trial.title], 0
    for trial in trials:
        faults = list(tried(trial))
        wrong += bool(faults)
        print(f"{'wrong' if faults else 'ok   '}  {trial.title}", *faults, sep="\n           ", flush=True)
    print(f"{len(trials)} runs, {wrong} of them wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

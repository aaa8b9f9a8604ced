"""What a run does while nobody looks: written down by each of its processes. Part of benchmarks/privacy.py.

An audit hook, which Python calls before it opens, removes or starts anything, notes every file that is opened to write
and every command that is started, and keeps each file that is about to go. Errors and crashes are planted here too.
The list of processes is looked at from outside, for what code in C may start.
"""

import ast
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.marked import MARKS

HOOK = """import importlib.util, os, sys
FOLDER = os.environ["TRACKS"]
LOG = os.open(FOLDER + "/log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
WRITES = os.O_WRONLY | os.O_RDWR
kept = 0

def note(kind, what):
    os.write(LOG, (kind + " " + ascii(what) + "\\n").encode())

def at(path, folder=-1):
    above = os.readlink(f"/proc/self/fd/{folder}") if folder >= 0 else ""
    return os.path.join(os.getcwd() if not above and not os.path.isabs(path) else above, os.fsdecode(path))

def keep(path):
    global kept
    if os.path.isfile(path) and not os.path.islink(path):
        kept += 1
        os.link(path, f"{FOLDER}/{os.getpid()}-{kept}")
        note("kept", (f"{os.getpid()}-{kept}", path))

def hook(event, args):
    try:
        if event == "open" and isinstance(args[0], (str, bytes)) and (args[2] or 0) & WRITES:
            note("nameless" if args[2] & os.O_TMPFILE == os.O_TMPFILE else "written", at(args[0]))
        elif event == "sqlite3.connect":
            note("written", at(args[0]))
        elif event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"):
            note("started", str(args[:2]))
        elif event == "os.remove":
            keep(at(*args))
        elif event == "os.rename":
            keep(at(args[1], args[3]))
    except Exception as error:
        note("missed", (event, str(error)))

sys.addaudithook(hook)

class Planted:
    def find_spec(self, name, path=None, target=None):
        if name != MODULE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        run = spec.loader.exec_module
        def exec_module(module):
            run(module)
            setattr(module, FUNCTION, broken)
        spec.loader.exec_module = exec_module
        return spec

def broken(*args, **named):
    said = f"no way to go on with {args!r} and {named!r}"
    note("planted", FUNCTION)
    if HOW == "crash":
        os.kill(os.getpid(), 11)
    raise RuntimeError(said)

if "PLANTED" in os.environ:
    MODULE, FUNCTION, HOW = os.environ["PLANTED"].split(":")
    sys.meta_path.insert(0, Planted())
"""


@dataclass
class Tracks:
    """What is written down of one run."""

    folder: Path
    seen: set[str] = field(default_factory=set)  # with a mark, in the list of processes
    cores: dict[str, str] = field(default_factory=dict)  # process → how large its core file may be in the end
    looks: int = 0
    _processes: list[str] = field(default_factory=list)

    def environment(self, planted: str = "") -> dict[str, str]:
        """Give what makes Python write it down, and an error or a crash, as module:function:error."""
        (self.folder / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
        return {"TRACKS": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"} | (
            {"PLANTED": f"gluterelief_pdf.{planted}"} if planted else {}
        )

    def of(self, kind: str) -> list[str]:
        """Give what was noted of one kind."""
        lines = (self.folder / "log").read_text(encoding="ascii").splitlines()
        return [
            str(ast.literal_eval(what)) for each, _, what in (line.partition(" ") for line in lines) if each == kind
        ]

    def begin(self) -> None:
        """Forget what was noted: nothing of a patient was there yet."""
        log = self.folder / "log"
        if log.exists():
            os.truncate(log, 0)

    def kept(self) -> Iterator[tuple[str, Path]]:
        """Give each file that is gone: where it was, and where it is kept."""
        for said in self.of("kept"):
            name, place = ast.literal_eval(said)
            yield place, self.folder / name

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look at the list of processes, fifty times a second."""
        over = threading.Event()
        thread = threading.Thread(target=self._look, args=[over])
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _look(self, over: threading.Event) -> None:
        known: set[str] = set()
        while not over.wait(0.02):
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


def elsewhere(written: list[str], own: Path) -> set[str]:
    """Name what was written outside the folders that are searched; a program may always write to a device."""
    apart = (f"{own}{os.sep}", "/dev/null", "/dev/tty", "/proc/self/")
    return {path for path in written if not path.startswith(apart) and path != str(own)}

"""Thousands of inputs through each door of the program: a sheet, or one clear error with its exit code.

    python -m benchmarks.fuzz [--door NAME] [--inputs 2000] [--seed N] [--keep FOLDER]

Each input is a run of the real command line in an empty folder, in this process; for root, everything else is read-only
meanwhile. All but one in so many
sheets end with their page (words, plan, HTML, CSS, fonts): to lay them out takes a hundred times as long. Those that are
laid out go through veraPDF. `make trust` runs it; the last lines go into docs/trust.md.
"""

import argparse
import faulthandler
import io
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
from click.testing import CliRunner, Result
from pypdf import PdfWriter

from benchmarks.doors import DOORS
from benchmarks.pieces import Case
from gluterelief_pdf import batch, handout, limits
from gluterelief_pdf.cli import main as make_handout
from gluterelief_pdf.crew import Crew
from gluterelief_pdf.model import Rendered, Sheet
from gluterelief_pdf.worker import Made, Order, Outcome, Worker, keep
from tests.verapdf import failures

SEED = 20261130
CODES = {0, 1, 2, 3, 4, 5, 6, 7, 75}
LAID_OUT = {
    "templates": 8
}  # one in so many sheets; a template's and a style sheet's faults show when they are laid out
USUALLY = 50
CONTAINED = ("templates",)  # a template may be endless, so it is filled in a process of its own
TEMPLATE_S = 5.0
HANG_S, MOST_BYTES = 90, 2**30  # of computing, since other programs may keep the machine busy
READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro / && exec "$@"'
DRAFTS = re.compile(r"\.part$|^\.make-handout-|^make-handout-")


def _blank() -> bytes:
    writer, file = PdfWriter(), io.BytesIO()
    writer.add_blank_page(612, 792)
    writer.write(file)
    return file.getvalue()


STAND_IN = _blank()  # for a sheet that ends with its page


@dataclass
class Found:
    """What came of one door."""

    door: str
    seed: int
    inputs: int = 0
    codes: Counter[int] = field(default_factory=Counter)
    laid_out: int = 0
    faults: dict[str, list[str]] = field(default_factory=dict)  # kind → the folders of inputs
    slowest_s: float = 0
    mebibytes: int = 0


class Door:
    """One door, and what is tried at it."""

    def __init__(self, name: str, seed: int, keep: Path) -> None:
        self.found, self._keep = Found(name, seed), keep
        self._render, self._sheets = handout.render, 0
        handout.render, batch.make = self._sheet, self._sheets_here

    def go(self, inputs: int) -> None:
        """Try so many inputs."""

        @hypothesis.seed(self.found.seed)
        @hypothesis.settings(
            max_examples=inputs,
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(DOORS[self.found.door])
        def tried(case: Case) -> None:
            self._try(case)

        tried()
        largest = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        self.found.mebibytes = largest // 1024

    def _sheet(self, sheet: Sheet, **given: Any) -> Rendered:
        """Make the page of a sheet, and of one in so many the sheet."""
        self._sheets += 1
        if self._sheets % LAID_OUT.get(self.found.door, USUALLY) == 0:
            made = self._render(sheet, **given)
            self.found.laid_out += 1
            (self._keep / "pdf").mkdir(exist_ok=True)
            (self._keep / "pdf" / f"{self.found.inputs}-{self._sheets}.pdf").write_bytes(made.pdf)
            return made
        if self.found.door in CONTAINED:
            limits.run(_page, TEMPLATE_S, handout.MEMORY_BYTES, sheet)
        else:
            _page(sheet)
        return Rendered(STAND_IN, 1)

    def _sheets_here(self, orders: Iterable[Order], crew: Crew) -> Iterator[Outcome]:
        """Make the sheets of a batch in this process."""
        worker = Worker(crew.bench)
        for order in orders:
            made = worker.make(order)
            yield keep(crew.bench, order, made) if isinstance(made, Made) else made

    def _try(self, case: Case) -> None:
        self.found.inputs += 1
        with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
            folder = Path(name, "here")
            for file, content in case.files.items():
                path = folder / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            folder.mkdir(exist_ok=True)
            (folder.parent / "tmp").mkdir()
            tempfile.tempdir = str(folder.parent / "tmp")
            before = _files(folder)
            homes = {key: f"{name}/{key}" for key in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")}
            began = time.monotonic()
            over = threading.Event()
            threading.Thread(target=_watch, args=(over, self._keep, case), daemon=True).start()
            with chdir(folder):
                result = CliRunner(env=homes).invoke(make_handout, case.arguments, prog_name="make-handout")
            over.set()
            tempfile.tempdir = None
            self.found.slowest_s = max(self.found.slowest_s, time.monotonic() - began)
            left = [file for file in _files(folder.parent) if DRAFTS.search(Path(file).name)]
            more = sorted(_files(folder) - before)
        self.found.codes[result.exit_code] += 1
        if fault := _fault(result, left, more):
            self._note(fault, case, result)

    def _note(self, fault: str, case: Case, result: Result) -> None:
        kept = self.found.faults.setdefault(fault, [])
        kept.append(str(self.found.inputs))
        if len(kept) <= 5:
            _write(self._keep / f"{len(self.found.faults)}-{self.found.inputs}", case)
            told = [fault, result.output]
            if result.exc_info and not isinstance(result.exception, SystemExit):
                told += traceback.format_exception(*result.exc_info)
            (self._keep / f"{len(self.found.faults)}-{self.found.inputs}" / "told.txt").write_text(
                "\n".join(told), encoding="utf-8", errors="backslashreplace"
            )


def _page(sheet: Sheet) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        handout.source(sheet, scratch=Path(scratch))


def _fault(result: Result, left: list[str], more: list[str]) -> str:
    """Tell what is wrong with an outcome; empty if nothing."""
    if result.exception and not isinstance(result.exception, SystemExit):
        frames = list(traceback.extract_tb(result.exc_info[2] if result.exc_info else None))
        ours = [frame for frame in frames if "gluterelief_pdf" in frame.filename] or frames
        return f"traceback: {type(result.exception).__name__} in {Path(ours[-1].filename).name}:{ours[-1].lineno}"
    said = result.stderr
    if result.exit_code not in CODES:
        return f"exit code {result.exit_code}"
    if "Traceback" in said or "an error of the program" in said:
        return f"told as an error of the program: {re.findall('an error of the program: (.*)', said)[:1]}"
    if result.exit_code in (2, 3, 4, 5, 6, 7) and "Error: " not in said and "fault  " not in result.stdout:
        return "no error is told"
    if wild := re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", said):
        return f"a control character on the terminal: {wild[0]!r}"
    if left:
        return "half a file is left"
    if result.exit_code in (2, 3, 4) and more:
        return f"a refusal left {re.sub('[0-9]+', 'N', more[0])[:30]}"
    return ""


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def _write(folder: Path, case: Case) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "arguments.json").write_text(json.dumps(case.arguments), encoding="utf-8")
    for name, content in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _watch(over: threading.Event, keep: Path, case: Case) -> None:
    """End everything when one input makes us compute for too long."""
    began = time.process_time()
    while not over.wait(5):
        if time.process_time() - began > HANG_S:
            _write(keep / "hang", case)
            faulthandler.dump_traceback()
            print(f"computes for {HANG_S} s: {keep / 'hang'}", file=sys.stderr, flush=True)
            os._exit(3)


def _through(name: str, inputs: int, seed: int, keep: Path) -> Found:
    """Put inputs through one door, in a process of its own that may do nothing elsewhere."""
    keep.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "benchmarks.fuzz", "--inside", name, "--inputs", str(inputs)]
    command += ["--seed", str(seed), "--keep", str(keep)]
    sealed = ["unshare", "--mount", "sh", "-c", READ_ONLY, str(keep)] if os.geteuid() == 0 else []
    places = {"HOME": str(keep), "TMPDIR": str(keep), "HYPOTHESIS_STORAGE_DIRECTORY": str(keep / "hypothesis")}
    done = subprocess.run([*sealed, *command], check=False, env={**os.environ, **places})
    if done.returncode:
        return Found(name, seed, faults={f"the process ended with {done.returncode}": ["?"]})
    told = json.loads((keep / "found.json").read_text(encoding="utf-8"))
    found = Found(**told)
    found.codes = Counter({int(code): count for code, count in told["codes"].items()})
    for file, rules in failures(sorted((keep / "pdf").glob("*.pdf"))).items() if found.laid_out else ():
        if rules:
            found.faults.setdefault(f"veraPDF: {rules[0]}", []).append(file)
    if found.mebibytes * 2**20 > MOST_BYTES:
        found.faults[f"{found.mebibytes} MiB"] = ["?"]
    return found


def main() -> int:
    """Try every door, and tell what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--door", choices=DOORS, action="append")
    parser.add_argument("--inputs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--keep", type=Path, help="a folder for the inputs that show a fault")
    parser.add_argument("--inside", choices=DOORS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        door = Door(asked.inside, asked.seed, asked.keep)
        door.go(asked.inputs)
        (asked.keep / "found.json").write_text(json.dumps(vars(door.found)), encoding="utf-8")
        return 0
    keep = asked.keep or Path(tempfile.mkdtemp(prefix="fuzz-found-"))
    keep.mkdir(parents=True, exist_ok=True)
    keep.chmod(0o755)
    wrong = 0
    print(f"seed {asked.seed}\n\n| door | inputs | exit codes | laid out | slowest | most memory | faults |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for name in asked.door or DOORS:
        found = _through(name, asked.inputs, asked.seed, keep / re.sub("[^a-z]+", "-", name))
        codes = ", ".join(f"{code}: {count}" for code, count in sorted(found.codes.items()))
        print(
            f"| {name} | {found.inputs} | {codes} | {found.laid_out} | {found.slowest_s:.1f} s | {found.mebibytes} MiB "
            f"| {sum(map(len, found.faults.values()))} |"
        )
        for fault, where in found.faults.items():
            print(f"    {len(where)} × {fault} ({', '.join(where[:5])})")
        sys.stdout.flush()
        wrong += len(found.faults)
    if wrong:
        print(f"\nThe inputs are in {keep}.")
    elif not asked.keep:
        shutil.rmtree(keep)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

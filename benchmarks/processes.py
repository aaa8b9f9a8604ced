"""Whole processes, one after the other in rounds: the first sheet, one made before, a known one with a new name."""

import json
import shlex
import statistics
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from benchmarks import peers, sample, stock
from benchmarks.typst import script
from gluterelief_pdf.shelf import Shelf

STOCK, TYPST = "plain WeasyPrint", "Typst"
ROWS = {
    STOCK: "plain WeasyPrint: a script on the same HTML, CSS and fonts",
    TYPST: "Typst: a script with Click",
    "first": "first sheet, nothing kept yet",
    "no-cache": "first sheet, `--no-cache`",
    "another": "sheet not made before, on a machine that has made others",
    "before": "sheet made before",
    "name": "known sheet, a new name",
    "version": "`--version`",
    "help": "`--help`",
}


@dataclass(frozen=True, slots=True)
class Timed:
    """Medians of one command."""

    wall_s: float
    cpu_s: float


def measured(folder: Path, rounds: int) -> dict[str, Timed]:
    """Run every command once a round, and give the medians; nothing is counted of a round before the first."""
    commands = _commands(folder)
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for number in range(rounds + 1):
        results = folder / "hyperfine.json"
        flags = ["--runs", "1", "--style", "none", "--export-json", str(results)]
        prepared = [part for name in commands for part in ("--prepare", _prepare(folder, name))]
        subprocess.run(
            ["hyperfine", *flags, *prepared, *commands.values()],
            check=True,
            cwd=folder,
            env=sample.alone(folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for name, result in zip(commands, json.loads(results.read_text(encoding="utf-8"))["results"], strict=True):
            if number:
                found[name].append((result["median"], result["user"] + result["system"]))
    return {
        name: Timed(*(statistics.median(values) for values in zip(*times, strict=True)))
        for name, times in found.items()
    }


def _commands(folder: Path) -> dict[str, str]:
    sheet = sample.filled(Shelf())
    clinic = peers.clinic_folder(folder / "typst", sheet)
    (clinic / "plan.json").write_text(peers.says(sheet), encoding="utf-8")
    ours = f"{sample.PROGRAM} {shlex.join(sample.OPTIONS)} --output {folder}/ours.pdf"
    fields = f"--clinician '{sample.CLINICIAN}' --patient \"Patient $$\""  # the same: a new name each time
    return {
        STOCK: stock.command(folder, sheet),
        TYPST: f"{sys.executable} {script.__file__} {clinic}/plan.json {fields} --date '{sample.DATE_PRINTED}' --output {folder}/typst.pdf",
        "first": f"XDG_CACHE_HOME={folder}/empty {ours}",
        "no-cache": f"{ours} --no-cache",
        "another": f"{ours} --phone 555-$$",  # the shell's own number: another each time
        "before": ours,
        "name": f"{ours} {fields} --date {sample.DATE}",
        "version": f"{sample.PROGRAM} --version",
        "help": f"{sample.PROGRAM} --help",
    }


def _prepare(folder: Path, name: str) -> str:
    return f"rm -rf {folder}/empty" if name == "first" else "true"


def table(times: dict[str, Timed]) -> str:
    """Write the medians as ratios to plain WeasyPrint, and to Typst."""
    plain, typst = times[STOCK], times[TYPST]
    head = "| one process | seconds | × plain WeasyPrint | × Typst | CPU × plain WeasyPrint |\n|---|---|---|---|---|\n"
    return head + "".join(
        f"| {ROWS[name]} | {timed.wall_s:.3f} | {timed.wall_s / plain.wall_s:.3f} | {timed.wall_s / typst.wall_s:.2f} "
        f"| {timed.cpu_s / plain.cpu_s:.3f} |\n"
        for name, timed in times.items()
    )

"""Does it work with the lowest version of each library that pyproject.toml allows, with the newest, and with other Pythons?

    python -m benchmarks.versions                                  with this Python
    python -m benchmarks.versions python3.12 /opt/python3.13/bin/python3

For each Python two environments are made in a temporary folder, and in each: sheets in three scripts, a batch of three, a
draft, and a selection of the tests. The exit code is 1 if anything fails.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from benchmarks import papers, sample

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = ("cjk", "encrypt")
TOOLS = ("pytest", "aiosmtpd", "opendataloader-pdf")
TESTS = (
    "command",
    "sheet",
    "clinic_file",
    "roster",
    "batch",
    "batch_files",
    "batch_stopped",
    "mail",
    "letter",
    "logo",
    "check",
    "signoff",
    "encrypt",
    "overrides",
    "own_templates",
    "tags",
    "lines",
    "source",
    "parts",
)
SHEETS = (("--lang", "en"), ("--lang", "ar"), ("--lang", "ja"), ("--lang", "es", "--with", "en"), ("--fillable",))
RUNS = (
    *((*options, "--logo", str(sample.LOGO), "--country", "US", "--output", f"{n}.pdf") for n, options in enumerate(SHEETS)),
    ("batch", "three.csv", "--country", "US", "--out", "sheets"),
    ("draft", "--to", "ann@home.example", "--lang", "fr", "--country", "FR"),
    ("check",),
)  # fmt: skip
ROSTER = "name,language,techniques\nAnn Lee,en,ball.wall\nBo Li,ar,stretch\nCy Poe,ja,heat\n"


def wanted(*extras: str) -> list[str]:
    """Give what the project asks for, with the extras."""
    return [*PROJECT["dependencies"], *(each for extra in extras for each in PROJECT["optional-dependencies"][extra])]


def lowest() -> str:
    """Give the lowest versions as a file of constraints."""
    bounds = [re.match(r"([\w-]+)(?:\[\w+\])?>=([\d.]+)", each) for each in wanted(*EXTRAS)]
    return "".join(f"{bound[1]}=={bound[2]}\n" for bound in bounds if bound)


def tried(python: str, versions: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Make the environment, and give what fails in it."""
    constraints = folder / "constraints.txt"
    constraints.write_text(lowest() if versions == "lowest" else "", encoding="utf-8")
    subprocess.run([python, "-m", "venv", folder / "venv"], check=True)
    pip: list[str | Path] = [folder / "venv/bin/python", "-m", "pip", "install", "--quiet"]
    tools = [each for each in wanted("dev") if re.match(r"[\w-]+", each)[0] in TOOLS]  # type: ignore[index]
    done = _run([*pip, "--constraint", constraints, f"{ROOT}[{','.join(EXTRAS)}]", *tools], folder)
    if done.returncode:
        yield "install", done.stderr[-500:]
        return
    (folder / "three.csv").write_text(ROSTER, encoding="utf-8")
    for options in RUNS:
        done = _run([folder / "venv/bin/make-handout", *options], folder)
        if done.returncode or "Traceback" in done.stderr or "Warning" in done.stderr:
            yield " ".join(options), done.stderr[-500:]
    tests = [f"tests/test_{name}.py" for name in TESTS]
    done = _run([folder / "venv/bin/python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not matrix and not soak", *tests], folder, ROOT)  # fmt: skip
    yield from (("test", line) for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR")))
    yield "", done.stdout.strip().splitlines()[-1]


def _run(command: list[str | Path], folder: Path, at: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command; what it keeps goes into the folder, wherever it runs."""
    return subprocess.run(
        command, cwd=at or folder, env=sample.alone(folder), capture_output=True, text=True, check=False
    )


def main() -> int:
    """Try each Python with both ends of the versions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("python", nargs="*", default=[sys.executable])
    rows, faults = [], []
    for python in parser.parse_args().python:
        name = subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        for versions in ("lowest", "newest"):
            with tempfile.TemporaryDirectory() as folder:
                found = list(tried(python, versions, Path(folder)))
            wrong = [f"{name}, {versions}: {what}: {told}" for what, told in found if what]
            rows.append((name, versions, len(RUNS), found[-1][1] if not found[-1][0] else "–", len(wrong)))
            faults += wrong
    papers.printed(rows, ("Python", "versions", "commands", "tests", "faults"))
    print(*faults, sep="\n")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())

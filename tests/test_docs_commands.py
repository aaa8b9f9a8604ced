"""Every command that a document names exists, and a test runs those that stand in a block."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

from gluterelief_pdf.cli import COMMANDS, DEFAULT, main
from tests.test_docs import ROOT, commands

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in DOCUMENTS}
RUN = {  # document → the test that runs its blocks as they stand
    "README.md": "test_docs.py",
    "docs/front-desk.md": "test_docs.py",
    "docs/roster.md": "test_docs.py",
    "docs/mail.md": "test_mail_settings.py",
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
TARGETS = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
MARKS = {mark.partition(":")[0] for mark in PROJECT["tool"]["pytest"]["ini_options"]["markers"]}


def blocks(text: str) -> list[str]:
    """Give the lines of code, fenced or indented by four, a command that goes on over a line's end as one."""
    fenced = "".join(re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    indented = "".join(re.findall(r"^ {4}(.*\n)", text, re.MULTILINE))
    return (fenced + indented).replace("\\\n", " ").splitlines()


def inline(program: str) -> list[tuple[str, str]]:
    """Give what stands between backticks in a sentence and begins with a program's name, with its document."""
    found = [(name, each) for name, text in TEXTS.items() for each in re.findall(r"`([^`\n]+)`", text)]
    return [(name, each) for name, each in found if each.split()[0].rpartition("/")[2] == program]


def options(command: str) -> set[str]:
    """Give the options that a command line names."""
    return {part.partition("=")[0] for part in shlex.split(command, comments=True) if re.match(r"--?[a-z]", part)}


def unknown(command: str) -> set[str]:
    """Give the options of a command of make-handout that it does not have."""
    words = shlex.split(command, comments=True)[1:]
    name = words[0] if words and not words[0].startswith("-") else DEFAULT
    assert name in COMMANDS, command
    known = main.get_command(click.Context(main), name)
    assert known
    flags = {flag for each in known.params for flag in (*each.opts, *each.secondary_opts)}
    return options(command) - flags - {"--help", "-h", "--version"}


def test_a_test_runs_the_blocks_of_every_document() -> None:
    for name, text in TEXTS.items():
        meant = [line for line in blocks(text) if line.startswith("make-handout") and "--cluster" not in line]
        assert meant == commands(text), f"{name}: mark the block as sh"
        assert not meant or name in RUN, f"{name}: no test runs its commands"
    for test in set(RUN.values()):
        assert "commands(" in (ROOT / "tests" / test).read_text(encoding="utf-8")


def test_every_command_in_a_sentence_is_there_with_its_options() -> None:
    found = [*inline("make-handout"), *(("", line) for text in TEXTS.values() for line in blocks(text))]
    ours = [(name, each) for name, each in found if each.split()[:1] == ["make-handout"] or ".venv/bin/make" in each]

    assert len(ours) > 40
    assert {(name, each): wrong for name, each in ours if (wrong := unknown(each))} == {}


def test_what_make_and_pytest_and_python_are_told_to_do_is_there() -> None:
    lines = [("", line) for text in TEXTS.values() for line in blocks(text)]
    targets = {each.split()[1] for _, each in [*inline("make"), *lines] if re.match(r"make [a-z]", each)}
    modules = {each.split()[2] for _, each in inline("python") if " -m " in each}
    marks = {
        mark for _, each in inline("pytest") for pair in re.findall(r"-m \W?(\w+)(?: or (\w+))?", each) for mark in pair
    }
    files = {
        each for text in TEXTS.values() for each in re.findall(r"(?:tests|benchmarks)/\w+\.(?:py|java|toml)", text)
    }

    assert len(targets) > 5
    assert targets - set(TARGETS) == set()
    assert len(modules) > 3
    assert [module for module in modules if not find_spec(module)] == []
    assert marks - {""} <= MARKS
    assert len(files) > 20
    assert [name for name in files if not (ROOT / name).is_file()] == []


SCRIPTS = sorted(
    path.stem for path in (ROOT / "benchmarks").glob("*.py") if "__main__" in path.read_text(encoding="utf-8")
)


def test_every_measurement_is_found() -> None:
    assert len(SCRIPTS) > 12


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_measurement_that_is_asked_for_help_tells_what_it_does_and_does_not_begin(
    script: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{script}", "--help"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: {script}.py")
    assert os.listdir(tmp_path) == []


def test_every_extra_that_a_document_names_is_there() -> None:
    named = {each for text in TEXTS.values() for each in re.findall(r"gluterelief-pdf\[(\w+)\]", text)}

    assert len(named) > 2
    assert named <= set(EXTRAS)


def test_dask_knows_the_options_that_the_guide_to_rosters_gives_it() -> None:
    given = [line for line in blocks(TEXTS["docs/roster.md"]) if line.startswith("dask ")]

    assert len(given) == 2
    for line in given:
        known = subprocess.run(
            [sys.executable, "-m", "dask", line.split()[1], "--help"], capture_output=True, text=True, check=True
        ).stdout
        assert [option for option in options(line) if option not in known] == []


@pytest.mark.parametrize("name", TEXTS)
def test_every_file_that_a_document_links_is_there(name: str) -> None:
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", TEXTS[name]):
        assert ((ROOT / name).parent / target).exists(), target

"""Printing: what the system's lp is asked for, and what is said where there is none."""

import os
from pathlib import Path

import pytest

from gluterelief_pdf import printing
from gluterelief_pdf.errors import OptionError, OutputError
from tests.conftest import Run

LP = """#!/bin/sh
printf '%s\\n' "$@" > "{folder}/asked"
cat > "{folder}/printed"
{then}
"""


def lp(folder: Path, then: str) -> str:
    """Put an lp that writes down what it is asked for first on the path."""
    tools = folder / "tools"
    tools.mkdir()
    (tools / "lp").write_text(LP.format(folder=folder, then=then), encoding="utf-8")
    (tools / "lp").chmod(0o755)
    return f"{tools}:{os.environ['PATH']}"


def test_a_sheet_is_printed_on_both_sides_under_a_neutral_title(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", lp(tmp_path, 'echo "request id is desk-7 (1 file(s))"'))

    job = printing.send(b"%PDF-1.7 sheet", "desk", paper="a4", copies=2, file=Path("ann-lee.pdf"))

    assert job == "desk-7"
    asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert asked == ["-d", "desk", "-n", "2", "-o", "sides=two-sided-long-edge", "-o", "media=A4", "-t", "handout"]
    assert (tmp_path / "printed").read_bytes() == b"%PDF-1.7 sheet"


def test_a_printer_that_is_unknown_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", lp(tmp_path, 'echo "lp: The printer or class does not exist." >&2; exit 1'))

    with pytest.raises(OutputError) as refused:
        printing.send(b"%PDF", "nowhere", paper="letter", file=Path("handout-en.pdf"))

    assert str(refused.value) == "--print: lp refused: The printer or class does not exist"
    assert refused.value.hint == ("lpstat -e lists the printers. Open handout-en.pdf and print it on both sides.")


@pytest.mark.parametrize("queue", ["-o raw", "--help", "a b", "../x", "x\ny"])
def test_an_option_does_not_pass_for_a_printer(queue: str) -> None:
    with pytest.raises(OptionError):
        printing.check(queue)


def test_where_nothing_can_print_it_is_said_how_to_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(OutputError) as refused:
        printing.send(b"%PDF", "", paper="letter", file=Path("handout-en.pdf"))

    assert str(refused.value) == "--print: this system has no lp command to print with"
    assert refused.value.hint == "Open handout-en.pdf and print it on both sides."
    assert refused.value.exit_code == 6


def test_the_front_desk_prints_on_the_usual_printer(run: Run, tmp_path: Path) -> None:
    path = lp(tmp_path, 'echo "request id is usual-1 (1 file(s))"')

    printed = run(
        *["--country", "US", "--technique", "ball", "--print", "--copies", "2", "--patient"],
        "Ann Lee",
        environment={"PATH": path},
    )

    assert (printed.code, printed.stdout, printed.stderr.splitlines()[-1]) == (
        0,
        "handout-en.pdf\n",
        "Printing: usual-1.",
    )
    asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert asked[:2] == ["-n", "2"]
    assert asked[-3:] == ["media=Letter", "-t", "handout-en"]
    assert "Ann" not in " ".join(asked)
    assert (tmp_path / "printed").read_bytes().startswith(b"%PDF-1.7")

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


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """Three patients, two papers."""
    path = tmp_path / "r.csv"
    path.write_text("name,language,paper\nAnn Lee,en,letter\nBo Li,es,a4\nCy Poe,en,letter\n", encoding="utf-8")
    return path


COUNTING = (
    'n=$(cat "{folder}/n" 2>/dev/null || echo 0); n=$((n+1)); echo $n > "{folder}/n"; echo "$@" >> "{folder}/all"'
)
BATCH = ("--country", "US", "--technique", "ice", "--jobs", "1", "--print", "desk", "--copies", "2")


def test_a_batch_prints_each_sheet_once_also_when_the_printer_stops_in_between(
    run: Run, tmp_path: Path, roster: Path
) -> None:
    counting = COUNTING.format(folder=tmp_path)
    path = lp(
        tmp_path, f'{counting}; [ $n = 2 ] && {{ echo "lp: Out of order." >&2; exit 1; }}; echo "request id is x-$n ("'
    )

    stopped = run("batch", str(roster), *BATCH, environment={"PATH": path})
    again = run("batch", str(roster), *BATCH, environment={"PATH": path})
    third = run("batch", str(roster), *BATCH, environment={"PATH": path})

    assert stopped.code == 6
    assert "Printing: 1 of 3 sheets now." in stopped.stderr
    assert "--print: lp refused: Out of order" in stopped.stderr
    assert (again.code, third.code) == (0, 0)
    assert "Printing: 2 of 3 sheets now." in again.stderr
    assert "Printing: 0 of 3 sheets now." in third.stderr
    asked = (tmp_path / "all").read_text(encoding="utf-8").splitlines()
    assert [line.rpartition("media=")[2] for line in asked] == [
        "Letter -t handout-en",
        "A4 -t handout-es",
        "A4 -t handout-es",
        "Letter -t handout-en",
    ]
    assert all(line.startswith("-d desk -n 2 -o sides=two-sided-long-edge") for line in asked)
    assert "Ann" not in "".join(asked)


def test_a_note_of_what_was_printed_that_is_cut_off_spoils_no_other(run: Run, tmp_path: Path, roster: Path) -> None:
    path = lp(tmp_path, 'cat >/dev/null; echo "request id is x-1 ("')
    (tmp_path / "handouts").mkdir()
    (tmp_path / "handouts" / ".printed").write_text("1 abc", encoding="ascii")

    first = run("batch", str(roster), *BATCH, environment={"PATH": path})
    second = run("batch", str(roster), *BATCH, environment={"PATH": path})

    assert "Printing: 3 of 3 sheets now." in first.stderr
    assert "Printing: 0 of 3 sheets now." in second.stderr


def test_a_batch_without_a_printer_keeps_its_sheets_and_says_what_to_do(run: Run, tmp_path: Path, roster: Path) -> None:
    tools = tmp_path / "empty"
    tools.mkdir()

    result = run("batch", str(roster), *BATCH, environment={"PATH": str(tools)})

    assert result.code == 6
    assert "--print: this system has no lp command to print with" in result.stderr
    assert len(list((tmp_path / "handouts").glob("*.pdf"))) == 3


def test_a_batch_refuses_what_is_no_printer_before_anything_is_made(run: Run, tmp_path: Path, roster: Path) -> None:
    result = run("batch", str(roster), "--country", "US", "--print=-o raw")

    assert result.code == 2
    assert not list((tmp_path / "handouts").glob("*.pdf"))


def test_a_roster_that_was_taken_for_a_printer_is_told(run: Run, roster: Path) -> None:
    result = run("batch", "--country", "US", "--print", str(roster))

    assert result.code == 2
    assert "name the roster before --print" in result.stderr

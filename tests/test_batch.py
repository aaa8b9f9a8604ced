"""A folder of sheets from a roster: right, whole, never half, and nothing of a patient where it does not belong."""

import csv
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gluterelief_pdf import batch, naming, worker
from gluterelief_pdf.crew import Processes
from gluterelief_pdf.errors import OptionError, RenderError
from gluterelief_pdf.folder import Folder
from gluterelief_pdf.model import Choice, Clinic, Patient
from gluterelief_pdf.shelf import Shelf
from tests.conftest import Outcome, Run, homes
from tests.reading import Reading
from tests.verapdf import failures

SHORT = ("--technique", "pigeon", "--country", "US", "--jobs", "1")  # the quickest sheet to make
LEAST_BYTES = 200 * 2**20  # enough to start, too little for a sheet
HOSTILE = {
    "=HYPERLINK(1+1)": True,
    "../../etc/passwd": True,
    "<b>{{ 7*7 }}</b>{% raw %}": True,
    "A" * 101: False,
    "a\u202egnp.exe": False,
    "Ann 🦊 Lee": None,  # no font has it: a line to write on
}


def listed(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def files(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.pdf"))}


def write(path: Path, *rows: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_each_row_gives_its_patients_sheet_and_a_line_in_the_list(run: Run, tmp_path: Path) -> None:
    header = ["Name", "language", "techniques", "doses", "side", "edition", "clinic-phone"]
    write(
        tmp_path / "r.csv",
        header,
        ["Ann Lee", "en", "pigeon", "pigeon.hold=40s", "left", "", ""],
        ["José Ruiz", "Español", "pigeon", "", "right", "large print", "555-0199"],
    )

    result = run("batch", "r.csv", *SHORT[2:], "--print-file", "all.pdf", "--records", "--patient-in-title")

    assert result.code == 0, result.stderr
    assert result.stdout == "all.pdf\nhandouts/manifest.csv\n"
    assert "2 sheets are there, 2 of them made now" in result.stderr
    folder = tmp_path / "handouts"
    ann, jose = (Reading((folder / name).read_bytes()) for name in ("0001-handout-en.pdf", "0002-handout-es.pdf"))
    assert ann.says("Name Ann Lee")
    assert ann.says("40 seconds")
    assert not ann.says("555-0199")
    assert jose.says("José Ruiz")
    assert jose.says("555-0199")
    assert ann.reader.metadata.title.endswith("Ann Lee")
    rows = listed(folder)
    assert [(row["row"], row["language"], row["status"], row["error"]) for row in rows] == [
        ("1", "en", "done", ""),
        ("2", "es", "done", ""),
    ]
    assert {row["file"]: row["sha256"] for row in rows} == files(folder)
    assert [int(row["pages"]) for row in rows] == [len(ann.pages), len(jose.pages)]
    assert json.loads((folder / "0001-handout-en.json").read_text(encoding="utf-8"))["side"] == "left"
    joined = Reading((tmp_path / "all.pdf").read_bytes())
    assert len(joined.pages) == sum(len(each.pages) + len(each.pages) % 2 for each in (ann, jose))
    assert "Ann Lee" in joined.pages[0]
    assert "José Ruiz" in joined.pages[len(ann.pages) + len(ann.pages) % 2]
    assert joined.reader.metadata.title == "Handouts 1 to 2 for the printer, not tagged for screen readers"
    assert "/StructTreeRoot" not in joined.reader.trailer["/Root"]


def test_every_bad_row_is_told_before_anything_is_made_and_without_a_patients_data(run: Run, tmp_path: Path) -> None:
    write(
        tmp_path / "r.csv",
        ["name", "techniques", "doses", "cautions", "with", "note"],
        ["Zaphod", "Zaphod", "", "", "", ""],
        ["Zaphod", "ball", "ball.hold=500s", "", "", ""],
        ["Zaphod", "", "Zaphod=1", "", "", ""],
        ["Zaphod", "ball.wall", "", "pregnansy", "", ""],
        ["Zaphod", "", "", "", "en", ""],
        ["Zaphod", "", "", "", "", "x" * 601],
        ["Zaphod\u202e", "", "", "", "", ""],
        ["Zaphod", "pigeon", "", "", "", ""],
    )

    result = run("batch", "r.csv", *SHORT)

    assert result.code == 2
    told = result.stderr.splitlines()
    assert [line.removeprefix("Error: ").split(": ")[0] for line in told] == [
        "r.csv, line 2, techniques",
        "r.csv, line 3, doses",
        "r.csv, line 4, doses",
        "r.csv, line 5, cautions",
        "r.csv, line 6, with",
        "r.csv, line 7, note",
        "r.csv, line 8, name",
    ]
    assert "safe limit of 90 seconds" in told[1]
    assert "Did you mean" in told[3]
    assert "Zaphod" not in result.stderr
    assert not (tmp_path / "handouts").exists()

    result = run("batch", "r.csv", "--skip-bad", *SHORT)

    assert result.code == 1
    assert list(files(tmp_path / "handouts")) == ["0008-handout-en.pdf"]
    assert "Zaphod" not in result.stderr + (tmp_path / "handouts" / "manifest.csv").read_text(encoding="utf-8")


def test_hostile_cells_print_as_they_are_or_are_refused_by_line(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "r.csv", ["name"], *([name] for name in HOSTILE))

    result = run("batch", "r.csv", "--skip-bad", *SHORT)

    assert result.code == 1
    folder = tmp_path / "handouts"
    names = {f"{number:04d}-handout-en.pdf": name for number, name in enumerate(HOSTILE, start=1)}
    assert list(files(folder)) == [file for file, name in names.items() if HOSTILE[name] is not False]
    for file, name in names.items():
        if HOSTILE[name]:
            assert Reading((folder / file).read_bytes()).says(f"Name {name}")
    assert [line for line in result.stderr.splitlines() if line.startswith("Skipped: ")] == [
        "Skipped: r.csv, line 5, name: 101 characters, 100 fit. Shorten it.",
        "Skipped: r.csv, line 6, name: character 2 is U+202E (right-to-left override), which cannot be printed. "
        "Type the text anew, without pasting.",
    ]
    fox = next(row for row in listed(folder) if row["row"] == "6")
    assert fox["error"] == "left to write on, since no font has its characters: patient"
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and "passwd" in path.name]


def test_a_second_run_keeps_what_is_right_and_makes_anew_what_is_not(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "r.csv", ["name", "side"], ["Ann", ""], ["Bo", ""], ["Cy", ""], ["Di", ""])
    folder = tmp_path / "handouts"
    assert run("batch", "r.csv", "--limit", "3", *SHORT).code == 0
    before = files(folder)
    assert len(before) == 3
    assert listed(folder)[3]["status"] == "pending"
    (folder / "0001-handout-en.pdf").write_bytes(b"%PDF half")
    (folder / "0002-handout-en.pdf").unlink()
    (folder / ".0003-handout-en.pdf.0123abcd.part").write_bytes(b"half")
    with (folder / "manifest.csv").open("ab") as file:
        file.write(b"4,0004-handout-en.pdf,99")  # a line that was cut off
    write(tmp_path / "r.csv", ["name", "side"], ["Ann", ""], ["Bo", ""], ["Cy", "left"], ["Di", ""])

    result = run("batch", "r.csv", *SHORT)

    assert result.code == 0
    assert "4 sheets are there, 4 of them made now" in result.stderr
    after = files(folder)
    assert [after[name] == digest for name, digest in before.items()] == [True, True, False]
    assert {row["file"]: row["sha256"] for row in listed(folder)} == after
    assert sorted(path.name for path in folder.iterdir()) == [".make-handout", *after, "manifest.csv"]

    result = run("batch", "r.csv", *SHORT)

    assert "4 sheets are there, 0 of them made now" in result.stderr
    assert files(folder) == after


def test_what_nobody_of_us_made_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    (tmp_path / "handouts").mkdir()
    (tmp_path / "handouts" / "0001-handout-en.pdf").write_bytes(b"a letter of somebody's")
    write(tmp_path / "r.csv", ["name"], ["Ann"])

    result = run("batch", "r.csv", *SHORT)

    assert result.code == 2
    assert result.stderr.splitlines()[-1] == (
        "Error: r.csv, line 2: 0001-handout-en.pdf is there already, and no earlier run made it. "
        "Name another folder with --out, or move that file away."
    )
    assert (tmp_path / "handouts" / "0001-handout-en.pdf").read_bytes() == b"a letter of somebody's"


def test_a_record_that_nobody_of_us_made_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    (tmp_path / "handouts").mkdir()
    (tmp_path / "handouts" / "0001-handout-en.json").write_text("somebody's", encoding="utf-8")
    write(tmp_path / "r.csv", ["name"], ["Ann"])

    result = run("batch", "r.csv", "--records", *SHORT)

    assert result.code == 2
    assert "line 2: 0001-handout-en.json is there already, and no earlier run made it." in result.stderr
    assert (tmp_path / "handouts" / "0001-handout-en.json").read_text(encoding="utf-8") == "somebody's"


def test_an_example_is_not_written_over_a_list_of_patients(run: Run, tmp_path: Path) -> None:
    patients = write(tmp_path / "r.csv", ["name"], ["Ann"]).read_bytes()

    result = run("batch", "--template", "r.csv")

    assert (result.code, result.stdout) == (6, "")
    assert result.stderr == (
        "Error: r.csv: is there already\nChoose another name for the example, or move that file away.\n"
    )
    assert (tmp_path / "r.csv").read_bytes() == patients
    assert [run("batch", "--template", "new.csv").code for _ in range(2)] == [0, 0]


def test_a_file_for_the_printer_of_an_earlier_longer_list_does_not_go_unseen(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "r.csv", ["name"], ["Ann"])
    for name in ("all-1.pdf", "all-2.pdf", "all-new.pdf", "ball-1.pdf"):
        (tmp_path / name).write_bytes(b"of last week")

    result = run("batch", "r.csv", "--print-file", "all.pdf", *SHORT)

    assert result.code == 0
    assert result.stdout.splitlines()[0] == "all.pdf"
    note = "Note: all-1.pdf, all-2.pdf: of an earlier run; look whether it is still right before it is printed.\n"
    assert note in result.stderr
    for name in ("all-1.pdf", "all-2.pdf"):
        (tmp_path / name).unlink()
    assert "earlier run" not in run("batch", "r.csv", "--print-file", "all.pdf", *SHORT).stderr


@pytest.mark.parametrize(
    ("file", "whose"),
    [
        ("handouts/0001-handout-en.pdf", "a sheet"),
        ("handouts/0001-handout-en.json", "a record"),
        ("handouts/../handouts/manifest.csv", "the list of the sheets"),
        ("r.csv", "the roster"),
        ("link.csv", "the roster"),
        ("clinic.toml", "the clinic's settings"),
    ],
)
def test_a_file_for_the_printer_is_not_written_over_another(run: Run, tmp_path: Path, file: str, whose: str) -> None:
    write(tmp_path / "r.csv", ["name"], ["Ann"])
    (tmp_path / "link.csv").symlink_to("r.csv")
    (tmp_path / "clinic.toml").write_text('country = "US"\n', encoding="utf-8")

    result = run("batch", "r.csv", "--print-file", file, *SHORT)

    assert result.code == 2
    assert result.stderr.endswith(f"Error: --print-file: has the name of {whose}\nChoose another name for it.\n")
    assert (tmp_path / "r.csv").read_text(encoding="utf-8").splitlines() == ["name", "Ann"]
    assert (tmp_path / "clinic.toml").read_text(encoding="utf-8") == 'country = "US"\n'


def test_two_rows_with_one_name_are_refused_before_the_start(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "r.csv", ["id", "name"], ["a-1", "Ann"], ["A-1", "Bo"])

    result = run("batch", "r.csv", "--name-pattern", "{id}", *SHORT)

    assert result.code == 2
    assert "line 3: its file would have the name of that of line 2." in result.stderr
    assert not (tmp_path / "handouts").exists()


@pytest.mark.parametrize(
    ("pattern", "wrong"),
    [
        ("{name}", "{name} would put a patient's data into names of files"),
        ("{row.__class__}", "{row.__class__} is not known"),
        ("{row:0999999999d}", "{row} is written in a way that is not known"),
        ("../{row}", "has a character that no file's name may have"),
        ("{row", "a brace is not closed"),
        ("{row!r}", "{row} is written in a way that is not known"),
    ],
)
def test_a_pattern_for_names_that_could_do_harm_is_refused(pattern: str, wrong: str) -> None:
    with pytest.raises(OptionError) as error:
        naming.check(pattern)

    assert str(error.value) == f"--name-pattern: {wrong}"


def order(row: int, choice: Choice) -> worker.Order:
    return worker.Order(
        row, row + 1, f"{row}.pdf", "en", 0, Patient(), choice, None, "standard", False, "", None, False, False, "", False, None
    )  # fmt: skip


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "gluterelief_pdf", "batch", *arguments],
        cwd=folder,
        env={**os.environ, **homes(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def wait_for(what: str, folder: Path) -> None:
    for _ in range(600):
        if list(folder.glob(what)):
            return
        time.sleep(0.1)
    raise AssertionError(f"no {what} in {folder}")


def workers(parent: int) -> list[int]:
    found = subprocess.run(["pgrep", "-f", "spawn_main", "-P", str(parent)], capture_output=True, text=True, check=True)
    return [int(line) for line in found.stdout.split()]


@pytest.mark.parametrize(
    "how", ["SIGKILL", *(pytest.param(name, marks=pytest.mark.matrix) for name in ("SIGINT", "SIGTERM"))]
)
def test_a_run_that_is_stopped_goes_on_to_the_same_bytes_and_its_workers_end(
    run: Run, tmp_path: Path, how: str
) -> None:
    write(tmp_path / "r.csv", ["name", "note"], *([f"Patient {number}", f"Note {number}"] for number in range(4)))
    assert run("batch", "r.csv", "--out", "undisturbed", *SHORT[:-1], "2").code == 0
    folder = tmp_path / "stopped"
    running = start(tmp_path, "r.csv", "--out", "stopped", *SHORT)
    wait_for("0001-*.pdf", folder)
    children = workers(running.pid)

    running.send_signal(signal.Signals[how])
    _, said = running.communicate(timeout=60)

    assert children
    assert 0 < len(files(folder)) < 4
    if how != "SIGKILL":
        assert running.returncode == 130
        assert re.search(r"Interrupted: \d of 4 sheets are there\. Run the same command again to go on\.", said)
    for child in children:
        for _ in range(100):
            if not Path(f"/proc/{child}").exists():
                break
            time.sleep(0.1)
        assert not Path(f"/proc/{child}").exists()

    assert run("batch", "r.csv", "--out", "stopped", *SHORT).code == 0

    assert files(folder) == files(tmp_path / "undisturbed")
    assert {row["file"]: row["sha256"] for row in listed(folder)} == files(folder)
    assert sorted(path.name for path in folder.iterdir()) == [".make-handout", *files(folder), "manifest.csv"]


@pytest.mark.matrix
def test_a_worker_that_is_killed_costs_no_row(tmp_path: Path) -> None:
    write(tmp_path / "r.csv", ["name", "note"], *([f"Patient {number}", f"Note {number}"] for number in range(5)))
    running = start(tmp_path, "r.csv", *SHORT)
    wait_for("0001-*.pdf", tmp_path / "handouts")

    os.kill(workers(running.pid)[0], signal.SIGKILL)
    _, said = running.communicate(timeout=90)

    assert running.returncode == 0, said
    assert len(files(tmp_path / "handouts")) == 5


def test_only_one_run_is_in_a_folder(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "r.csv", ["name"], ["Ann"])

    with Folder(tmp_path / "handouts"):
        result = run("batch", "r.csv", *SHORT)

    assert result.code == 6
    assert result.stderr.splitlines()[-2:] == [
        "Error: handouts: another run is making sheets in this folder",
        "Wait until it is done, or name another folder with --out.",
    ]


@pytest.mark.matrix
def test_a_row_that_takes_too_long_or_too_much_is_told_and_the_rest_is_made(tmp_path: Path) -> None:
    """The limits are lowered for one kind of sheet only by what it needs: a whole sheet takes longer than a short one."""
    shelf = Shelf()
    whole, short = Choice(), Choice(("pigeon",))

    def made(**limits: float) -> list[str]:
        bench = worker.Bench(tmp_path, shelf.content, [worker.Setting(Clinic(), "", None)], None, False, **limits)  # type: ignore[arg-type]
        orders = [order(1, short), order(2, whole), order(3, short)]
        found = {outcome.order.row: outcome for outcome in batch.make(orders, Processes(bench, 1))}
        return [str(found[row].error or "") for row in (1, 2, 3)]

    slow = made(timeout_s=0.01)
    with pytest.raises(RenderError) as tight:
        made(memory_bytes=100_000_000)
    large = made(memory_bytes=LEAST_BYTES)

    assert slow == ["the sheet took longer than 0.01 seconds to make"] * 3
    assert str(tight.value).startswith("the processes that make sheets die at once: ")  # memory may run out anywhere
    assert set(large) <= {"the sheet needs too much memory", "the process that makes the sheet died"}
    assert made() == ["", "", ""]


def test_standard_input_and_the_example(run: Run, tmp_path: Path) -> None:
    assert run("batch", "--template", "example.csv").stdout == "example.csv\n"

    done = subprocess.run(
        [sys.executable, "-m", "gluterelief_pdf", "batch", "-", "--limit", "1", *SHORT],
        cwd=tmp_path,
        env={**os.environ, **homes(tmp_path)},
        input=(tmp_path / "example.csv").read_bytes(),
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert list(files(tmp_path / "handouts")) == ["0001-handout-en.pdf"]


@pytest.mark.matrix
def test_fresh_cached_and_resumed_sheets_pass_verapdf(run: Run, tmp_path: Path) -> None:
    rows = [["en", ""], ["es", ""], ["ar", ""], ["zh-Hans", ""], ["en", "Ann Lee"], ["fa", "Bo"]]
    write(tmp_path / "r.csv", ["language", "name"], *rows)
    outcomes: list[Outcome] = [run("batch", "r.csv", "--out", out, "--country", "US") for out in ("fresh", "cached")]
    (tmp_path / "cached" / "0006-handout-fa.pdf").unlink()
    outcomes.append(run("batch", "r.csv", "--out", "cached", "--country", "US"))

    assert [outcome.code for outcome in outcomes] == [0, 0, 0]
    assert files(tmp_path / "fresh") == files(tmp_path / "cached")
    assert {name: rules for name, rules in failures((tmp_path / "cached").glob("*.pdf")).items() if rules} == {}

"""A folder of sheets from a roster: right, whole, never half, and nothing of a patient where it does not belong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Outcome, Run, homes
from tests.reading import Reading
from tests.rosters import SHORT, files, listed, write
from tests.verapdf import failures

HOSTILE = {
    "=HYPERLINK(1+1)": True,
    "../../etc/passwd": True,
    "<b>{{ 7*7 }}</b>{% raw %}": True,
    "A" * 101: False,
    "a\u202egnp.exe": False,
    "Ann 🦊 Lee": None,  # no font has it: a line to write on
}


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

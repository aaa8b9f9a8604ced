"""A sheet for one patient, as the front desk makes it: her name is on her sheet and nowhere else."""

import json
import os
import re
from pathlib import Path

import pytest

from tests.conftest import SAMPLE_LOGO, Run
from tests.reading import Reading
from tests.verapdf import failures

US = ("--country", "US")


@pytest.mark.parametrize(
    "name",
    ['Robert"><script>', "{{ 7*7 }}", "O'Neil & Söhne", "Łucja Żółć", "ليلى حسن", "สมชาย ใจดี", "מרים כהן", "नीता शर्मा"],
)
def test_a_name_is_printed_as_it_is(run: Run, tmp_path: Path, name: str) -> None:
    result = run(*US, "--patient", name, "--technique", "pigeon", "-o", "sheet.pdf")

    assert result.code == 0, result.stderr
    assert "no shipped font" not in result.stderr
    reading = Reading((tmp_path / "sheet.pdf").read_bytes())
    assert sorted(re.sub(r"\s", "", name)) == sorted(
        letter for letter in re.sub(r"\s", "", name) if letter in reading.pages[0]
    )
    if name.isascii() or "Ł" in name or "ö" in name:
        assert reading.says(name)
    assert failures([tmp_path / "sheet.pdf"]) == {"sheet.pdf": []}


def test_a_name_that_no_font_has_leaves_a_line_to_write_on(run: Run, tmp_path: Path) -> None:
    result = run(*US, "--patient", "Ann 😀", "--clinician", "ქეთი", "--note", "Well done 😀", "--record", "r.json")

    assert result.code == 0
    for option in ("--patient", "--clinician", "--note"):
        assert f"Note: {option}: no shipped font can print it, so there is a line to write on.\n" in result.stderr
    assert "Ann" not in result.stderr
    assert not Reading((tmp_path / "handout-en.pdf").read_bytes()).says("Ann")
    assert json.loads((tmp_path / "r.json").read_text())["left_blank"] == ["--patient", "--clinician", "--note"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--patient", "x" * 300], "Error: --patient: 300 characters, 100 fit\nShorten it.\n"),
        (
            ["--patient", "Ann\u202e"],
            "Error: --patient: character 4 is U+202E (right-to-left override), which cannot be printed\n"
            "Type the text anew, without pasting.\n",
        ),
        (["--note", "x" * 700], "Error: --note: 700 characters, 600 fit\nShorten it.\n"),
        (
            ["--date", "25/11/2026"],
            "Error: --date: '25/11/2026' is not a day\nWrite year, month, day, such as 2026-11-25, or today.\n",
        ),
        (["--date", "2026-02-30"], "Error: --date: '2026-02-30' is not a day\n"),
        (
            ["--patient", "😀", "--strict"],
            "Error: --patient: no shipped font has all of its characters\n"
            "Write it in another script, or leave --strict out: then there is a line to write on.\n",
        ),
        (["--technique", "bal"], "Error: --technique: 'bal' is not known\nDid you mean 'ball'?"),
        (["--without", "pigon"], "Error: --without: 'pigon' is not known\nDid you mean 'pigeon'?"),
        (
            ["--patient", "A" + "\u0301" * 9],
            "Error: --patient: more than 5 marks stand on one letter at character 7\nType the text anew, without pasting.\n",
        ),
        (["--clinician", "A\u2028B"], "Error: --clinician: character 2 is U+2028 (line separator)"),
        (
            ["--website", "javascript:alert(1)"],
            "Error: --website: is not a web address\nWrite it as https://clinic.example/book.\n",
        ),
        (["--overrides", "nowhere"], "Error: nowhere: there is no such folder of overrides\n"),
        (["--clinic", "nowhere.toml"], "Error: nowhere.toml: there is no such file\n"),
        (
            ["--chart-note", "-o", "-"],
            "Error: --output -: standard output holds the sheet and nothing else\n"
            "Name a file with --output, or leave the other option out.\n",
        ),
    ],
)
def test_a_wrong_value_is_told_without_the_patients_data(
    run: Run, tmp_path: Path, arguments: list[str], message: str
) -> None:
    result = run(*US, *arguments)

    assert result.code in (2, 3, 4)
    assert result.stderr.startswith(message)
    assert "Ann" not in result.stderr
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("lang", ["EN", "en-US", "en_GB", "es-MX"])
def test_a_language_is_found_by_its_nearest_tag(run: Run, lang: str) -> None:
    result = run(*US, "--lang", lang, "--technique", "ice", "--paper", "A4")

    assert (result.code, result.stdout) == (0, f"handout-{lang[:2].lower()}.pdf\n")


def test_the_sheet_never_replaces_the_logo(run: Run, tmp_path: Path) -> None:
    (tmp_path / "clinic.png").write_bytes(SAMPLE_LOGO.read_bytes())

    result = run(*US, "--logo", "clinic.png", "-o", "clinic.png")

    assert (result.code, result.stderr.splitlines()[0]) == (2, "Error: --output: clinic.png is the logo itself")
    assert (tmp_path / "clinic.png").read_bytes() == SAMPLE_LOGO.read_bytes()


@pytest.mark.parametrize("arguments", [["--side", "up"], ["--paper", "a5"], ["--technique"]])
def test_a_wrong_choice_is_told_with_what_there_is(run: Run, arguments: list[str]) -> None:
    result = run(*US, *arguments)

    assert result.code == 2
    assert "Error: " in result.stderr
    assert "Traceback" not in result.stderr


def test_what_was_filled_in_stands_on_the_sheet_and_not_in_its_metadata(run: Run, tmp_path: Path) -> None:
    given = ["--patient", "Ann Lee", "--clinician", "Bo Lind", "--date", "2026-11-05", "--side", "left"]

    result = run(*US, *given, "--note", "Start at the wall.\nCall me on Monday.", "--record", "r.json")

    reading = Reading((tmp_path / "handout-en.pdf").read_bytes())
    assert result.stdout == "handout-en.pdf\n"
    for text in (
        *("Name Ann Lee", "Date November 5, 2026", "Your clinician Bo Lind", "Your sore side: left."),
        *("From your clinician", "Start at the wall.", "Call me on Monday."),
    ):
        assert reading.says(text)
    assert reading.reader.metadata is not None
    assert reading.reader.metadata.title == "Ease sore spots in your buttocks"
    assert "Ann" not in str(reading.reader.metadata) + (tmp_path / "r.json").read_text(encoding="utf-8") + result.stderr


def test_the_name_stands_in_title_and_record_only_where_it_is_asked_for(run: Run, tmp_path: Path) -> None:
    given = ["--patient", "Ann Lee", "--patient-in-title", "--record", "r.json", "--record-patient"]

    assert run(*US, *given).code == 0

    metadata = Reading((tmp_path / "handout-en.pdf").read_bytes()).reader.metadata
    assert metadata is not None
    assert metadata.title == "Ease sore spots in your buttocks · Ann Lee"
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["patient"] == "Ann Lee"


def test_no_clock_is_looked_at_unless_today_is_asked_for(run: Run) -> None:
    first, second = (run(*US, "--technique", "ice", "-o", "-").raw for _ in range(2))

    assert first == second
    assert "20" not in re.findall(r"Date (\d+)", Reading(first).pages[0])


def test_the_record_says_all_that_was_given(run: Run, tmp_path: Path) -> None:
    import hashlib

    arguments = ["--technique", "foam-roller", "--technique", "ball", "--caution", "nerve", "--even-so"]
    result = run(*US, *arguments, "--dose", "ball.hold=20s", "--side", "both", "--record", "r.json")

    record = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    pdf = (tmp_path / "handout-en.pdf").read_bytes()
    assert result.code == 0, result.stderr
    assert record["sha256"] == hashlib.sha256(pdf).hexdigest()
    assert record["pages"] == len(Reading(pdf).pages)
    assert record["kept_even_so"] == {"foam-roller": ["nerve"]} | {
        what: ["nerve"] for what in record["kept_even_so"] if what.startswith("ball")
    }
    ball = next(entry for entry in record["techniques"] if entry["name"] == "ball")
    assert ball["dose"]["hold"] == {"value": 20, "unit": "second", "changed": True}
    assert {key: record[key] for key in ("language", "country", "side", "cautions", "signoff")} == {
        "language": "en",
        "country": "US",
        "side": "both",
        "cautions": ["nerve"],
        "signoff": None,
    }
    assert len(record["content_digest"]) == 64


def test_the_chart_note_is_one_plain_line(run: Run) -> None:
    result = run(*US, "--technique", "ball.wall", "--caution", "blood-thinner", "--patient", "Ann Lee", "--chart-note")

    path, note = result.stdout.splitlines()
    assert path == "handout-en.pdf"
    assert "Tennis ball (at a wall): 30 seconds each, week 1: 30" in note
    assert "Blood thinners" in note
    assert "Ann" not in note


def test_what_cautions_do_is_told_to_the_clinician(run: Run) -> None:
    result = run(*US, "--caution", "nerve", "--technique", "press", "-o", "-")

    assert "Note: left out: foam-roller (nerve).\n" in result.stderr
    assert "Note: changed: fingers (nerve); the sheet says how.\n" in result.stderr


def test_where_nothing_is_left_nothing_is_made(run: Run, tmp_path: Path) -> None:
    result = run(*US, "--caution", "fracture")

    assert (result.code, result.stdout, os.listdir(tmp_path)) == (2, "", [])
    assert result.stderr.startswith("Error: --caution: no plan is made, since fracture leaves no technique\n")


def test_cautions_are_listed_in_plain_words(run: Run) -> None:
    result = run("cautions")

    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert len(rows) >= 32
    assert all(len(row) == 4 and row[1] for row in rows)
    assert "{" not in result.stdout

"""The command line as the front desk meets it: whole messages, right exit codes, nothing half done."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import NO_COUNTRY, SAMPLE_LOGO, UNREVIEWED, Run, homes
from tests.reading import Reading


def test_one_command_makes_the_handout(run: Run, tmp_path: Path) -> None:
    (tmp_path / "Röhm clinic.png").write_bytes(SAMPLE_LOGO.read_bytes())

    result = run("--lang", "en", "--logo", "Röhm clinic.png")

    assert (result.code, result.stdout, result.stderr) == (0, "handout-en.pdf\n", NO_COUNTRY + UNREVIEWED)
    assert sorted(os.listdir(tmp_path)) == ["Röhm clinic.png", "handout-en.pdf"]
    assert len(Reading((tmp_path / "handout-en.pdf").read_bytes()).pages) == 6


def test_a_dash_sends_the_sheet_to_standard_output(run: Run, tmp_path: Path) -> None:
    result = run("--country", "us", "--paper", "a4", "-o", "-")

    assert (result.code, result.stderr) == (0, UNREVIEWED)
    assert [round(float(side)) for side in Reading(result.raw).reader.pages[0].mediabox[2:]] == [595, 842]
    assert os.listdir(tmp_path) == []


def test_options_come_from_the_environment_too(run: Run, tmp_path: Path) -> None:
    result = run("--lang", "en", environment={"MAKE_HANDOUT_COUNTRY": "GB", "MAKE_HANDOUT_OUTPUT": "here.pdf"})

    assert (result.code, result.stdout) == (0, "here.pdf\n")
    assert "Call 999 now" in Reading((tmp_path / "here.pdf").read_bytes()).pages[0]


def test_the_front_desks_words_stand_on_the_page_as_they_are(run: Run) -> None:
    name = "Smith & Sons <b>{{ 7*7 }}</b> \"Physio\" 'Łódź' </style>"

    result = run(
        "--clinic-name", name, "--phone", "+1 555", "--website", "a.example/?b=1&c=2", "--country", "US", "-o", "-"
    )

    reading = Reading(result.raw)
    assert reading.says(name)
    assert reading.says(f"{name} · +1 555")
    assert "a.example/?b=1&c=2" in reading.pages[0]
    assert reading.reader.metadata is not None
    assert reading.reader.metadata.author == name


def test_a_colour_that_cannot_be_read_on_white_is_darkened_and_told(run: Run) -> None:
    result = run("--color", "#ffee00", "--country", "US", "-o", "-")

    assert result.code == 0
    assert result.stderr.startswith("Note: the colour #ffee00 is too light to read on white, so #7")


def test_what_there_is_can_be_listed(run: Run) -> None:
    languages, techniques, version = run("languages"), run("techniques"), run("--version")

    assert languages.stdout.splitlines()[:2] == [
        "tag\tname\tEnglish name\tdirection\tsign-off\tfont",
        "en\tEnglish\tEnglish\tltr\tnone\tFira Sans",
    ]
    rows = techniques.stdout.splitlines()
    assert "ball\tpress\tTennis ball\t30–60 seconds, Up to 3 spots, once" in rows
    assert "  ball.wall\tpress\tat a wall" in rows
    assert version.stdout == "make-handout 0.1.0\n"


def test_help_shows_examples_and_every_option(run: Run) -> None:
    short, long, none = run("-h"), run("--help"), run()

    assert short.stdout == long.stdout
    assert "make-handout --lang en --logo clinic.png" in long.stdout
    for option in ("--lang", "--logo", "--clinic-name", "--phone", "--website", "--address", "--country", "--colour"):
        assert option in long.stdout
    for option in ("--color", "--paper", "--output", "--open", "--version", "--help", "languages", "techniques"):
        assert option in long.stdout
    assert "Usage:" in none.stdout + none.stderr


def test_a_reader_that_goes_away_is_no_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m gluterelief_pdf --country US -o - | true; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 6
    assert done.stderr.replace(UNREVIEWED, "") == (
        "Error: standard output: cannot be written: broken pipe\nName a file with --output.\n"
    )


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("-o - >&-", "Error: standard output: is closed\nName a file with --output.\n"),
        (
            "-o sheet.pdf",
            "Error: sheet.pdf: cannot be written: no such file or directory\n"
            "Make the folder first, or choose another one.\n",
        ),
    ],
    ids=["standard output is closed", "the folder we stand in is gone"],
)
def test_an_odd_surrounding_is_no_traceback(tmp_path: Path, script: str, message: str) -> None:
    gone = 'mkdir gone && cd gone && rmdir "$PWD" && ' if "sheet" in script else ""

    done = subprocess.run(
        f"{gone}exec {sys.executable} -m gluterelief_pdf --country US {script}",
        shell=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr.replace(UNREVIEWED, "")) == (6, message)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("logo", [True, False])
def test_a_very_long_name_is_all_there_and_breaks_nothing(run: Run, logo: bool, tmp_path: Path) -> None:
    (tmp_path / "clinic.png").write_bytes(SAMPLE_LOGO.read_bytes())
    name = ("Riverside Rehabilitation, Physical Therapy and Sports Medicine of Greater Springfield " * 3)[:199].strip()

    result = run("--clinic-name", name, "--country", "US", "-o", "-", *(["--logo", "clinic.png"] if logo else []))

    reading = Reading(result.raw)
    assert len(reading.pages) == 6
    assert reading.says(name)
    assert "…" in reading.pages[1]


def test_a_name_in_arabic_does_not_turn_the_phone_number_round(run: Run) -> None:
    result = run("--clinic-name", "عيادة النهر", "--phone", "+971 4 555 0100", "--country", "AE", "-o", "-")

    assert "+971 4 555 0100" in Reading(result.raw).pages[2]


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="this system has no full device")
@pytest.mark.parametrize("command", ["check", "techniques", "--help", "--version"])
def test_a_full_disk_behind_standard_output_is_told(tmp_path: Path, command: str) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "gluterelief_pdf", command],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert (done.returncode, done.stderr) == (
        6,
        "Error: no space is left for the output or for temporary files\nMake some room.\n",
    )


INTERRUPTED_IMPORT = """
import sys
class Interrupt:
    def find_spec(self, name, *_):
        if name == sys.argv[1]:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupt())
from gluterelief_pdf.__main__ import run
sys.argv[1:] = ["--country", "US", "--no-cache"]
run()
"""


@pytest.mark.parametrize("module", ["gluterelief_pdf.cli", "click", "gluterelief_pdf.cli.one", "gluterelief_pdf.page"])
def test_ctrl_c_while_the_program_is_being_loaded_ends_in_one_sentence(tmp_path: Path, module: str) -> None:
    code = INTERRUPTED_IMPORT.replace("sys.argv[1]:", f"{module!r}:")
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (130, "Interrupted: nothing was written.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wait_s", [0.3, 0.8])
def test_ctrl_c_leaves_nothing_behind(tmp_path: Path, wait_s: float) -> None:
    work, scratch = tmp_path / "work", tmp_path / "scratch"
    work.mkdir()
    scratch.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "gluterelief_pdf", "--lang", "en", "--no-cache"],
        cwd=work,
        env={**os.environ, **homes(tmp_path), "TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )

    time.sleep(wait_s)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)

    assert process.returncode == 130
    assert errors.decode().endswith("Interrupted: nothing was written.\n")
    assert os.listdir(work) == []
    assert os.listdir(scratch) == []


def test_a_record_is_not_written_over_its_sheet(run: Run, tmp_path: Path) -> None:
    result = run("--output", "sheet.pdf", "--record", "./sheet.pdf", "--country", "US")

    assert (result.code, result.stdout) == (2, "")
    assert result.stderr == "Error: --record: sheet.pdf is the sheet itself\nChoose another name for the record.\n"
    assert list(tmp_path.iterdir()) == []

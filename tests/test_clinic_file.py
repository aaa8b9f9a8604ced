"""clinic.toml: found, overridden, checked whole, and written without losing a word of it."""

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gluterelief_pdf import settings
from gluterelief_pdf.errors import ClinicError
from tests.conftest import SAMPLE_LOGO, Run
from tests.reading import Reading

WHOLE = """# ours
name = "Riverside"
logo = "pictures/clinic.png"
address = ["12 Mill Lane", "Springfield"]
phone = "555-0100"
email = "desk@riverside.example"
website = "riverside.example"
booking = "riverside.example/book"
country = "US"
colour = "#0b5394"
paper = "a4"
language = "en"
techniques = ["ball.wall", "glute-bridge"]
opening = "Bring this sheet with you."
closing = "We are glad to help."
urgent = "our nurse, 555-0101"
"""


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    """A folder with a whole clinic.toml and its logo."""
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "clinic.png").write_bytes(SAMPLE_LOGO.read_bytes())
    path = tmp_path / "clinic.toml"
    path.write_text(WHOLE, encoding="utf-8")
    return path


@pytest.mark.usefixtures("clinic")
def test_what_a_clinic_set_up_stands_on_its_sheets(run: Run) -> None:
    result = run("--lang", "en", "-o", "-")

    reading = Reading(result.raw)
    assert result.code == 0, result.stderr
    for text in ("Riverside", "desk@riverside.example", "Bring this sheet with you.", "We are glad to help."):
        assert reading.says(text)
    assert reading.says("Point your phone’s camera here, or go to: riverside.example/book")
    assert reading.says("Call your doctor or our nurse, 555-0101 if you have:")
    assert [round(float(side)) for side in reading.reader.pages[0].mediabox[2:]] == [595, 842]
    assert "Foam roller" not in reading.pages[-1]


@pytest.mark.usefixtures("clinic")
def test_the_command_line_wins_over_the_environment_and_that_over_the_file(run: Run) -> None:
    said = [
        run("--lang", "en", *arguments, "-o", "-", environment=environment).raw
        for arguments, environment in (
            ([], {"MAKE_HANDOUT_PHONE": "555-0222"}),
            (["--phone", "555-0333"], {"MAKE_HANDOUT_PHONE": "555-0222"}),
        )
    ]

    assert [Reading(raw).says(number) for raw, number in zip(said, ("555-0222", "555-0333"), strict=True)] == [
        True,
        True,
    ]
    assert not Reading(said[1]).says("555-0222")


def test_a_clinic_file_is_found_by_name_here_and_in_the_users_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "usual" / "make-handout").mkdir(parents=True)
    (tmp_path / "usual" / "make-handout" / "clinic.toml").write_text('name = "From home"', encoding="utf-8")
    (tmp_path / "other.toml").write_text('name = "By name"', encoding="utf-8")
    usual = {"XDG_CONFIG_HOME": str(tmp_path / "usual")}

    home = run("--lang", "en", "-o", "-", environment=usual)
    named = run("--clinic", "other.toml", "-o", "-", environment=usual)

    assert Reading(home.raw).says("From home")
    assert Reading(named.raw).says("By name")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"\xef\xbb\xbfname = 'A'\r\nconutry = 'US'\r\n",
            "line 2: conutry: unknown 'conutry' (did you mean 'country'?)",
        ),
        (b"\tname\t=\t5\n", "line 1: name: should be a text in quotation marks, not a number"),
        (b"name = true\n", "line 1: name: should be a text in quotation marks, not true or false"),
        (b"name = 'A'\nname = 'B'\n", "clinic.toml: a key stands here a second time (at line 2, column 11)"),
        (b"name = A\n", "clinic.toml: Invalid value (at line 1, column 8)"),
        (b"name = 'M\xfcller'\n", "clinic.toml: is not UTF-8 text"),
        (b"address = [1, 2]\n", "line 1: address: should be a text in quotation marks, not a number"),
        (b"paper = 'a5'\n", 'line 1: paper: is \'a5\'; it may be "letter" or "a4"'),
        (b"country = 'XX'\n", "line 1: country: 'XX' is not a country whose emergency number is known"),
        (
            b'name = "a\\u202eb"\n',
            "line 1: name: character 2 is U+202E (right-to-left override), which cannot be printed",
        ),
        (b"logo = 7\n", "line 1: logo: should be a text in quotation marks, not a number"),
        (b"[signoff]\nlanguage = 'en'\n", "line 1: signoff: should be [[signoff]] tables, not a table"),
        (b"mail = 3\n", "line 1: mail: should be a table"),
    ],
)
def test_a_fault_is_told_with_key_and_line(run: Run, tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "clinic.toml").write_bytes(content)

    result = run("--lang", "en")

    assert (result.code, result.stdout) == (4, "")
    assert message in result.stderr.splitlines()[0]
    assert "Traceback" not in result.stderr
    assert os.listdir(tmp_path) == ["clinic.toml"]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").write_text('nam = "A"\nphone = 5\npaper = "a5"\n', encoding="utf-8")

    with pytest.raises(ClinicError) as error:
        settings.load(tmp_path / "clinic.toml")

    assert len(str(error.value).splitlines()) == 3


def test_tabs_windows_line_ends_and_a_byte_order_mark_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "clinic.toml"
    path.write_bytes(b"\xef\xbb\xbf\tname =\t'A'\r\n\taddress = [\r\n'1', '2']\r\n")

    assert settings.load(path).address == ("1", "2")


def test_a_clinics_own_emergency_number_is_printed_and_warned_about(run: Run, tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").write_text('country = "US"\nemergency = ["555-9999"]\n', encoding="utf-8")

    result = run("--lang", "en", "-o", "-")

    assert Reading(result.raw).says("Call 555-9999 now.")
    assert result.stderr.splitlines()[0] == (
        "Note: the emergency number on the sheet is the clinic's own, 555-9999, not that of US (911): make sure it is right."
    )


def test_init_works_unattended_and_never_overwrites(run: Run, tmp_path: Path) -> None:
    (tmp_path / "clinic.png").write_bytes(SAMPLE_LOGO.read_bytes())
    arguments = ["init", "--name", 'The "River" Clinic', "--logo", "clinic.png", "--country", "us", "--yes"]

    first = run(*arguments)
    kept = (tmp_path / "clinic.toml").read_bytes()
    second = run(*arguments)
    forced = run(*arguments, "--force", "--phone", "555-0100")

    assert (first.code, first.stdout) == (0, "clinic.toml\nhandout-en.pdf\n"), first.stderr
    assert "the colour is #0b6e6e, taken from the logo" in first.stderr
    assert settings.load(tmp_path / "clinic.toml").texts["name"] == 'The "River" Clinic'
    assert second.code == 6
    assert second.stderr.startswith("Error: clinic.toml: is there already, so nothing was written\n")
    assert forced.code == 0
    assert (tmp_path / "clinic.toml").read_bytes() != kept


@pytest.mark.parametrize("option", ["--website", "--booking"])
def test_init_writes_nothing_where_a_web_address_is_none(run: Run, tmp_path: Path, option: str) -> None:
    result = run("init", "--yes", option, "漢字")

    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"Error: {option}: is not a web address\n")
    assert list(tmp_path.iterdir()) == []


def test_init_takes_the_country_from_the_locale(run: Run, tmp_path: Path) -> None:
    assert run("init", "--yes", environment={"LC_ALL": "de_AT.UTF-8", "LANG": "de_AT.UTF-8"}).code == 0

    assert 'country = "AT"' in (tmp_path / "clinic.toml").read_text(encoding="utf-8")


def test_init_asks_at_a_terminal_and_asks_again_when_an_answer_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "clinic.png").write_bytes(SAMPLE_LOGO.read_bytes())
    desk, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "gluterelief_pdf", "init"],
        cwd=tmp_path,
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path)},
    )
    for answer in ("Riverside", "nothing.png", "clinic.png", "12 Mill Lane", "555-0100", "", "", "", "GB", ""):
        os.write(desk, f"{answer}\n".encode())
        time.sleep(0.05)
    stdout, stderr = process.communicate(timeout=60)
    os.close(terminal)
    os.close(desk)

    assert process.returncode == 0, stderr.decode()
    assert "nothing.png: there is no such file" in stderr.decode()
    assert stdout.decode() == "clinic.toml\nhandout-en.pdf\n"
    made = settings.load(tmp_path / "clinic.toml")
    assert (made.texts["country"], made.texts["phone"], made.address) == ("GB", "555-0100", ("12 Mill Lane",))

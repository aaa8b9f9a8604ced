"""What is typed wrongly: values, options, commands, and words that belong to none."""

import os
from pathlib import Path

import pytest

from tests.conftest import NO_COUNTRY, UNREVIEWED, Run


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ["--lang", "xx"],
            2,
            "Error: --lang: no words in 'xx'\nThere is: en, es, fr, de, it, pt-BR, pl, ru, uk, vi, fil, ht, ar, fa, hi, zh-Hans, zh-Hant, ja, ko.\n",
        ),
        (
            ["--country", "UK"],
            2,
            "Error: --country: 'UK' is not a country whose emergency number is known\nThe United Kingdom is GB.\n",
        ),
        (
            ["--colour", "red}"],
            4,
            "Error: --colour: 'red}' is not a colour\nWrite it as \"#0b6e6e\", or leave it out.\n",
        ),
        (["--logo", "none.png"], 4, "Error: none.png: there is no such file\nCheck the name and the folder.\n"),
        (
            ["--clinic-name", "Praxis \u202eevil"],
            2,
            "Error: --clinic-name: character 8 is U+202E (right-to-left override), which cannot be printed\n"
            "Type the text anew, without pasting.\n",
        ),
        (
            ["--phone", "12\a3"],
            2,
            "Error: --phone: character 3 is U+0007 (a control character), which cannot be printed\n"
            "Type the text anew, without pasting.\n",
        ),
        (["--clinic-name", "x" * 201], 2, "Error: --clinic-name: 201 characters, 200 fit\nShorten it.\n"),
        (
            ["--clinic-name", "Happy 😀 Clinic"],
            2,
            "Error: --clinic-name: no shipped font has '😀' (U+1F600, character 7)\n"
            "Write it in another script, or leave it out.\n",
        ),
        (
            ["--output", "nowhere/sheet.pdf"],
            6,
            "Error: nowhere/sheet.pdf: cannot be written: no such file or directory\n"
            "Make the folder first, or choose another one.\n",
        ),
        (["--output", "."], 6, "Error: .: is a folder\nName a file, such as handout-en.pdf.\n"),
    ],
)
def test_a_wrong_value_is_told_in_a_sentence(
    run: Run, tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    result = run("--lang", "en", *arguments)

    assert (result.code, result.stdout) == (code, "")
    assert message == result.stderr.replace(NO_COUNTRY, "").replace(UNREVIEWED, "")
    assert os.listdir(tmp_path) == []


def test_a_mistyped_command_is_told(run: Run) -> None:
    result = run("chek")

    assert result.code == 2
    assert "No such command 'chek'." in result.stderr


def test_options_before_a_command_are_told_to_come_after_it(run: Run) -> None:
    result = run("--country", "US", "batch", "patients.csv")

    assert result.code == 2
    assert "batch comes first, and its options after it: make-handout batch ..." in result.stderr


def test_a_name_without_quotes_is_told_without_the_name(run: Run) -> None:
    result = run("--patient", "Ann", "Smith")

    assert result.code == 2
    assert "Put a value of two words into quotes" in result.stderr
    assert "Smith" not in result.stderr


def test_an_unknown_option_is_told(run: Run) -> None:
    result = run("--logos", "x.png")

    assert result.code == 2
    assert "No such option" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith("Usage: make-handout [OPTIONS]\n")  # no command was named

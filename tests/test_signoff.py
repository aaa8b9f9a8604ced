"""A sign-off holds for exactly the content that was read, and for nothing else."""

import datetime
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gluterelief_pdf import handout, signoff
from gluterelief_pdf.model import Clinic, Signoff
from gluterelief_pdf.resources import shipped
from gluterelief_pdf.tables import Content
from tests.conftest import Run
from tests.overriding import own
from tests.reading import Reading

DAY = datetime.date(2026, 11, 25)
CLINIC = 'name = "Riverside"  # ours\ncountry = "US"\noverrides = "own"\n'


@pytest.fixture
def signed(run: Run, tmp_path: Path) -> Path:
    """A folder whose clinic has signed the English content off."""
    (tmp_path / "own").mkdir()
    (tmp_path / "clinic.toml").write_text(CLINIC, encoding="utf-8")
    result = run("review", "--by", "Ada Moss, physical therapist", "--yes")
    assert result.code == 0, result.stderr
    assert result.stdout.startswith("clinic.toml: en signed off by Ada Moss, physical therapist on ")
    return tmp_path


def test_a_signed_sheet_says_who_reviewed_it_and_warns_of_nothing(run: Run, signed: Path) -> None:
    result = run("--lang", "en", "-o", "-")

    assert result.stderr == ""
    assert Reading(result.raw).says("Reviewed by Ada Moss, physical therapist on ")
    assert (signed / "clinic.toml").read_text(encoding="utf-8").startswith(CLINIC)


def word(folder: Path) -> None:
    own(folder, "words/en.toml", '[prevention]\ntitle = "Stay well"\n')


def dose(folder: Path) -> None:
    own(folder, "facts.toml", "[technique.pigeon.dose.hold]\nvalue = 20\n")


def figure(folder: Path) -> None:
    drawn = (shipped("content") / "illustrations" / "walk.svg").read_text(encoding="utf-8")
    own(folder, "illustrations/walk.svg", drawn.replace("2.4", "2.5", 1))


def template(folder: Path) -> None:
    own(folder, "templates/partials/what.html", "<p>{{ t.what.text[0] }}</p>\n")


def line(folder: Path) -> None:
    path = folder / "clinic.toml"
    path.write_text('opening = "Hello."\n' + path.read_text(encoding="utf-8"), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (word, "words prevention"),
        (dose, "facts technique.pigeon"),
        (figure, "figure walk"),
        (template, "template partials/what.html"),
        (line, "the clinic's own lines"),
    ],
)
def test_any_change_of_what_patients_read_makes_it_stale(
    run: Run, signed: Path, change: Callable[[Path], None], says: str
) -> None:
    change(signed)

    result = run("--lang", "en", "-o", "-")

    assert result.code == 0, result.stderr
    assert f"no longer holds; changed since: {says}; have it read again" in result.stderr
    assert not Reading(result.raw).says("Reviewed by")


@pytest.mark.usefixtures("signed")
def test_the_phone_number_name_and_colour_do_not_count(run: Run) -> None:
    result = run("--phone", "555-0199", "--clinic-name", "Other", "--colour", "#0b5394", "-o", "-")

    assert result.stderr == ""
    assert Reading(result.raw).says("Reviewed by")


def test_a_new_review_takes_the_place_of_the_old_one(run: Run, signed: Path) -> None:
    word(signed)

    assert run("review", "--by", "Bo Lind", "--on", "2026-11-01", "--yes").code == 0

    text = (signed / "clinic.toml").read_text(encoding="utf-8")
    assert text.count("[[signoff]]") == 1
    assert run("--lang", "en", "-o", "-").stderr == ""


def record(on: datetime.date) -> tuple[Signoff, dict[str, str]]:
    parts = signoff.parts(Content.of(), "en", shipped("templates"), Clinic())
    return Signoff("en", "Ada", on, signoff.digest(parts), signoff.short(parts)), parts


def test_after_two_years_the_clinic_is_told_and_the_line_stays() -> None:
    old, parts = record(datetime.date(2024, 11, 25))

    assert signoff.state([old], "en", parts, DAY).warning == ""
    late = signoff.state([old], "en", parts, DAY + datetime.timedelta(days=1))
    assert late.valid == old
    assert late.warning == "the sign-off of 2024-11-25 is over 24 months old; have the content read again"


def test_a_sign_off_of_one_language_is_none_of_another() -> None:
    signed, parts = record(DAY)

    assert signoff.state([replace(signed, language="es")], "en", parts, DAY).valid is None


def test_the_digest_is_the_same_each_time() -> None:
    assert record(DAY)[0].digest == record(DAY)[0].digest


def test_the_one_who_reviews_sees_every_word(run: Run) -> None:
    shown = run("review")

    assert shown.code == 0
    assert shown.stdout.strip() == handout.everything("en", Clinic(), Content.of()).strip()
    for key in ("caution.nerve at fingers", "technique.pigeon.dose", "safety.do-not.clot", "figure.anatomy.alt"):
        assert key in shown.stdout
    assert "{" not in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--by", "Ada", "--yes"], 4, "Error: there is no clinic.toml to write to\nMake one with: make-handout init\n"),
        (["--lang", "xx"], 2, "Error: --lang: no words in 'xx'\nThere is: "),
    ],
)
def test_a_review_that_cannot_be_recorded_says_why(run: Run, arguments: list[str], code: int, message: str) -> None:
    result = run("review", *arguments)

    assert result.code == code
    assert result.stderr.startswith(message)


def test_a_review_of_a_day_to_come_and_one_nobody_agrees_to_are_not_recorded(run: Run, signed: Path) -> None:
    before = (signed / "clinic.toml").read_bytes()

    future = run("review", "--by", "Ada", "--on", "2999-01-01", "--yes")
    silent = run("review", "--by", "Ada")

    assert (future.code, silent.code) == (2, 130)
    assert (signed / "clinic.toml").read_bytes() == before

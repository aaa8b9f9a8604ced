"""What a letter says: in the patient's language, and nothing of the patient."""

import email
import re
from email import policy
from pathlib import Path

import pytest

from gluterelief_pdf import compose, handout, words
from gluterelief_pdf.letters import Address
from gluterelief_pdf.model import Choice, Clinic, Patient
from gluterelief_pdf.tables import Content
from tests.conftest import Run
from tests.letters import WHEN, finished

CLINIC = Clinic(name="Riverside Physical Therapy", phone="555-0100")
PATIENT = Patient(name="Ann Lee", clinician="Ada Moss", note="Start with the wall.")


@pytest.mark.parametrize("tag", words.languages(Content.of()))
def test_a_letter_is_in_the_patients_language_and_says_nothing_of_the_patient(tag: str) -> None:
    sheet = handout.fill(tag, CLINIC, patient=PATIENT)
    made = compose.letter(sheet, b"%PDF-1.7", Address("ann@home.example"), row=3)

    read = email.message_from_bytes(finished(made), policy=policy.default)
    _, _, text, html, _ = read.walk()
    body = re.sub(r"<[^>]*>", "", html.get_content())
    assert f'<html lang="{tag}" dir="{sheet.language.direction}">' in html.get_content()
    for sentence in (
        sheet.texts.mail.greeting,
        *sheet.texts.mail.text,
        sheet.texts.mail.closing,
        sheet.texts.help.contact,
    ):
        assert sentence in text.get_content()
        assert sentence in body.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
    assert sheet.texts.mail.locked not in text.get_content()
    assert "Riverside Physical Therapy" in read["Subject"]
    assert read.get_all("To") == ["ann@home.example"]
    for private in ("Ann", "Moss", "wall", "trigger", "glute", "muscle", "pain", "buttock"):
        assert private not in str(read["Subject"]) + text.get_content() + made.attachment
    assert "{" not in text.get_content() + made.subject


def test_a_bilingual_sheet_has_a_letter_in_both_languages() -> None:
    sheet = handout.fill("ar", CLINIC, beside="es")

    made = compose.letter(sheet, b"%PDF", Address("ann@home.example"), locked=True)

    assert '<div lang="ar" dir="rtl"' in made.html
    assert '<div lang="es" dir="ltr"' in made.html
    assert made.text.count("\n---\n") == 1
    assert "Centro de fisioterapia" not in made.subject
    assert sheet.texts.mail.locked.twin in made.text


def test_the_same_letter_has_the_same_key_and_another_one_has_not() -> None:
    def key(*, to: str = "ann@home.example", patient: Patient = PATIENT, **more: object) -> str:
        fill = {name: value for name, value in more.items() if name in ("edition", "choice")}
        ids = {name: value for name, value in more.items() if name not in fill}
        return compose.key(handout.fill("en", CLINIC, patient=patient, **fill), Address(to), **ids)  # type: ignore[arg-type]

    tomorrow = Patient(PATIENT.name, PATIENT.clinician, WHEN.date(), PATIENT.note)
    assert key() == key(patient=tomorrow) == key(to="Ann@home.example")
    others = [
        key(),
        key(to="bob@home.example"),
        key(patient=Patient("Bob")),
        key(edition="large-print"),
        key(choice=Choice(techniques=("ball",))),
        key(choice=Choice(doses=("ball.hold=45s",))),
        key(batch="a.csv", id="1"),
        key(batch="b.csv", id="1"),
        key(batch="a.csv", id="2"),
    ]
    assert len(set(others)) == len(others)
    assert key(batch="a.csv", id="1") == key(batch="a.csv", id="1", patient=Patient("Ann Leigh"))


def test_a_clinics_own_letter_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "own/templates/mail"
    own.mkdir(parents=True)
    (own / "letter.txt").write_text("{% include 'shipped/letter.txt' %}{{ clinic.phone }}!\n", encoding="utf-8")

    made = compose.letter(handout.fill("en", CLINIC, content=Content.of(tmp_path / "own")), b"", Address("a@b.example"))

    assert made.text.endswith("555-0100!\n")
    assert made.html.startswith("<!DOCTYPE html>")


def test_a_draft_is_one_command(run: Run, tmp_path: Path) -> None:
    result = run("draft", "--to", "ann@home.example", "--clinic-name", "Riverside", "--email", "desk@riverside.example",
                 "--patient", "Ann Lee", "--country", "US")  # fmt: skip

    assert (result.code, result.stdout) == (0, "draft-en.eml\n"), result.stderr
    read = email.message_from_bytes((tmp_path / "draft-en.eml").read_bytes(), policy=policy.default)
    assert read["From"] == "Riverside <desk@riverside.example>"
    assert read["Subject"] == "Information from Riverside"
    *_, sheet = read.walk()
    assert sheet.get_content().startswith(b"%PDF-1.7")
    assert "Ann" not in str(read["Subject"]) + str(read["To"]) + (sheet.get_filename() or "")
    assert "ann@" not in result.stderr


def test_a_draft_to_no_address_is_refused(run: Run, tmp_path: Path) -> None:
    result = run("draft", "--to", "ann@home")

    hint = "It should look like name@clinic.example: one address, no spaces, no commas, no name before it.\n"
    assert (result.code, result.stderr) == (2, f"Error: --to: is not an e-mail address\n{hint}")
    assert list(tmp_path.iterdir()) == []


def test_a_draft_from_an_address_that_few_servers_take_is_refused(run: Run, tmp_path: Path) -> None:
    result = run("draft", "--to", "ann@home.example", "--email", "jörg@riverside.example")

    told = "Error: --email: has letters before the @ that are not ASCII\nWrite from another address.\n"
    assert (result.code, result.stderr) == (2, told)
    assert list(tmp_path.iterdir()) == []

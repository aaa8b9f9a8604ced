"""A letter as bytes: it arrives as it was written, says nothing of the patient, and nobody can write headers into it."""

import email
import random
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from pathlib import Path

import pytest

from gluterelief_pdf import addresses, compose, handout, mail, words
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.letters import Address, Letter, Sender
from gluterelief_pdf.model import Choice, Clinic, Patient
from gluterelief_pdf.tables import Content
from tests.conftest import Run

WHEN = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
DESK = Sender(Address("desk@riverside.example"), "Riverside Physical Therapy")


def letter(**changes: object) -> Letter:
    """A letter like any other."""
    usual = {
        "row": 7,
        "to": Address("ann@home.example"),
        "language": "en",
        "subject": "Information from Riverside Physical Therapy",
        "text": "Hello.\n.\nA line that is a dot.\n",
        "html": "<p>Hello.</p>\n",
        "pdf": bytes(range(256)) * 40,
        "attachment": "handout-en.pdf",
        "key": "0123456789abcdef" * 4,
        "consent": True,
    }
    return Letter(**{**usual, **changes})  # type: ignore[arg-type]


def finished(each: Letter, sender: Sender = DESK) -> bytes:
    return mail.finished(each, sender, message_id="<1@riverside.example>", date=WHEN)


def header(raw: bytes, name: str) -> str:
    """Take a header out of a message by hand, unfolded (RFC 5322, 2.2.3)."""
    head = raw.partition(b"\r\n\r\n")[0].decode("utf-8")
    found = re.findall(rf"(?mi)^{name}: ?((?:.*\r\n[ \t])*.*)$", head + "\r\n")
    assert len(found) == 1, found
    return str(found[0]).rstrip("\r").replace("\r\n", "")


def test_a_message_holds_both_bodies_and_the_sheet_as_they_were() -> None:
    raw = finished(letter())

    read = email.message_from_bytes(raw, policy=policy.default)
    assert [part.get_content_type() for part in read.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
    ]
    *_, text, html, sheet = read.walk()
    assert [part.get_content().replace("\r\n", "\n") for part in (text, html)] == [letter().text, letter().html]
    assert sheet.get_content() == letter().pdf
    assert sheet.get_filename() == "handout-en.pdf"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Content-Language"] == "en"
    assert read["Date"].datetime == WHEN
    assert [str(read[name]) for name in ("Cc", "Bcc", "X-Unsent")] == ["None"] * 3
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) < 100
    assert raw.isascii()


def test_a_draft_has_no_date_and_no_id_and_is_the_same_file_each_time() -> None:
    raw = mail.draft(letter(), DESK)

    read = email.message_from_bytes(raw)
    assert read["X-Unsent"] == "1"
    assert {read[name] for name in ("Date", "Message-ID", "Auto-Submitted")} == {None}
    assert raw == mail.draft(letter(), DESK)
    assert mail.draft_name(letter()) == "0007-handout-en.eml"


def test_a_draft_of_a_clinic_without_an_address_is_from_whoever_opens_it() -> None:
    assert email.message_from_bytes(mail.draft(letter(), None))["From"] is None


ALPHABETS = (
    "abc ABC 019 .,-'&()\"\\<>@:;=?_",
    "äöüßéèêëçñłóźżćšžøåæ",
    "абвгґєїжийыъ",
    "عربيفارسیكگپچ\u200c",
    "हिन्दीकक्षा\u200d",
    "中文简体繁體日本語かなカナ한국어",
    "ตัวอย่าง",
    "אבגדה",
    "😀🏥👩‍⚕️",
    "=?utf-8?q?x?= =?b?",
)


def texts(count: int) -> list[str]:
    chance = random.Random(8)
    return [
        " ".join(
            "".join(chance.choice(chance.choice(ALPHABETS)) for _ in range(chance.randint(1, 25)))
            for _ in range(chance.randint(1, 8))
        ).strip()
        for _ in range(count)
    ]


def perl(headers: list[str]) -> list[str]:
    """Decode headers with Perl's Encode, which shares nothing with Python's e-mail package."""
    code = 'use Encode; binmode STDOUT, ":utf8"; while (<STDIN>) { chomp; print decode("MIME-Header", $_), "\\n" }'
    done = subprocess.run(
        ["perl", "-e", code], input="\n".join(headers) + "\n", capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.split("\n")[:-1]


def test_two_thousand_subjects_and_names_in_many_scripts_arrive_as_written() -> None:
    written = texts(2000)
    raws = [finished(letter(subject=text, pdf=b""), Sender(DESK.address, text)) for text in written]

    subjects = [header(raw, "Subject") for raw in raws]
    senders = [header(raw, "From") for raw in raws]
    names = [re.fullmatch(r"(.*) <desk@riverside\.example>", sender) for sender in senders]
    assert all(names)
    unquoted = [
        re.sub(r"\\(.)", r"\1", name[1][1:-1]) if name[1].startswith('"') else name[1] for name in names if name
    ]

    assert perl(subjects) == written
    assert perl(unquoted) == written
    assert [str(make_header(decode_header(subject))) for subject in subjects] == written
    for raw in raws:
        assert {
            line.partition(b":")[0] for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n") if line[:1] > b" "
        } == {
            *(b"From", b"To", b"Subject", b"MIME-Version", b"Content-Type", b"Date", b"Message-ID"),
            *(b"Auto-Submitted", b"Content-Language"),
        }


def test_the_test_would_see_what_the_standard_library_damages() -> None:
    """The fault planted: the same texts, folded by `email` itself."""
    from email.message import EmailMessage

    written = texts(400)
    headers = []
    for text in written:
        message = EmailMessage(policy=policy.SMTP)
        message["Subject"] = text
        message.set_content("x")
        headers.append(header(message.as_bytes(), "Subject"))

    assert perl(headers) != written


BREAKS = ("\r\nBcc: eve@evil.example", "\nBcc: eve@evil.example", "\r", "\0", "\u2028x", "\x85x", "\ud800", "\x1b[2J")
PLACES: dict[str, Callable[[str], object]] = {
    "subject": lambda text: finished(letter(subject=f"Hello{text}")),
    "from": lambda text: finished(letter(), Sender(DESK.address, f"Clinic{text}")),
    "address": lambda text: finished(letter(to=Address(f"ann@home.example{text}"))),
    "reply-to": lambda text: finished(letter(), Sender(DESK.address, "", Address(f"desk@x.example{text}"))),
    "attachment": lambda text: finished(letter(attachment=f"handout{text}.pdf")),
    "language": lambda text: finished(letter(language=f"en{text}")),
}


@pytest.mark.parametrize("place", PLACES)
def test_nobody_writes_a_header_through_a_field(place: str) -> None:
    for text in BREAKS:
        with pytest.raises(OptionError) as refused:
            PLACES[place](text)

        assert str(refused.value).startswith(f"row 7: {place}: ")
        assert "eve" not in str(refused.value)


def test_an_encoded_line_break_stays_the_text_that_it_is() -> None:
    text = "Clinic =?utf-8?q?=0A?=Bcc: eve@evil.example"

    raw = finished(letter(subject=text), Sender(DESK.address, text))

    assert b"\nBcc" not in raw
    assert perl([header(raw, "Subject")]) == [text]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ann@home.example", "ann@home.example"),
        (" ann@Home.Example ", "ann@home.example"),
        ("ann@münchen.example", "ann@xn--mnchen-3ya.example"),
        ("jörg@münchen.example", "jörg@xn--mnchen-3ya.example"),
    ],
)
def test_a_domain_in_any_script_becomes_ascii(written: str, read: str) -> None:
    assert addresses.read("row 7: email", written) == Address(read)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ann",
        "ann@home",
        "Ann Lee <ann@home.example>",
        "ann@home.example, bob@home.example",
        "ann@home.example\r\nBcc: eve@evil.example",
        "ann@home.example\n",
        "ann @home.example",
        "ann@home..example",
        "<ann@home.example> SIZE=1",
        "ann@[127.0.0.1]",
        f"{'a' * 300}@home.example",
        "ann\u202e@home.example",
    ],
)
def test_what_is_no_single_address_is_refused_without_being_repeated(written: str) -> None:
    with pytest.raises(OptionError) as refused:
        addresses.read("row 7: email", written)

    assert str(refused.value) == "row 7: email: is not an e-mail address"


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


def test_what_parts_a_message_tells_nothing_that_names_could_be_tried_against() -> None:
    """Behind a password nobody else can read the sheet; the letter's key is made from whose it is and what is on it."""
    key = "fedcba9876543210" * 4

    assert mail.draft(letter(key=key), DESK) == mail.draft(letter(), DESK)
    assert mail.draft(letter(pdf=b"another"), DESK).split(b"\r\n")[4] != mail.draft(letter(), DESK).split(b"\r\n")[4]

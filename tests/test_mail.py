"""A letter as bytes: it arrives as it was written, says nothing of the patient, and nobody can write headers into it."""

import base64
import email
import random
import re
import subprocess
from collections.abc import Callable
from email import policy
from email.header import decode_header, make_header

import pytest

from gluterelief_pdf import addresses, mail
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.letters import Address, Sender
from tests.letters import DESK, WHEN, finished, header, letter


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


def test_the_test_would_see_spaces_that_get_lost() -> None:
    """The fault planted: each word encoded by itself, as Python did before 3.14. Between encoded words no space counts."""
    written = texts(400)
    headers = []
    for text in written:
        words_apart = (base64.b64encode(word.encode()).decode() for word in text.split(" "))
        headers.append(" ".join(f"=?utf-8?b?{word}?=" for word in words_apart))

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


def test_what_parts_a_message_tells_nothing_that_names_could_be_tried_against() -> None:
    """Behind a password nobody else can read the sheet; the letter's key is made from whose it is and what is on it."""
    key = "fedcba9876543210" * 4

    assert mail.draft(letter(key=key), DESK) == mail.draft(letter(), DESK)
    assert mail.draft(letter(pdf=b"another"), DESK).split(b"\r\n")[4] != mail.draft(letter(), DESK).split(b"\r\n")[4]

"""A letter like any other, and what becomes of it: what the tests of e-mail share."""

import re
from datetime import UTC, datetime

from gluterelief_pdf import mail
from gluterelief_pdf.letters import Address, Letter, Sender

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

"""One letter → the bytes of one e-mail.

Subject and sender's name are folded here and not by `email`, which damages up to a tenth of them in other scripts
than Latin (cpython #92081, #121747, #144156) and lets an encoded newline become a header of its own (CVE-2024-6923).
"""

import base64
import hashlib
import unicodedata
from datetime import datetime
from email.header import Header
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.letters import Address, Letter, Sender

POLICY = SMTP.clone(refold_source="none")  # headers are folded here
LINE = 76  # characters of a header line, its name included (RFC 5322, 2.1.1: under 78)
BREAKING = ("Cc", "Cs", "Zl", "Zp")  # Unicode categories that end a line, or that no charset can write
MOSTLY_ASCII = 0.8  # above it quoted-printable is shorter, and readable in the source


def draft(letter: Letter, sender: Sender | None) -> bytes:
    """Write a draft that a mail program opens for somebody to look at and send: no date, no id, not yet sent."""
    message = _message(letter, sender)
    message["X-Unsent"] = "1"
    return _serialise(message, letter)


def finished(letter: Letter, sender: Sender, *, message_id: str, date: datetime) -> bytes:
    """Write the message as a server gets it."""
    message = _message(letter, sender)
    message["Date"] = format_datetime(date)
    message.set_raw("Message-ID", message_id)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office notes, please
    return _serialise(message, letter)


def draft_name(letter: Letter) -> str:
    """Name a draft's file in a folder of many: by its row, never by the patient."""
    return f"{letter.row:04d}-{letter.attachment.removesuffix('.pdf')}.eml"


def _message(letter: Letter, sender: Sender | None) -> EmailMessage:
    message = EmailMessage(policy=POLICY)
    where = f"row {letter.row}"
    if sender:
        _name(message, "From", sender.name, sender.address, where)
        if sender.reply_to:
            message.set_raw("Reply-To", _clean(sender.reply_to.text, f"{where}: reply-to"))
    message.set_raw("To", _clean(letter.to.text, f"{where}: address"))
    _text(message, "Subject", letter.subject, where)
    message["MIME-Version"] = "1.0"
    boundary = _boundary(letter)
    message.set_raw("Content-Type", f'multipart/mixed; boundary="=_{boundary}-mixed"')
    bodies = MIMEPart(policy=POLICY)
    bodies.set_raw("Content-Type", f'multipart/alternative; boundary="=_{boundary}-bodies"')
    bodies.set_payload([_body("plain", letter.text), _body("html", letter.html)])
    message.set_payload([bodies, _attachment(letter, where)])
    return message


def _boundary(letter: Letter) -> str:
    """Give what parts a message, made from what it parts: the same for a draft made twice, and never within it.

    It tells nothing that the message does not: the letter's key is made from names, which could be tried against it.
    """
    whole = b"".join((letter.text.encode(), letter.html.encode(), letter.pdf))
    return hashlib.sha256(whole).hexdigest()[:32]


def _body(kind: str, text: str) -> MIMEPart:
    part = MIMEPart(policy=POLICY)
    ascii_letters = sum(character.isascii() for character in text)
    encoding = "quoted-printable" if ascii_letters > MOSTLY_ASCII * len(text) else "base64"
    part.set_content(text, subtype=kind, charset="utf-8", cte=encoding)
    del part["MIME-Version"]
    return part


def _attachment(letter: Letter, where: str) -> MIMEPart:
    if not letter.attachment.isascii():
        raise OptionError(f"{where}: attachment: its name is not ASCII", hint="Outlook would show it without a name.")
    name = _clean(letter.attachment, f"{where}: attachment").replace("\\", "_").replace('"', "_")
    part = MIMEPart(policy=POLICY)
    part.set_raw("Content-Type", f'application/pdf; name="{name}"')
    part.set_raw("Content-Transfer-Encoding", "base64")
    part.set_raw("Content-Disposition", f'attachment; filename="{name}"')
    part.set_payload(base64.encodebytes(letter.pdf).decode("ascii"))
    return part


def _serialise(message: EmailMessage, letter: Letter) -> bytes:
    message.set_raw("Content-Language", _clean(letter.language, f"row {letter.row}: language"))
    return message.as_bytes(policy=POLICY.clone(utf8=letter.to.utf8))


def _text(message: EmailMessage, header: str, text: str, where: str) -> None:
    _clean(text, f"{where}: {header.lower()}")
    plain = text.isascii() and "=?" not in text and len(header) + 2 + len(text) <= LINE
    message.set_raw(header, text if plain else _encoded(header, text))


def _name(message: EmailMessage, header: str, name: str, address: Address, where: str) -> None:
    _clean(address.text, f"{where}: {header.lower()}")
    _clean(name, f"{where}: {header.lower()}")
    whole = formataddr((name, address.text)) if name.isascii() and "=?" not in name else ""
    if name and not (whole and len(header) + 2 + len(whole) <= LINE):
        whole = f"{_encoded(header, name)}\r\n <{address.text}>"
    message.set_raw(header, whole if name else address.text)


def _encoded(header: str, text: str) -> str:
    return Header(text, "utf-8", header_name=header, maxlinelen=LINE).encode(linesep="\r\n")


def _clean(text: str, where: str) -> str:
    """Refuse what could end a header line: whoever writes a name or an address writes no headers.

    Raises:
        OptionError: with the place of the character, never with the text.
    """
    for place, character in enumerate(text, start=1):
        if unicodedata.category(character) in BREAKING:
            message = f"{where}: character {place} is U+{ord(character):04X}, which cannot stand in an e-mail"
            raise OptionError(message, hint="Type the text anew, without pasting.")
    return text

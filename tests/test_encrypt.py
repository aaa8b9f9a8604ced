"""A sheet behind a password: it opens with it, stays accessible, and the password is never mailed."""

import email
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from gluterelief_pdf import encrypt
from gluterelief_pdf.errors import OptionError
from tests.conftest import Made, Run
from tests.reading import Reading
from tests.verapdf import failures

PASSWORD = "three blue wheels"


def test_a_locked_sheet_opens_in_poppler_with_the_password_only(letter: Made, tmp_path: Path) -> None:
    locked = tmp_path / "locked.pdf"
    locked.write_bytes(encrypt.lock(letter.pdf, PASSWORD))

    def poppler(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*arguments], capture_output=True, text=True, check=False)

    refused = poppler("pdfinfo", str(locked))
    told = poppler("pdfinfo", "-upw", PASSWORD, str(locked))
    text = poppler("pdftotext", "-upw", PASSWORD, str(locked), "-")
    assert (refused.returncode, "Incorrect password" in refused.stderr) == (1, True)
    assert told.returncode == 0
    assert "Tagged:          yes" in told.stdout
    assert "PDF version:     1.7" in told.stdout
    assert "Encrypted:       yes (print:yes copy:yes change:yes addNotes:yes algorithm:AES-256)" in told.stdout
    assert "trigger point" in text.stdout


def test_a_locked_sheet_keeps_tags_language_and_the_right_to_be_read_aloud(letter: Made) -> None:
    locked = encrypt.lock(letter.pdf, PASSWORD)

    assert locked.startswith(b"%PDF-1.7")
    assert b"trigger" not in locked
    reader = PdfReader(io.BytesIO(locked))
    assert reader.is_encrypted
    assert reader.decrypt(PASSWORD)
    root = reader.root_object
    assert str(root["/Lang"]) == "en"
    assert root.raw_get("/MarkInfo").get_object()["/Marked"]
    assert root.raw_get("/StructTreeRoot").get_object()["/K"]
    assert reader.user_access_permissions
    assert reader.user_access_permissions.EXTRACT_TEXT_AND_GRAPHICS in reader.user_access_permissions
    assert Reading(decrypted(locked)).pages == letter.reading.pages


def decrypted(locked: bytes, password: str = PASSWORD) -> bytes:
    """Take the password off with pypdf, as whoever wants a copy without one would."""
    from pypdf import PdfWriter

    reader = PdfReader(io.BytesIO(locked))
    reader.decrypt(password)
    writer = PdfWriter(clone_from=reader)
    writer.pdf_header = "%PDF-1.7"
    opened = io.BytesIO()
    writer.write(opened)
    return opened.getvalue()


@pytest.mark.matrix
def test_a_sheet_passes_verapdf_once_the_password_is_off(letter: Made, a4: Made, tmp_path: Path) -> None:
    files = []
    for name, made in {"letter": letter, "a4": a4}.items():
        files.append(tmp_path / f"{name}.pdf")
        files[-1].write_bytes(decrypted(encrypt.lock(made.pdf, PASSWORD)))

    assert failures(files) == {"letter.pdf": [], "a4.pdf": []}


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "should have 8 to 64 characters"),
        ("short", "should have 8 to 64 characters"),
        ("x" * 65, "should have 8 to 64 characters"),
        ("geheimes wört", "has a character that cannot be typed everywhere"),
        ("12.03.1958", "has only digits"),
        ("with a\ttab", "has a character that cannot be typed everywhere"),
        (" leading blank", "has a character that cannot be typed everywhere"),
    ],
)
def test_a_password_that_is_weak_or_cannot_be_typed_is_refused_without_being_repeated(password: str, why: str) -> None:
    with pytest.raises(OptionError) as refused:
        encrypt.check("the password", password)

    assert str(refused.value) == f"the password: {why}"


def test_a_draft_with_a_locked_sheet_says_so_and_does_not_hold_the_password(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gluterelief_pdf", "draft", "--to", "ann@home.example", "--encrypt"]

    done = subprocess.run(
        [*command, "--technique", "ball"],
        cwd=tmp_path,
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path)},
        input=f"{PASSWORD}\n",
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "draft-en.eml\n"), done.stderr
    raw = (tmp_path / "draft-en.eml").read_bytes()
    _, _, text, html, sheet = email.message_from_bytes(raw).walk()
    for body in (text, html):
        content = body.get_payload(decode=True)
        assert isinstance(content, bytes)
        assert b"The file asks for a password. We give it to you another way, never by e-mail." in content
        assert PASSWORD.encode() not in content
    locked = sheet.get_payload(decode=True)
    assert isinstance(locked, bytes)
    assert PdfReader(io.BytesIO(locked)).decrypt(PASSWORD)
    assert PASSWORD not in raw.decode() + done.stdout + done.stderr


def test_a_weak_password_is_refused_before_anything_is_made(run: Run, tmp_path: Path) -> None:
    result = run("draft", "--to", "ann@home.example", "--encrypt")

    assert result.code == 2
    assert result.stderr.startswith("Error: the password: should have 8 to 64 characters\n")
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_it_is_said_how_to_install_it(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['cryptography'] = None\n"
        "from gluterelief_pdf.cli import main\nmain(['draft', '--to', 'a@b.example', '--encrypt'])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False, input="x\n"
    )

    assert (done.returncode, done.stderr) == (
        5,
        "Error: --encrypt: the library that encrypts is not installed\n"
        'Install it with: pip install "gluterelief-pdf[encrypt]"\n',
    )

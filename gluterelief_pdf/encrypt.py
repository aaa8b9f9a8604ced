"""A finished PDF → the same one behind a password. Tags, language and what screen readers need stay as they are."""

import io

from gluterelief_pdf.errors import OptionError, RenderError

ALGORITHM = "AES-256"  # ISO 32000-2, revision 6
HEADER = "%PDF-1.7"  # pypdf would write 1.3, which knows neither tags nor this encryption
SHORTEST, LONGEST = 8, 64


def check(where: str, password: str) -> None:
    """Refuse a password that a telephone can't type, or that is soon guessed.

    Raises:
        OptionError: with no part of it.
    """
    if not password.isascii() or not password.isprintable() or password != password.strip():
        hint = "Use letters without accents, digits and signs; another keyboard may have no others."
        raise OptionError(f"{where}: has a character that cannot be typed everywhere", hint=hint)
    if not SHORTEST <= len(password) <= LONGEST:
        raise OptionError(f"{where}: should have {SHORTEST} to {LONGEST} characters", hint="Choose another one.")
    if password.replace(".", "").replace("-", "").replace("/", "").isdigit():
        hint = "A date of birth is known to many. Use three words, or letters and digits."
        raise OptionError(f"{where}: has only digits", hint=hint)


def available() -> None:
    """Make sure that the library is here.

    Raises:
        RenderError: if it is not.
    """
    try:
        import cryptography  # noqa: F401
        import pypdf  # noqa: F401
    except ImportError:
        hint = 'Install it with: pip install "gluterelief-pdf[encrypt]"'
        raise RenderError("--encrypt: the library that encrypts is not installed", hint=hint) from None


def opens(pdf: bytes, password: str) -> bool:
    """Tell whether a password opens a PDF. The file itself is all that is ever kept of a password."""
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(pdf))
        return reader.is_encrypted and reader.decrypt(password) is not PasswordType.NOT_DECRYPTED
    except PyPdfError:
        return False


def lock(pdf: bytes, password: str) -> bytes:
    """Put a PDF behind a password.

    Raises:
        RenderError: if the library is missing.
    """
    available()
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.pdf_header = HEADER
    writer.encrypt(password, algorithm=ALGORITHM)  # all permissions: without the tenth bit no screen reader may read it
    result = io.BytesIO()
    writer.write(result)
    return result.getvalue()

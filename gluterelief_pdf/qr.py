"""A web address → a QR code, drawn as SVG."""

from gluterelief_pdf.errors import OptionError

QUIET_ZONE = 4  # modules, ISO/IEC 18004
LONGEST = 300  # characters; more would need modules too small for a phone at arm's length


def check(option: str, address: str) -> str:
    """Make sure that an address is one of the web, and short enough.

    Raises:
        OptionError: if it is not.
    """
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        host = parts.hostname or ""
    except ValueError:  # brackets that are not closed
        host = ""
    readable = address.isprintable() and " " not in address  # urlsplit drops line breaks without a word
    if not readable or "." not in host or parts.scheme not in ("http", "https"):
        raise OptionError(f"{option}: is not a web address", hint="Write it as https://clinic.example/book.")
    if len(address) > LONGEST:
        raise OptionError(f"{option}: {len(address)} characters, {LONGEST} fit", hint="Use a shorter address.")
    return address


def code(address: str) -> str:
    """Draw the code as a data URL; medium error correction, so that a crease does no harm."""
    import segno

    full = address if "://" in address else f"https://{address}"
    made = segno.make(full, error="m", micro=False)
    return str(made.svg_data_uri(border=QUIET_ZONE, dark="#000", light="#fff", xmldecl=False, scale=1, omitsize=True))

"""Where a cluster is, and whether it is safe to go there. Nothing is asked of the network."""

import importlib.util
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from gluterelief_pdf import infile
from gluterelief_pdf.errors import OptionError, RenderError
from gluterelief_pdf.letters import LOOPBACK

FILES = ("--cluster-ca", "--cluster-cert", "--cluster-key")


@dataclass(frozen=True, slots=True)
class Site:
    """A scheduler, and with TLS the files by which it and we know each other: authority, our certificate, its key."""

    address: str
    files: tuple[Path, Path, Path] | None
    note: str = ""  # what the clinic should know of this way

    @classmethod
    def of(cls, address: str, *given: Path | None) -> "Site":
        """Check an address, and the three files.

        Raises:
            OptionError: if one of them is wrong, or one is there without the others.
            RenderError: if Dask is not installed.
        """
        parts = _parts(address)
        if importlib.util.find_spec("distributed") is None:
            hint = 'Install it with: pip install "gluterelief-pdf[cluster]"'
            raise RenderError("--cluster: the library that speaks to clusters is not installed", hint=hint)
        if parts.scheme == "tls":
            missing = ", ".join(option for option, path in zip(FILES, given, strict=True) if path is None)
            if missing:
                what = f"--cluster: tls:// needs {missing} too, or anybody could answer and read the patients' rows"
                raise OptionError(what, hint="Name all three files.")
            authority, certificate, key = (path for path in given if path)
            _check(authority, certificate, key)
            return cls(address, (authority, certificate, key))
        if any(given):
            hint = "Write tls:// in place of tcp://, or leave the certificates out."
            raise OptionError("--cluster: tcp:// goes without certificates, in the clear", hint=hint)
        note = "--cluster: with tcp:// the patients' rows and sheets cross the network in the clear; tls:// hides them"
        return cls(address, None, "" if parts.hostname in LOOPBACK else note)


def _parts(address: str) -> SplitResult:
    hint = "Write it as tls://scheduler:8786."
    try:
        parts = urlsplit(address)
        whole = parts.hostname and parts.port and "@" not in parts.netloc
    except ValueError:  # a port that is no number
        whole = False
    if not whole or address != f"{parts.scheme}://{parts.netloc}":
        raise OptionError(f"--cluster: {address!r} is no address of a scheduler", hint=hint)
    if parts.scheme not in ("tcp", "tls"):
        raise OptionError(f"--cluster: {parts.scheme}:// is not known here", hint=hint)
    return parts


def _check(authority: Path, certificate: Path, key: Path) -> None:
    """Read them as Dask will, but for the password of a key: it would ask for it where nobody may sit."""
    for option, path in zip(FILES, (authority, certificate, key), strict=True):
        try:
            infile.read(path)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise OptionError(f"{option}: {path}: cannot be read: {reason}", hint="Check the file.") from None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(authority)
    except ssl.SSLError:
        raise OptionError(f"--cluster-ca: {authority}: is no certificate (PEM)", hint="Name another file.") from None
    try:
        context.load_cert_chain(certificate, key, password=lambda: "")
    except (ssl.SSLError, ValueError):
        what = f"--cluster-cert, --cluster-key: {certificate} and {key} are not a certificate and its key"
        hint = "Name two PEM files that belong together, the key without a password."
        raise OptionError(what, hint=hint) from None

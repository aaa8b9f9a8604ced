"""One connection to a mail server: encrypted, its certificate checked, and the moment of the final dot known.

Before the dot nothing was accepted. After it the server may have the letter, whatever becomes of the connection.
"""

import base64
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress

from gluterelief_pdf import infile
from gluterelief_pdf.credentials import Secret
from gluterelief_pdf.errors import MailError
from gluterelief_pdf.letters import Address, Outcome, Server

LAST_TIMEOUTS = (
    10  # times the usual one: a server may take ten minutes to say that it has the letter (RFC 5321, 4.5.3.2.6)
)
GOODBYE_S = 2.0
LOCAL_NAME = "[127.0.0.1]"  # what we call ourselves: the machine's own name is nobody's business
OK, WILL_FORWARD, MORE = 250, 251, 354
ENHANCED = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")  # RFC 3463


class LostError(Exception):
    """The connection broke before the server could have accepted anything."""


class Connection:
    """A connection, open and logged in."""

    def __init__(self, server: Server, secret: Secret | None) -> None:
        """Connect, encrypt, log in.

        Raises:
            MailError: if any of it fails; the secret is only given to a server whose certificate is right.
        """
        self.used = 0  # letters
        self._server = server
        context = _context(server)
        try:
            if server.security == "tls":
                self._smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    server.host, server.port, LOCAL_NAME, timeout=server.timeout_s, context=context
                )
            else:
                self._smtp = smtplib.SMTP(server.host, server.port, LOCAL_NAME, timeout=server.timeout_s)
        except (OSError, smtplib.SMTPException) as error:
            raise _unreachable(server, error) from None
        try:
            self._greet(context)
            if secret:
                _log_in(self._smtp, server, secret)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise _unreachable(server, error) from None
        except BaseException:
            self.close()
            raise

    def _greet(self, context: ssl.SSLContext) -> None:
        smtp, server = self._smtp, self._server
        smtp.ehlo_or_helo_if_needed()
        if server.security != "starttls":
            return
        if not smtp.has_extn("starttls"):
            hint = 'Nothing was sent. If the server takes only implicit TLS (port 465), set security = "tls".'
            raise MailError(f"{_place(server)}: the server offers no encryption (STARTTLS)", hint=hint)
        try:
            smtp.starttls(context=context)
        except smtplib.SMTPResponseException as error:
            message = f"{_place(server)}: the server refused encryption ({error.smtp_code})"
            raise MailError(message, hint="Nothing was sent, and no password. Try again later.") from None
        smtp.ehlo_or_helo_if_needed()

    @property
    def encryption(self) -> str:
        """Name the version of TLS; empty on a loopback relay."""
        return (self._smtp.sock.version() or "") if isinstance(self._smtp.sock, ssl.SSLSocket) else ""

    @property
    def size_limit(self) -> int | None:
        """Give the most bytes a message may have, if the server says so."""
        said = self._smtp.esmtp_features.get("size", "")
        return int(said) if said.isdigit() and int(said) else None

    @property
    def utf8(self) -> bool:
        """Tell whether addresses beyond ASCII can be sent to (SMTPUTF8)."""
        return self._smtp.has_extn("smtputf8")

    def submit(self, message: bytes, sender: Address, to: Address, *, at_dot: Callable[[], None]) -> Outcome:
        """Send one message; `at_dot` is called when all but the final dot is with the server.

        Raises:
            LostError: if the connection breaks before the dot.
        """
        self.used += 1
        if self.size_limit and len(message) > self.size_limit:
            return Outcome("failed", "too large")
        if to.utf8 and not self.utf8:
            return Outcome("failed", "no SMTPUTF8")
        try:
            refused = self._envelope(message, sender, to)
            if refused:
                return refused
            self._smtp.send(re.sub(rb"(?m)^\.", b"..", message))
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            raise LostError from error
        try:
            at_dot()
        except BaseException:  # without the dot the server throws the letter away
            self.drop()
            raise
        try:
            self._patience(LAST_TIMEOUTS)
            self._smtp.send(b".\r\n")
            code, text = self._smtp.getreply()
            self._patience(1)
        except (OSError, smtplib.SMTPException):
            self.drop()
            return Outcome("unknown", "connection lost")
        return self._outcome(code, text)

    def _patience(self, times: int) -> None:
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(self._server.timeout_s * times)

    def _envelope(self, message: bytes, sender: Address, to: Address) -> Outcome | None:
        """Say who writes to whom; give what came of it if the server wants no more."""
        smtp = self._smtp
        options = [f"SIZE={len(message)}"] if smtp.has_extn("size") else []
        if to.utf8:
            options += ["SMTPUTF8", "BODY=8BITMIME"]
            smtp.command_encoding = "utf-8"
        else:
            smtp.command_encoding = "ascii"
        code, text = smtp.mail(sender.text, options)
        if code == OK:
            code, text = smtp.rcpt(to.text)
        if code in (OK, WILL_FORWARD):
            code, text = smtp.docmd("DATA")
            if code == MORE:
                return None
        if not 400 <= code < 600:  # neither yes nor no: whatever it is, it is not this protocol
            raise smtplib.SMTPServerDisconnected
        outcome = self._outcome(code, text)
        if self.open:
            try:
                smtp.rset()
            except (
                OSError,
                smtplib.SMTPException,
            ):  # it said what it thinks of this letter; the next finds no connection
                self.drop()
        return outcome

    def _outcome(self, code: int, text: bytes) -> Outcome:
        """Read a reply. Only 5xx says that the letter will never be taken, and only 250 that it is."""
        if code == 421:  # the server closes the connection
            self.close()
        enhanced = ENHANCED.match(text)
        told = f"{code} {enhanced[1].decode()}" if enhanced else str(code)
        if code == OK:
            return Outcome("sent", told)
        if 400 <= code < 500:
            return Outcome("deferred", told)
        if 500 <= code < 600:
            return Outcome("failed", told)
        self.drop()
        return Outcome("unknown", told)

    @property
    def open(self) -> bool:
        """Tell whether another message may be sent."""
        return self._smtp.sock is not None

    def close(self) -> None:
        """Say goodbye if somebody is there."""
        if self._smtp.sock is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.sock.settimeout(GOODBYE_S)
                self._smtp.putcmd("quit")
        self.drop()

    def drop(self) -> None:
        """End the connection without a word."""
        self._smtp.close()


def _context(server: Server) -> ssl.SSLContext:
    context = ssl.create_default_context()  # checks certificate and name
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if server.ca_file:
        try:
            infile.read(server.ca_file)  # refuses what has no end
            context.load_verify_locations(server.ca_file)
        except (OSError, ssl.SSLError):
            raise MailError(f"{server.ca_file}: holds no certificate", hint="Check ca_file in [mail].") from None
    return context


def _log_in(smtp: smtplib.SMTP, server: Server, secret: Secret) -> None:
    """Log in; smtplib's own way can't send a password beyond ASCII, and would quote it in a traceback.

    Raises:
        MailError: if the server offers no way, or refuses. That is never tried again: an account is soon locked.
    """
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    wanted = ("XOAUTH2",) if secret.kind == "token" else ("PLAIN", "LOGIN")
    mechanism = next((name for name in wanted if name in offered), None)
    if mechanism is None:
        hint = (
            f"It offers: {', '.join(offered) or 'none'}. Use token_command for XOAUTH2, a password for PLAIN and LOGIN."
        )
        raise MailError(f"{_place(server)}: the server offers no login by {' or '.join(wanted)}", hint=hint)
    if mechanism == "LOGIN":
        code, _ = smtp.docmd("AUTH LOGIN")
        for part in (server.user, secret.text):
            if code == 334:
                code, _ = smtp.docmd(_base64(part))
    elif mechanism == "PLAIN":
        code, _ = smtp.docmd("AUTH PLAIN", _base64(f"\0{server.user}\0{secret.text}"))
    else:
        code, _ = smtp.docmd("AUTH XOAUTH2", _base64(f"user={server.user}\1auth=Bearer {secret.text}\1\1"))
        if code == 334:  # the reason why not; an empty line asks for the verdict
            code, _ = smtp.docmd("")
    if code != 235:
        hint = "Check user and password. It was not tried a second time, so that the account is not locked."
        raise MailError(f"{_place(server)}: the server refused the login ({code})", hint=hint)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def _place(server: Server) -> str:
    return f"{server.host}, port {server.port}"


def _unreachable(server: Server, error: OSError | smtplib.SMTPException) -> MailError:
    """Say in a sentence why there is no connection; what a server says stays out, for it may quote anything."""
    place = _place(server)
    if isinstance(error, ssl.SSLCertVerificationError):
        why = error.verify_message.rstrip(".").lower()
        hint = "Nothing was sent, and no password. Check host; for a server with an authority of its own, set ca_file."
        return MailError(f"{place}: the server's certificate cannot be trusted: {why}", hint=hint)
    if isinstance(error, ssl.SSLError):
        hint = 'Nothing was sent. Port 465 wants security = "tls", port 587 "starttls"; both need TLS 1.2 or later.'
        return MailError(f"{place}: no encryption could be agreed on", hint=hint)
    if isinstance(error, socket.gaierror):
        return MailError(f"{place}: there is no such server", hint="Check host in [mail], and the network.")
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code > 0:
        return MailError(
            f"{place}: the server wants no mail from here now ({error.smtp_code})", hint="Try again later."
        )
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return MailError(f"{place}: no answer in {server.timeout_s:g} seconds", hint="Check host, port and firewall.")
    if isinstance(error, smtplib.SMTPException):
        hint = 'Nothing was sent. Check that port and security belong together: 465 "tls", 587 "starttls".'
        return MailError(f"{place}: the connection was closed by the server", hint=hint)
    reason = (error.strerror or "it failed").lower()
    return MailError(f"{place}: cannot be reached: {reason}", hint="Check host, port and the network.")

"""Real mail servers on this machine: aiosmtpd with faults, and one that writes down every byte it is given."""

import asyncio
import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD, TOKEN = "clinic", "geheim-Wört-1", "a-token-of-the-clinic"
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Certificates:
    """An authority, and certificates that it signed or did not sign."""

    folder: Path

    @property
    def authority(self) -> Path:
        return self.folder / "authority.pem"

    def context(self, name: str) -> ssl.SSLContext:
        """Give the context of a server with one of the certificates."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}-key.pem")
        return context


def certificates(folder: Path) -> Certificates:
    """Make the certificates: good, expired, wrong-name (good, but for another server), untrusted (of another authority)."""
    authority_key, authority = _signed("authority", None, None, ca=True)
    other_key, other = _signed("other authority", None, None, ca=True)
    now = datetime.datetime.now(datetime.UTC)
    made = {
        "authority": (authority_key, authority),
        "good": _signed("localhost", authority_key, authority),
        "expired": _signed("localhost", authority_key, authority, until=now - DAY),
        "wrong-name": _signed("mail.elsewhere.example", authority_key, authority),
        "untrusted": _signed("localhost", other_key, other),
    }
    for name, (key, certificate) in made.items():
        (folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        (folder / f"{name}-key.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    return Certificates(folder)


def _signed(
    name: str,
    by: ec.EllipticCurvePrivateKey | None,
    authority: x509.Certificate | None,
    *,
    ca: bool = False,
    until: datetime.datetime | None = None,
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    until = until or datetime.datetime.now(datetime.UTC) + DAY
    names: list[x509.GeneralName] = [x509.DNSName(name)] if " " not in name else []
    names += [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))] if name == "localhost" else []
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority.subject if authority else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(until - 3 * DAY)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return key, builder.sign(by or key, hashes.SHA256())


@dataclass
class Inbox:
    """What an aiosmtpd server got, and the faults that it plays: stage → what to do, in turn."""

    got: list[Envelope] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    connections: int = 0
    moves: Path | None = None  # a sheet that somebody moves away when the first letter is there
    faults: dict[str, list[str]] = field(
        default_factory=dict
    )  # "rcpt", "data", "dot" → replies, "drop" or "take and drop"

    async def handle_EHLO(  # noqa: N802 (a hook's name)
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from, envelope.mail_options = address, options
        return self._play("mail", server) or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if fault := self._play("rcpt", server):
            return fault
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        coming = (self.faults.get("dot") or [""])[0]
        if coming.startswith("take and"):
            self.got.append(envelope)
        if coming == "take and be silent":
            self.faults["dot"].pop(0)
            await asyncio.sleep(60)
        if coming == "take and be slow":
            self.faults["dot"].pop(0)
            await asyncio.sleep(1)
            return "250 2.0.0 queued at last"
        if fault := self._play("dot", server):
            return fault
        if self.moves:
            self.moves.rename(self.moves.with_suffix(".moved"))
            self.moves = None
        self.got.append(envelope)
        return "250 2.0.0 queued"

    def _play(self, stage: str, server: SMTP) -> str:
        waiting = self.faults.get(stage)
        fault = waiting.pop(0) if waiting else ""
        if fault.endswith("drop"):
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]
            return "250 nobody hears this"
        return fault

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=self.logins[-1] == (USER, PASSWORD), handled=False)


class _Controller(Controller):
    def __init__(self, inbox: Inbox, context: ssl.SSLContext | None, **kwargs: Any) -> None:
        self.inbox = inbox
        tls: dict[str, Any] = {"tls_context": context, "require_starttls": True} if context else {}
        login: dict[str, Any] = {"authenticator": inbox.authenticate, "auth_required": True} if context else {}
        super().__init__(inbox, hostname="127.0.0.1", port=0, **tls, **login, **kwargs)

    def factory(self) -> SMTP:
        self.inbox.connections += 1
        return super().factory()  # type: ignore[no-untyped-call,no-any-return]

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        super()._trigger_server()  # type: ignore[no-untyped-call]
        self.inbox.connections = 0


@contextmanager
def serving(inbox: Inbox, context: ssl.SSLContext | None, **kwargs: Any) -> Iterator[int]:
    """Run a server and give its port. Without a context it neither encrypts nor asks for a login."""
    controller = _Controller(inbox, context, enable_SMTPUTF8=kwargs.pop("utf8", True), **kwargs)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@dataclass
class Wire:
    """A server that speaks just enough SMTP to be given a password, and keeps every byte it was sent, decrypted or not."""

    heard: bytearray = field(default_factory=bytearray)
    port: int = 0
    connections: int = 0


Script = Callable[[socket.socket, Wire], None]


@contextmanager
def listening(script: Script) -> Iterator[Wire]:
    """Run a script for every connection."""
    wire = Wire()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        wire.port = listener.getsockname()[1]
        threads = []

        def serve() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                wire.connections += 1
                with client, suppress(OSError):
                    client.settimeout(10)
                    script(client, wire)

        threads = [threading.Thread(target=serve, daemon=True)]
        threads[0].start()
        try:
            yield wire
        finally:
            listener.shutdown(socket.SHUT_RDWR)
    threads[0].join(15)


def hear(client: socket.socket, wire: Wire) -> bytes:
    """Read what comes, and keep it."""
    data = client.recv(65536)
    wire.heard += data
    return data


def talk(
    client: socket.socket,
    wire: Wire,
    *,
    offers: tuple[str, ...] = (),
    context: ssl.SSLContext | None = None,
    greeting: bytes = b"220 mail.example ESMTP\r\n",
) -> None:
    """Greet, offer, encrypt if asked to, and take whatever login comes."""
    client.sendall(greeting)
    while line := hear(client, wire):
        verb = line[:4].upper()
        if verb in (b"EHLO", b"HELO"):
            client.sendall(
                "".join(f"250-{offer}\r\n" for offer in ("mail.example", *offers)).encode() + b"250 HELP\r\n"
            )
        elif verb == b"STAR" and context:
            client.sendall(b"220 go ahead\r\n")
            with context.wrap_socket(client, server_side=True) as inner:
                talk(inner, wire, offers=offers, greeting=b"")
            return
        elif verb == b"QUIT":
            client.sendall(b"221 bye\r\n")
        elif verb == b"AUTH":
            client.sendall(b"235 welcome\r\n")
        else:
            client.sendall(b"250 fine\r\n")


def answering(context: ssl.SSLContext, answer: Callable[[bytes], bytes]) -> Script:
    """Give a script that encrypts, greets, and answers each thing it hears; without an answer it hangs up."""

    def script(client: socket.socket, wire: Wire) -> None:
        with context.wrap_socket(client, server_side=True) as inner:
            inner.sendall(b"220 hello\r\n")
            while (line := hear(inner, wire)) and (said := answer(line)):
                inner.sendall(said)

    return script

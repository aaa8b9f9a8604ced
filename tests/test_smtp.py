"""The connection to a mail server: nothing secret is said before the other side has proved who it is."""

import base64
import socket
from pathlib import Path

import pytest

from gluterelief_pdf.credentials import Secret
from gluterelief_pdf.errors import MailError
from gluterelief_pdf.letters import Server
from tests.mailservers import (
    PASSWORD,
    TOKEN,
    USER,
    Certificates,
    Wire,
    answering,
    hear,
    listening,
    talk,
)
from tests.postroom import Clinic, certs, numbered

__all__ = ["certs"]  # the fixture


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("untrusted", "unable to get local issuer certificate"),
        ("expired", "certificate has expired"),
        ("wrong-name", "hostname mismatch, certificate is not valid for 'localhost'"),
    ],
)
def test_a_server_with_a_wrong_certificate_never_sees_the_password(
    certs: Certificates, tmp_path: Path, name: str, why: str, security: str
) -> None:
    context = certs.context(name)

    def script(client: socket.socket, wire: Wire) -> None:
        if security == "starttls":
            talk(client, wire, offers=("STARTTLS", "AUTH PLAIN LOGIN"), context=context)
            return
        with context.wrap_socket(client, server_side=True) as inner:
            talk(inner, wire, offers=("AUTH PLAIN LOGIN",))

    with listening(script) as wire:
        server = Server("localhost", wire.port, security, USER, ca_file=certs.authority, timeout_s=5)  # type: ignore[arg-type]
        desk = Clinic(server, tmp_path / "outbox.sqlite")
        with pytest.raises(MailError) as refused:
            desk.send(numbered(1))

    assert str(refused.value) == f"localhost, port {wire.port}: the server's certificate cannot be trusted: {why}"
    assert wire.connections == 1
    assert_no_secret(bytes(wire.heard))
    assert desk.states() == ["new"]


def assert_no_secret(heard: bytes) -> None:
    for secret in (PASSWORD, f"\0{USER}\0{PASSWORD}"):
        assert secret.encode() not in heard
        assert base64.b64encode(secret.encode()) not in heard
    assert b"AUTH" not in heard.upper()


def test_a_server_that_drops_starttls_never_sees_the_password(tmp_path: Path) -> None:
    with listening(lambda client, wire: talk(client, wire, offers=("AUTH PLAIN LOGIN",))) as wire:
        desk = Clinic(Server("localhost", wire.port, "starttls", USER, timeout_s=5), tmp_path / "outbox.sqlite")
        with pytest.raises(MailError, match=r"the server offers no encryption \(STARTTLS\)"):
            desk.send(numbered(1))

    assert b"ehlo" in wire.heard
    assert_no_secret(bytes(wire.heard))
    assert desk.states() == ["new"]


def test_a_server_that_refuses_starttls_never_sees_the_password(tmp_path: Path) -> None:
    def script(client: socket.socket, wire: Wire) -> None:
        client.sendall(b"220 hello\r\n")
        while hear(client, wire):
            client.sendall(
                b"250-x\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n" if wire.heard.count(b"\n") == 1 else b"454 not now\r\n"
            )

    with listening(script) as wire:
        desk = Clinic(Server("localhost", wire.port, "starttls", USER, timeout_s=5), tmp_path / "outbox.sqlite")
        with pytest.raises(MailError, match=r"the server refused encryption \(454\)"):
            desk.send(numbered(1))

    assert_no_secret(bytes(wire.heard))


def test_what_a_stranger_says_before_the_encryption_is_not_believed_after_it(
    certs: Certificates, tmp_path: Path
) -> None:
    """A reply slipped in behind "220 go ahead" must not be taken for the server's own."""
    context = certs.context("good")

    def script(client: socket.socket, wire: Wire) -> None:
        client.sendall(b"220 hello\r\n")
        hear(client, wire)
        client.sendall(b"250-x\r\n250 STARTTLS\r\n")
        hear(client, wire)
        client.sendall(b"220 go ahead\r\n250-evil\r\n250 AUTH PLAIN\r\n")
        with context.wrap_socket(client, server_side=True) as inner:
            while hear(inner, wire):
                inner.sendall(b"250-x\r\n250 AUTH ONLY-THIS\r\n")

    with listening(script) as wire:
        server = Server("localhost", wire.port, "starttls", USER, ca_file=certs.authority, timeout_s=5)
        with pytest.raises(MailError) as refused:
            Clinic(server, tmp_path / "outbox.sqlite").send(numbered(1))

    assert "offers no login by PLAIN or LOGIN" in str(refused.value)
    assert "ONLY-THIS" in refused.value.hint


@pytest.mark.parametrize("offer", ["AUTH LOGIN", "AUTH PLAIN", "AUTH XOAUTH2"])
def test_each_way_to_log_in_sends_what_it_should_inside_the_encryption(certs: Certificates, offer: str) -> None:
    from gluterelief_pdf.smtp import Connection

    context = certs.context("good")
    secret = Secret("token", TOKEN) if offer.endswith("XOAUTH2") else Secret("password", PASSWORD)

    def script(client: socket.socket, wire: Wire) -> None:
        left = 2
        with context.wrap_socket(client, server_side=True) as inner:
            inner.sendall(b"220 hello\r\n")
            while line := hear(inner, wire):
                if line.startswith(b"ehlo"):
                    inner.sendall(f"250-x\r\n250 {offer}\r\n".encode())
                elif offer == "AUTH LOGIN" and left:
                    left -= 1
                    inner.sendall(b"334 VXNlcm5hbWU6\r\n")
                else:
                    inner.sendall(b"235 welcome\r\n")

    with listening(script) as wire:
        Connection(Server("localhost", wire.port, "tls", USER, ca_file=certs.authority, timeout_s=5), secret).close()

    sent = {
        "AUTH LOGIN": [USER, PASSWORD],
        "AUTH PLAIN": [f"\0{USER}\0{PASSWORD}"],
        "AUTH XOAUTH2": [f"user={USER}\1auth=Bearer {TOKEN}\1\1"],
    }
    for text in sent[offer]:
        assert base64.b64encode(text.encode()) in wire.heard
    assert b"ehlo [127.0.0.1]" in wire.heard


def test_a_server_that_speaks_only_old_tls_is_refused(certs: Certificates, tmp_path: Path) -> None:
    import ssl
    import warnings

    context = certs.context("good")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1

    def script(client: socket.socket, wire: Wire) -> None:
        with context.wrap_socket(client, server_side=True) as inner:
            talk(inner, wire)

    with listening(script) as wire:
        server = Server("localhost", wire.port, "tls", USER, ca_file=certs.authority, timeout_s=5)
        with pytest.raises(MailError, match="no encryption could be agreed on"):
            Clinic(server, tmp_path / "outbox.sqlite").send(numbered(1))


def test_a_silent_server_is_told_as_such(tmp_path: Path) -> None:
    with listening(lambda client, wire: [hear(client, wire)].clear()) as wire:
        desk = Clinic(Server("localhost", wire.port, "starttls", timeout_s=0.5), tmp_path / "outbox.sqlite")
        with pytest.raises(MailError, match=r"no answer in 0\.5 seconds"):
            desk.send(numbered(1))


def test_a_token_that_is_refused_is_told_after_the_empty_line_and_not_tried_twice(
    certs: Certificates, tmp_path: Path
) -> None:
    def answer(line: bytes) -> bytes:
        if line.startswith(b"ehlo"):
            return b"250-x\r\n250 AUTH PLAIN XOAUTH2\r\n"
        return b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n" if line.startswith(b"AUTH") else b"535 5.7.8 no\r\n"

    with listening(answering(certs.context("good"), answer)) as wire:
        server = Server("localhost", wire.port, "tls", USER, ca_file=certs.authority, timeout_s=5)
        desk = Clinic(server, tmp_path / "outbox.sqlite")
        desk.secret = lambda: Secret("token", TOKEN)  # type: ignore[method-assign]
        with pytest.raises(MailError, match=r"the server refused the login \(535\)"):
            desk.send(numbered(1))

    assert wire.heard.endswith(b"\r\n\r\nquit\r\n")
    assert wire.heard.count(b"AUTH XOAUTH2") == wire.connections == 1
    assert b"AUTH PLAIN" not in wire.heard
    assert desk.states() == ["new"]

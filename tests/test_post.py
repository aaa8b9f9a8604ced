"""Letters meet mail servers: each is sent at most once, and every fault is called what it is."""

import base64
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import Envelope

from gluterelief_pdf import ledger, post
from gluterelief_pdf.credentials import Secret
from gluterelief_pdf.errors import MailError, OutputError
from gluterelief_pdf.letters import Address, Event, Letter, Server, State
from tests.mailservers import (
    PASSWORD,
    TOKEN,
    USER,
    Certificates,
    Inbox,
    Wire,
    certificates,
    hear,
    listening,
    serving,
    talk,
)
from tests.test_mail import DESK, letter


@pytest.fixture(scope="session")
def certs(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates, made once."""
    return certificates(tmp_path_factory.mktemp("certificates"))


def numbered(count: int) -> list[Letter]:
    return [
        letter(row=row, key=f"{row:064x}", to=Address(f"patient{row}@home.example"), pdf=b"%PDF-1.7")
        for row in range(1, count + 1)
    ]


def content(envelope: Envelope) -> bytes:
    assert isinstance(envelope.content, bytes)
    return envelope.content


class Clinic:
    """A clinic with a ledger and a server's address, that sends and hears what became of it."""

    def __init__(self, server: Server, path: Path) -> None:
        self.server, self.path = server, path
        self.waits: list[float] = []
        self.asked = 0

    def send(self, letters: list[Letter], **more: Any) -> list[Event]:
        events: list[Event] = []
        with ledger.opened(self.path) as book:
            try:
                post.send(
                    letters, DESK, self.server, book, self.secret, tell=events.append, wait=self.waits.append, **more
                )
            except MailError:
                self.told = events
                raise
        return events

    def secret(self) -> Secret | None:
        self.asked += 1
        return Secret("password", PASSWORD) if self.server.user else None

    def states(self) -> list[State]:
        with ledger.shown(self.path) as book:
            return [entry.state for entry in book.entries()]


@contextmanager
def clinic(
    inbox: Inbox, certs: Certificates, folder: Path, *, pauses_s: tuple[float, ...] = (), **more: object
) -> Iterator[Clinic]:
    with serving(inbox, certs.context("good"), **more) as port:
        server = Server(
            "localhost",
            port,
            "starttls",
            USER,
            ca_file=certs.authority,
            timeout_s=5,
            per_minute=10_000,
            pauses_s=pauses_s,
        )
        yield Clinic(server, folder / "outbox.sqlite")


def test_letters_arrive_one_recipient_each_over_one_connection_and_not_a_second_time(
    certs: Certificates, tmp_path: Path
) -> None:
    inbox = Inbox()
    with clinic(inbox, certs, tmp_path) as desk:
        first = desk.send(numbered(5))
        second = desk.send(numbered(6))

    assert first == [Event(row, "sent", "250 2.0.0") for row in range(1, 6)]
    assert second == [*(Event(row, "sent before", "250 2.0.0") for row in range(1, 6)), Event(6, "sent", "250 2.0.0")]
    assert [envelope.rcpt_tos for envelope in inbox.got] == [[f"patient{row}@home.example"] for row in range(1, 7)]
    assert inbox.connections == 2
    assert inbox.logins == [(USER, PASSWORD)] * 2
    body = inbox.got[0].content
    assert isinstance(body, bytes)
    assert b"\r\nHello.\r\n.\r\nA line that is a dot.\r\n" in body  # a dot alone on a line ends no message
    assert (
        len({line for each in inbox.got for line in content(each).split(b"\r\n") if line.startswith(b"Message-ID")})
        == 6
    )


@pytest.mark.parametrize(
    ("stage", "fault", "kind", "code"),
    [
        ("mail", "451 4.3.0 try later", "deferred", "451 4.3.0"),
        ("rcpt", "450 4.2.1 greylisted ann@home.example", "deferred", "450 4.2.1"),
        ("rcpt", "452 4.2.2 mailbox full", "deferred", "452 4.2.2"),
        ("rcpt", "421 4.7.0 too many", "deferred", "421 4.7.0"),
        ("rcpt", "550 5.1.1 no ann@home.example here", "failed", "550 5.1.1"),
        ("mail", "553 not yours", "failed", "553"),
        ("dot", "451 4.3.0 try later", "deferred", "451 4.3.0"),
        ("dot", "552 5.3.4 too big", "failed", "552 5.3.4"),
        ("dot", "554 5.7.1 spam", "failed", "554 5.7.1"),
        ("mail", "drop", "deferred", "connection lost"),
        ("rcpt", "drop", "deferred", "connection lost"),
        ("dot", "drop", "unknown", "connection lost"),
        ("dot", "take and drop", "unknown", "connection lost"),
        ("dot", "999 what", "unknown", "999"),
        ("dot", "not a reply", "unknown", "-1"),
    ],
)
def test_a_fault_is_called_what_it_is_and_stays_with_its_letter(
    certs: Certificates, tmp_path: Path, stage: str, fault: str, kind: str, code: str
) -> None:
    inbox = Inbox(faults={stage: [fault]})
    with clinic(inbox, certs, tmp_path) as desk:
        events = desk.send(numbered(3))
        states = desk.states()

    assert events == [Event(1, kind, code), Event(2, "sent", "250 2.0.0"), Event(3, "sent", "250 2.0.0")]  # type: ignore[arg-type]
    assert states == [kind, "sent", "sent"]
    taken = [1, 2, 3] if fault == "take and drop" else [2, 3]
    assert [envelope.rcpt_tos for envelope in inbox.got] == [[f"patient{row}@home.example"] for row in taken]
    assert inbox.connections <= 3


def test_a_letter_of_which_nobody_knows_is_sent_again_only_when_asked_with_the_same_id(
    certs: Certificates, tmp_path: Path
) -> None:
    inbox = Inbox(faults={"dot": ["take and drop"]})
    with clinic(inbox, certs, tmp_path) as desk:
        events = [
            desk.send(numbered(1)),
            desk.send(numbered(1)),
            desk.send(numbered(1), states=post.USUAL | {"unknown"}),
        ]

    assert [[event.kind for event in run] for run in events] == [["unknown"], ["unknown before"], ["sent"]]
    ids = [line for each in inbox.got for line in content(each).split(b"\r\n") if line.startswith(b"Message-ID")]
    assert len(ids) == 2
    assert ids[0] == ids[1]


def test_a_letter_that_is_sent_again_on_purpose_is_one_of_its_own(certs: Certificates, tmp_path: Path) -> None:
    inbox = Inbox()
    with clinic(inbox, certs, tmp_path) as desk:
        desk.send(numbered(1))
        desk.send(numbered(1), states=post.USUAL | {"sent"})

    ids = {line for each in inbox.got for line in content(each).split(b"\r\n") if line.startswith(b"Message-ID")}
    assert (len(inbox.got), len(ids)) == (2, 2)


def test_a_resent_letter_that_is_put_off_is_still_one_of_which_nobody_knows(
    certs: Certificates, tmp_path: Path
) -> None:
    inbox = Inbox(faults={"dot": ["take and drop", "451 later"]})
    with clinic(inbox, certs, tmp_path) as desk:
        desk.send(numbered(1))
        desk.send(numbered(1), states=post.USUAL | {"unknown"})

        assert desk.states() == ["unknown"]
        assert [event.kind for event in desk.send(numbered(1))] == ["unknown before"]


def test_what_is_put_off_is_tried_again_after_growing_pauses(certs: Certificates, tmp_path: Path) -> None:
    inbox = Inbox(faults={"rcpt": ["450 later", "", "450 later"]})
    with clinic(inbox, certs, tmp_path, pauses_s=(30, 120)) as desk:
        events = desk.send(numbered(2))

    assert [(event.row, event.kind) for event in events] == [(2, "sent"), (1, "sent")]
    assert [pause for pause in desk.waits if pause >= 30] == [30, 120]


def test_what_is_still_put_off_waits_for_the_next_run(certs: Certificates, tmp_path: Path) -> None:
    inbox = Inbox(faults={"rcpt": ["450 later"] * 3})
    with clinic(inbox, certs, tmp_path, pauses_s=(1, 2)) as desk:
        events = [desk.send(numbered(1)), desk.send(numbered(1))]

    assert [[event.kind for event in run] for run in events] == [["deferred"], ["sent"]]


def test_a_server_that_takes_nothing_is_not_asked_for_every_row(certs: Certificates, tmp_path: Path) -> None:
    inbox = Inbox(faults={"mail": ["452 4.3.1 full"] * 1000})
    with clinic(inbox, certs, tmp_path) as desk:
        events = desk.send(numbered(200))

    assert [event.kind for event in events] == ["deferred"] * post.WAITING


def test_the_same_letter_twice_in_one_run_goes_once(certs: Certificates, tmp_path: Path) -> None:
    inbox = Inbox(faults={"rcpt": ["450 later"]})
    with clinic(inbox, certs, tmp_path, pauses_s=(1,)) as desk:
        desk.send([*numbered(1), *numbered(1)])

    assert len(inbox.got) == 1


def test_a_connection_that_the_server_closed_meanwhile_costs_no_letter(certs: Certificates, tmp_path: Path) -> None:
    inbox = Inbox(faults={"mail": ["250 OK", "drop"]})
    with clinic(inbox, certs, tmp_path) as desk:
        events = desk.send(numbered(2))

    assert [event.kind for event in events] == ["sent", "sent"]


def test_without_consent_nothing_is_sent(certs: Certificates, tmp_path: Path) -> None:
    inbox = Inbox()
    with clinic(inbox, certs, tmp_path) as desk:
        events = desk.send([replace(each, consent=False) for each in numbered(2)])

    assert events == [Event(1, "no consent"), Event(2, "no consent")]
    assert (inbox.connections, desk.asked) == (0, 0)


def test_a_limit_ends_the_run_and_the_next_one_goes_on(certs: Certificates, tmp_path: Path) -> None:
    inbox = Inbox()
    with clinic(inbox, certs, tmp_path) as desk:
        rows = [[event.row for event in desk.send(numbered(5), limit=2) if event.kind == "sent"] for _ in range(3)]

    assert rows == [[1, 2], [3, 4], [5]]


def test_no_more_letters_a_minute_than_allowed(certs: Certificates, tmp_path: Path) -> None:
    inbox = Inbox()
    with clinic(inbox, certs, tmp_path) as desk:
        desk.server = replace(desk.server, per_minute=2)
        desk.send(numbered(4))

    assert [round(wait / 30) for wait in desk.waits] == [1, 2, 3]  # nobody really waits here, so they add up


def test_a_message_that_is_too_large_is_not_even_begun(certs: Certificates, tmp_path: Path) -> None:
    inbox = Inbox()
    with clinic(inbox, certs, tmp_path, data_size_limit=20_000) as desk:
        events = desk.send([letter(row=1, pdf=b"x" * 20_000), *numbered(2)[1:]])

    assert [(event.kind, event.code) for event in events] == [("failed", "too large"), ("sent", "250 2.0.0")]


@pytest.mark.parametrize(("utf8", "kind"), [(True, "sent"), (False, "failed")])
def test_letters_before_the_at_sign_that_are_not_ascii_need_a_server_that_knows_them(
    certs: Certificates, tmp_path: Path, utf8: bool, kind: str
) -> None:
    inbox = Inbox()
    with clinic(inbox, certs, tmp_path, utf8=utf8) as desk:
        jörg = replace(numbered(1)[0], to=Address("jörg@xn--mnchen-3ya.example"))
        events = desk.send([jörg, *numbered(2)[1:]])

    assert [event.kind for event in events] == [kind, "sent"]
    if utf8:
        assert inbox.got[0].rcpt_tos == ["jörg@xn--mnchen-3ya.example"]
        assert "To: jörg@xn--mnchen-3ya.example\r\n".encode() in content(inbox.got[0])
    assert "SMTPUTF8" not in inbox.got[-1].mail_options


def test_a_wrong_password_stops_the_run_is_not_tried_twice_and_blames_no_letter(
    certs: Certificates, tmp_path: Path
) -> None:
    inbox = Inbox()
    with clinic(inbox, certs, tmp_path) as desk:
        desk.secret = lambda: Secret("password", "wrong")  # type: ignore[method-assign]
        with pytest.raises(MailError) as refused:
            desk.send(numbered(3))
        states = desk.states()

    assert str(refused.value) == f"localhost, port {desk.server.port}: the server refused the login (535)"
    assert inbox.logins == [(USER, "wrong")]
    assert states == ["new"]
    assert "wrong" not in repr(refused.value) + refused.value.hint


def test_a_server_that_is_not_there_stops_the_run(tmp_path: Path) -> None:
    with listening(lambda client, wire: None) as wire:
        pass
    desk = Clinic(Server("127.0.0.1", wire.port, "starttls"), tmp_path / "outbox.sqlite")

    with pytest.raises(MailError, match="cannot be reached: connection refused"):
        desk.send(numbered(1))

    assert desk.states() == ["new"]


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


def test_no_answer_to_the_final_dot_leaves_it_unknown(certs: Certificates, tmp_path: Path) -> None:
    inbox = Inbox(faults={"dot": ["take and be silent"]})
    with clinic(inbox, certs, tmp_path) as desk:
        desk.server = replace(desk.server, timeout_s=0.1)
        events = desk.send(numbered(1))

    assert events == [Event(1, "unknown", "connection lost")]


def test_a_connection_lost_within_the_message_means_that_it_was_not_taken(certs: Certificates, tmp_path: Path) -> None:
    context = certs.context("good")

    def script(client: socket.socket, wire: Wire) -> None:
        with context.wrap_socket(client, server_side=True) as inner:
            inner.sendall(b"220 hello\r\n")
            while line := hear(inner, wire):
                if line.upper().startswith(b"DATA"):
                    inner.sendall(b"354 go\r\n")
                    hear(inner, wire)
                    inner.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset, no goodbye
                    return
                inner.sendall(b"250 fine\r\n")

    with listening(script) as wire:
        server = Server(
            "localhost", wire.port, "tls", ca_file=certs.authority, timeout_s=5, per_minute=10_000, pauses_s=()
        )
        desk = Clinic(server, tmp_path / "outbox.sqlite")
        events = desk.send([letter(row=1, pdf=b"x" * 20_000_000)])

    assert events == [Event(1, "deferred", "connection lost")]
    assert desk.states() == ["deferred"]


def test_the_ledger_is_its_owners_alone_and_holds_one_run(tmp_path: Path) -> None:
    path = tmp_path / "state/outbox.sqlite"
    with ledger.opened(path) as book:
        book.enter(numbered(1)[0], batch="roster.csv", message_id="<1@x>")
        book.mark(numbered(1)[0].key, "sending")
        with pytest.raises(OutputError) as refused, ledger.opened(path):
            pass
        code = f"from pathlib import Path; from gluterelief_pdf import ledger; ledger.opened(Path({str(path)!r})).__enter__()"
        stranger = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert "RunningError" in stranger.stderr
        with ledger.shown(path) as other:
            assert [entry.state for entry in other.entries()] == ["sending"]
        modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
        assert {"outbox.sqlite", "outbox.sqlite-wal", "outbox.sqlite-lock"} <= modes.keys()
        assert set(modes.values()) == {0o600}
    assert str(refused.value) == f"{path}: another run is sending right now"
    assert path.parent.stat().st_mode & 0o777 == 0o700
    with ledger.shown(path) as book:
        assert [(entry.state, entry.code) for entry in book.entries()] == [("unknown", "interrupted")]


def test_a_file_that_is_no_ledger_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    path.write_text("My diary\n" * 300, encoding="utf-8")

    with pytest.raises(OutputError, match="the record of what was sent cannot be used"), ledger.opened(path):
        pass

    assert path.read_text(encoding="utf-8") == "My diary\n" * 300


def test_a_ledger_that_cannot_be_written_stops_before_the_dot(certs: Certificates, tmp_path: Path) -> None:
    inbox = Inbox()
    with clinic(inbox, certs, tmp_path) as desk, ledger.opened(desk.path) as book:
        each = numbered(1)[0]
        book.enter(each, batch="", message_id="<1@x>")
        spoiler = sqlite3.connect(desk.path)
        spoiler.execute("CREATE TRIGGER full BEFORE UPDATE ON letter BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        spoiler.commit()
        spoiler.close()
        with pytest.raises(OutputError, match="disk full"):
            post.send([each], DESK, desk.server, book, desk.secret, tell=print)

    assert inbox.got == []


def sending_process(desk: Clinic, authority: Path) -> subprocess.Popen[bytes]:
    """Send one letter in a process of its own."""
    code = f"""
from pathlib import Path
from gluterelief_pdf import ledger, post
from gluterelief_pdf.credentials import Secret
from gluterelief_pdf.letters import Server
from tests.test_mail import DESK
from tests.test_post import numbered
server = Server("localhost", {desk.server.port}, "starttls", "{USER}", ca_file=Path({str(authority)!r}))
with ledger.opened(Path({str(desk.path)!r})) as book:
    post.send(numbered(2), DESK, server, book, lambda: Secret("password", {PASSWORD!r}), tell=print)
"""
    return subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[1], stderr=subprocess.PIPE)


def test_ctrl_c_waits_for_the_letter_at_hand_and_sends_no_other(certs: Certificates, tmp_path: Path) -> None:
    inbox = Inbox(faults={"dot": ["take and be slow"]})
    with clinic(inbox, certs, tmp_path) as desk:
        process = sending_process(desk, certs.authority)
        while not inbox.got and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)

        assert b"KeyboardInterrupt" in err
        assert desk.states() == ["sent"]
    assert len(inbox.got) == 1


def test_what_was_in_flight_when_the_program_was_killed_is_unknown_and_not_sent_again(
    certs: Certificates, tmp_path: Path
) -> None:
    """A real process, killed while the server thinks about the final dot."""
    inbox = Inbox(faults={"dot": ["take and be silent"]})
    with clinic(inbox, certs, tmp_path) as desk:
        process = sending_process(desk, certs.authority)
        while not inbox.got and process.poll() is None:
            time.sleep(0.01)
        process.kill()
        process.communicate()
        events = desk.send(numbered(1))

    assert len(inbox.got) == 1
    assert events == [Event(1, "unknown before", "interrupted")]

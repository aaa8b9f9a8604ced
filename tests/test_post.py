"""Letters meet mail servers: each is sent at most once, and every fault is called what it is."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from gluterelief_pdf import post
from gluterelief_pdf.credentials import Secret
from gluterelief_pdf.errors import MailError
from gluterelief_pdf.letters import Address, Event, Kind, Server
from tests.letters import letter
from tests.mailservers import (
    PASSWORD,
    USER,
    Certificates,
    Inbox,
    Wire,
    answering,
    hear,
    listening,
)
from tests.postroom import Clinic, certs, clinic, content, numbered

__all__ = ["certs"]  # the fixture


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


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        ("451 4.3.0 try later", "deferred", "451 4.3.0"),
        ("452 4.3.1 full", "deferred", "452 4.3.1"),
        ("554 5.5.1 no valid recipients", "failed", "554 5.5.1"),
        ("", "deferred", "connection lost"),
    ],
)
def test_a_server_that_does_not_want_the_message_itself_is_called_what_it_is(
    certs: Certificates, tmp_path: Path, reply: str, kind: Kind, code: str
) -> None:
    def answer(line: bytes) -> bytes:
        return f"{reply}\r\n".encode() * bool(reply) if line.upper().startswith(b"DATA") else b"250 fine\r\n"

    with listening(answering(certs.context("good"), answer)) as wire:
        server = Server(
            "localhost", wire.port, "tls", ca_file=certs.authority, timeout_s=5, per_minute=10_000, pauses_s=()
        )
        events = Clinic(server, tmp_path / "outbox.sqlite").send(numbered(1))

    assert events == [Event(1, kind, code)]
    assert b"%PDF" not in wire.heard

"""The commands that send: what a front desk sees, and what nobody may see."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gluterelief_pdf.letters import Event, Kind
from tests.conftest import UNREVIEWED, Run
from tests.frontdesk import ANN, Desk, desk
from tests.mailservers import PASSWORD, USER
from tests.postroom import command_lines, content

__all__ = ["desk"]  # the fixture


def test_without_send_it_is_told_what_would_be_sent_and_nothing_is(desk: Desk) -> None:
    result = desk.send("--consent", "yes")

    assert (result.code, result.stderr) == (0, "Nothing was sent. Add --send to send.\n")
    assert result.stdout == f"would be sent: {ANN}, Information from Riverside, handout-en.pdf\n"
    assert desk.inbox.connections == 0


def test_a_sheet_is_sent_once_and_again_only_when_asked(desk: Desk) -> None:
    first = desk.send("--consent", "yes", "--send")
    second = desk.send("--consent", "yes", "--send")
    third = desk.send("--consent", "yes", "--again")

    assert (first.code, first.stdout) == (0, "")
    assert first.stderr == f"{UNREVIEWED}row 1: sent (250 2.0.0)\n"
    assert second.stderr == "row 1: was sent in an earlier run (250 2.0.0)\nAdd --again to send it once more.\n"
    assert third.stdout == f"would be sent: {ANN}, Information from Riverside, handout-en.pdf\n"
    assert [envelope.rcpt_tos for envelope in desk.inbox.got] == [[ANN]]
    shown = [desk.run("outbox"), desk.run("outbox", "--show-addresses"), desk.run("outbox", "--state", "failed")]
    assert re.fullmatch(r"1 sent\nsingle sheet  sent  250 2\.0\.0  en  2\S+\n", shown[0].stdout)
    assert shown[1].stdout == f"{shown[0].stdout.rstrip()}  {ANN}\n"
    assert shown[2].stdout == "1 sent\n"


def test_without_consent_nothing_is_sent(desk: Desk) -> None:
    told, refused = desk.send(), desk.send("--send")

    assert told.stdout == f"not sent: no consent is recorded: {ANN}, Information from Riverside, handout-en.pdf\n"
    assert (refused.code, refused.stderr.splitlines()) == (
        2,
        [
            "Error: --consent: a sheet is sent only to a patient who agreed to e-mail",
            "Ask the patient, and add --consent yes; or make a sheet to print.",
        ],
    )
    assert desk.inbox.connections == 0


def test_each_row_is_told_by_number_and_code_only(capsys: pytest.CaptureFixture[str]) -> None:
    from gluterelief_pdf.cli.mailing import Teller

    teller = Teller()
    teller(Event(12, "unknown", "connection lost"))
    teller(Event(13, "deferred", "450 4.2.1"))
    teller(Event(14, "failed", "550 5.1.1"))

    assert capsys.readouterr().err == (
        "row 12: unknown: the server may have it; only --resend-unknown sends it again (connection lost)\n"
        "row 13: put off by the server (450 4.2.1)\n"
        "row 14: refused by the server (550 5.1.1)\n"
    )
    assert teller.summary == "1 unknown, 1 deferred, 1 failed"


@pytest.mark.parametrize(
    ("kinds", "code"),
    [
        (("sent", "sent before", "no consent"), 0),
        (("sent", "failed"), 1),
        (("unknown",), 1),
        (("unknown before",), 1),
        (("deferred", "failed", "sent"), 75),
    ],
)
def test_the_exit_code_tells_whether_to_run_again_or_to_look(kinds: tuple[Kind, ...], code: int) -> None:
    from gluterelief_pdf.cli.mailing import Teller

    teller = Teller()
    for row, kind in enumerate(kinds, 1):
        teller(Event(row, kind))

    assert teller.code == code


def test_a_refused_login_is_told_without_the_password(desk: Desk) -> None:
    result = desk.run("mail-check", password="wrong-one")

    assert (result.code, result.stdout) == (7, "")
    assert result.stderr == (
        f"Error: localhost, port {desk.port}: the server refused the login (535)\n"
        "Check user and password. It was not tried a second time, so that the account is not locked.\n"
    )
    assert len(desk.inbox.logins) == 1


def test_the_server_is_tried_without_sending(desk: Desk) -> None:
    dry = desk.run("mail-check")

    assert (dry.code, dry.stderr) == (0, "Nothing was sent.\n")
    assert dry.stdout == (
        f"ok     localhost, port {desk.port}: TLSv1.3\n"
        f"ok     logged in as {USER}\n"
        "ok     largest message: 33 MB\n"
        "ok     addresses beyond ASCII: yes\n"
    )
    assert desk.inbox.got == []


def test_no_address_name_or_password_stands_in_what_is_logged_or_in_the_list_of_processes(
    desk: Desk, tmp_path: Path
) -> None:
    """A program that looks at every process while the sheet is made and sent."""
    (tmp_path / "secret").write_text(PASSWORD, encoding="utf-8")
    (tmp_path / "secret").chmod(0o600)
    desk.write(password_file='"secret"')
    process = subprocess.Popen(
        [sys.executable, "-m", "gluterelief_pdf", "send", "--to", "-", "--consent", "yes", "--send"],
        cwd=tmp_path,
        env={**os.environ, "MAKE_HANDOUT_PATIENT": "Zacharias Quux"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(f"{ANN}\n".encode())
    process.stdin.close()
    process.stdin = None
    seen = command_lines(process)
    out, err = process.communicate()

    assert process.returncode == 0, err
    assert seen
    everything = b"".join(seen) + out + err
    for private in (ANN, "Zacharias", "Quux", PASSWORD):
        assert private.encode() not in everything
    assert b"Zacharias" not in content(desk.inbox.got[0])
    ledger = tmp_path / "outbox.sqlite"
    assert stat.S_IMODE(ledger.stat().st_mode) == 0o600
    assert b"Zacharias" not in ledger.read_bytes()
    assert PASSWORD.encode() not in ledger.read_bytes()


@pytest.mark.parametrize(
    "option",
    ["--to", "--clinic-name", "--phone", "--email", "--website", "--booking", "--address", "--patient", "--clinician"],
)
def test_no_line_break_gets_through_any_option(desk: Desk, option: str) -> None:
    to = [] if option == "--to" else ["--to", ANN]

    result = desk.run("send", *to, option, "a@b.example\r\nBcc: eve@evil.example")

    if option == "--address":  # its lines are lines; none of them stands in an e-mail
        assert (result.code, result.stdout) == (
            0,
            f"not sent: no consent is recorded: {ANN}, Information from Riverside, handout-en.pdf\n",
        )
    else:
        assert (result.code, result.stdout) == (2, "")
        assert result.stderr.startswith(f"Error: {option}: ")
    assert "eve@" not in result.stderr


def test_an_empty_outbox_says_so(run: Run, tmp_path: Path) -> None:
    result = run("outbox", environment={"XDG_STATE_HOME": str(tmp_path / "state")})

    assert (result.code, result.stdout) == (0, "Nothing was sent yet.\n")
    assert list(tmp_path.iterdir()) == []

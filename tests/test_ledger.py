"""What is remembered of what was sent, whatever ends the program."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gluterelief_pdf import ledger, post
from gluterelief_pdf.errors import OutputError
from gluterelief_pdf.letters import Event
from tests.letters import DESK
from tests.mailservers import (
    Certificates,
    Inbox,
)
from tests.postroom import certs, clinic, numbered, sending_process

__all__ = ["certs"]  # the fixture


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


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_the_ledger_is_its_owners_alone_whatever_the_mask_and_also_one_that_others_could_read(
    tmp_path: Path, mask: int
) -> None:
    path = tmp_path / "state/outbox.sqlite"
    before = os.umask(mask)
    try:
        for _ in range(2):
            with ledger.opened(path) as book:
                book.enter(numbered(1)[0], batch="roster.csv", message_id="<1@x>")
                assert {each.stat().st_mode & 0o777 for each in path.parent.iterdir()} == {0o600}
            path.chmod(0o644)
    finally:
        os.umask(before)

    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_ledger_is_one_whatever_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "link.sqlite").symlink_to("outbox.sqlite")
    with (
        ledger.opened(tmp_path / "outbox.sqlite"),
        pytest.raises(OutputError, match=r"link.sqlite: another run is sending right now"),
        ledger.opened(tmp_path / "link.sqlite"),
    ):
        pass


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


def test_a_folder_in_place_of_a_ledger_is_told_and_keeps_its_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    why = "cannot be written: there is a folder or a device of that name"
    with pytest.raises(OutputError, match=why), ledger.opened(tmp_path):
        pass

    assert tmp_path.stat().st_mode & 0o777 == 0o755

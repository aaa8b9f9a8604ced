"""The sheets of a whole list as e-mail: drafts to look at, or sent, each at most once and with consent only."""

import re

from tests.test_sending import Desk, desk

__all__ = ["desk"]  # the fixture

ROSTER = (
    "id,name,email,consent,language,techniques\n"
    "A-1,Ann Lee,ann@home.example,yes,en,fingers\n"
    "A-2,José Ruiz,jose@home.example,,es,fingers\n"
    "A-3,Bo Li,,yes,en,fingers\n"
    "A-4,Al Ray,al@home.example,no,en,fingers\n"
)


def write(desk: Desk, text: str = ROSTER) -> None:
    (desk.folder / "roster.csv").write_text(text, encoding="utf-8")


def test_a_batch_tells_what_it_would_send_and_sends_nothing(desk: Desk) -> None:
    write(desk)

    result = desk.run("batch", "roster.csv")

    assert result.code == 0
    assert "With --send 1 sheets would go out by e-mail; 2 have no consent.\n" in result.stderr
    assert desk.inbox.connections == 0


def test_drafts_are_written_for_those_who_agreed(desk: Desk) -> None:
    write(desk)

    result = desk.run("batch", "roster.csv", "--drafts", "drafts", "--consent", "yes")
    written = sorted(path.name for path in (desk.folder / "drafts").iterdir())

    assert (result.code, written) == (0, ["0001-handout-en.eml", "0002-handout-es.eml"])
    assert "row 4: no draft: no consent is recorded\n" in result.stderr
    assert b"To: jose@home.example" in (desk.folder / "drafts" / "0002-handout-es.eml").read_bytes()


def test_a_batch_is_sent_once_with_consent_and_goes_on(desk: Desk) -> None:
    write(desk)
    desk.inbox.faults["rcpt"] = ["451 later"]

    first = desk.run("batch", "roster.csv", "--send", "--consent", "yes")
    second = desk.run("batch", "roster.csv", "--send", "--consent", "yes")
    third = desk.run("batch", "roster.csv", "--send", "--consent", "yes")

    assert (first.code, second.code, third.code) == (75, 0, 0)
    assert sorted(envelope.rcpt_tos[0] for envelope in desk.inbox.got) == ["ann@home.example", "jose@home.example"]
    assert "row 4: not sent: no consent is recorded\n" in first.stderr
    assert "row 1: was sent in an earlier run" in third.stderr
    said = first.stderr + second.stderr + third.stderr
    assert not re.search(r"@home|Ann|José|Ruiz", said)


def test_a_wrong_address_is_told_before_anything_is_made(desk: Desk) -> None:
    write(desk, ROSTER.replace("jose@home.example", "jose@@home"))

    result = desk.run("batch", "roster.csv", "--send", "--consent", "yes")

    assert result.code == 2
    assert "roster.csv, line 3, email: is not an e-mail address." in result.stderr
    assert not (desk.folder / "handouts").exists()
    assert desk.inbox.connections == 0


def test_nothing_can_be_injected_by_a_column(desk: Desk) -> None:
    for column in range(6):
        cells = ["A-1", "Ann", "ann@home.example", "yes", "en", "fingers"]
        cells[column] = f'"{cells[column]}\r\nBcc: evil@x.example"'
        write(desk, ROSTER.splitlines()[0] + "\n" + ",".join(cells) + "\n")

        desk.run("batch", "roster.csv", "--out", f"out{column}", "--send", "--consent", "yes")

    assert not [envelope for envelope in desk.inbox.got if "evil@x.example" in envelope.rcpt_tos]
    assert not [envelope for envelope in desk.inbox.got if re.search(rb"(?m)^Bcc:", envelope.original_content or b"")]

"""The sheets of a whole list as e-mail: drafts to look at, or sent, each at most once and with consent only."""

import re

import pytest

from gluterelief_pdf import columns
from tests.frontdesk import Desk, desk
from tests.postroom import content

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
    assert result.stderr.endswith(
        "With --send the sheet of row 1 would go out by e-mail.\nrows 2, 4: not sent: no consent is recorded\n"
    )
    assert desk.inbox.connections == 0


def test_drafts_are_written_for_those_who_agreed_and_an_old_one_does_not_go_unseen(desk: Desk) -> None:
    write(desk)

    result = desk.run("batch", "roster.csv", "--drafts", "drafts", "--consent", "yes")
    written = sorted(path.name for path in (desk.folder / "drafts").iterdir())

    assert (result.code, written) == (0, ["0001-handout-en.eml", "0002-handout-es.eml"])
    assert "row 4: no draft: no consent is recorded\n" in result.stderr
    assert "earlier runs" not in result.stderr
    assert b"To: jose@home.example" in (desk.folder / "drafts" / "0002-handout-es.eml").read_bytes()
    write(desk, ROSTER.replace("jose@home.example,", "jose@home.example,no"))
    assert desk.run("batch", "roster.csv", "--drafts", "drafts").stderr.splitlines()[-2:] == [
        "1 drafts are in drafts.",
        "Note: 1 drafts of earlier runs are there too; look whether they are still right.",
    ]


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


def test_lines_of_a_note_and_of_an_address_stand_in_no_header(desk: Desk) -> None:
    evil = '"Hello\nBcc: eve@evil.example"'
    write(desk, f"email,techniques,note,clinic-address\nann@home.example,fingers,{evil},{evil}\n")

    result = desk.run("batch", "roster.csv", "--send", "--consent", "yes")

    assert result.code == 0
    (envelope,) = desk.inbox.got
    assert envelope.rcpt_tos == ["ann@home.example"]
    assert not re.search(rb"(?m)^Bcc:", content(envelope))


def test_no_line_break_gets_through_any_column(desk: Desk) -> None:
    """Each column in a row of its own; what is told names line and column, and shows nothing of the cell."""
    good = {
        **{
            "password": "three blue wheels",
            "consent": "yes",
            "language": "en",
            "techniques": "pigeon",
            "date": "today",
        },
        **{"email": "ann@home.example", "edition": "standard", "paper": "a4", "side": "left", "with": "es"},
        **{"link": "https://x.example", "clinic-country": "US", "clinic-colour": "auto", "clinic-booking": "x.example"},
        **{"clinic-website": "x.example", "clinic-email": "a@b.example", "doses": "pigeon.hold=40s", "even-so": "yes"},
    }
    keys = [*columns.BY_KEY]
    lines = [",".join(keys)]
    for key in keys:
        for ending in ("\r\nBcc:eve@evil.example", "\u2028Bcc: eve@evil.example", "[\x1b[2J"):
            cells = {"password": good["password"], "email": good["email"], key: good.get(key, "A") + ending}
            lines.append(",".join(f'"{cells.get(name, "")}"' for name in keys))
    write(desk, "\r\n".join(lines))

    result = desk.run("batch", "roster.csv", "--encrypt", "--send", "--consent", "yes")

    told = {
        line.removeprefix("Error: roster.csv, ").removeprefix("roster.csv, ").split(": ")[0]
        for line in result.stderr.splitlines()
    }
    starts = [2 + 4 * place + breaks for place in range(len(keys)) for breaks in (0, 2, 3)]
    wanted = {f"line {line}, {key}" for line, key in zip(starts, [key for key in keys for _ in range(3)], strict=True)}
    texts = {"note": (0,), "clinic-address": (0, 2)}  # their lines are lines; none of them stands in an e-mail
    lawful = {f"line {2 + 4 * keys.index(key) + at}, {key}" for key, places in texts.items() for at in places}
    assert len(keys) > 25
    assert result.code == 2
    assert wanted - told == lawful
    assert "evil" not in result.stderr
    assert desk.inbox.connections == 0


def test_no_more_is_mailed_than_the_limit_says_and_the_next_run_goes_on(desk: Desk) -> None:
    write(desk, "email,techniques\n" + "".join(f"p{row}@home.example,fingers\n" for row in range(3)))
    for limit in (["--limit", "1"], []):  # the rest comes out of the cache
        assert desk.run("batch", "roster.csv", *limit).code == 0

    told = []
    for options in ((), ("--send",), (), ("--send",)):
        told.append(desk.run("batch", "roster.csv", "--consent", "yes", "--limit", "2", *options).stderr)

    assert [envelope.rcpt_tos[0] for envelope in desk.inbox.got] == [f"p{row}@home.example" for row in range(3)]
    assert "With --send the sheet of rows 1-2 would go out by e-mail.\n" in told[0]
    assert "With --send the sheet of row 3 would go out by e-mail.\nrows 1-2: was sent in an earlier run\n" in told[2]


def test_a_wrong_address_keeps_no_sheet_from_being_made_where_nothing_is_sent(desk: Desk) -> None:
    write(desk, "email,techniques\nann@@home,fingers\n")

    result = desk.run("batch", "roster.csv", "--consent", "yes")

    assert result.code == 0
    assert result.stderr.endswith(
        "With --send no sheet would go out by e-mail.\nrow 1: not sent: the address is not an e-mail address\n"
    )


def test_a_row_that_is_skipped_is_neither_made_nor_mailed(desk: Desk) -> None:
    write(desk, "email,techniques\nann@@home,fingers\nbo@home.example,fingers\n")

    result = desk.run("batch", "roster.csv", "--skip-bad", "--consent", "yes", "--send")

    assert result.code == 1
    assert [path.name for path in (desk.folder / "handouts").glob("*.pdf")] == ["0002-handout-en.pdf"]
    assert [envelope.rcpt_tos for envelope in desk.inbox.got] == [["bo@home.example"]]


def test_drafts_that_cannot_be_written_are_told_before_anything_is_made(desk: Desk) -> None:
    write(desk)

    result = desk.run("batch", "roster.csv", "--drafts", "clinic.toml")

    assert (result.code, result.stderr) == (
        6,
        "Error: clinic.toml: is not a folder\nChoose another folder with --drafts.\n",
    )
    assert not (desk.folder / "handouts").exists()


@pytest.mark.parametrize(
    ("second", "wrong"),
    [
        ("7,Bo Lee,Fam@home.example,left,fingers", True),
        ("7,Ann Lee,fam@home.example,right,fingers", True),
        ("7,Ann Lee,fam@home.example,right,pigeon", False),
        ("8,Bo Lee,fam@home.example,left,fingers", False),
    ],
)
def test_two_rows_whose_letters_would_be_taken_for_one_are_told(desk: Desk, second: str, wrong: bool) -> None:
    write(desk, f"id,name,email,side,techniques\n7,Ann Lee,fam@home.example,left,fingers\n{second}\n")

    result = desk.run("batch", "roster.csv", "--send", "--consent", "yes")

    told = (
        "Error: roster.csv, line 3, id: is that of line 2, with the same e-mail address and plan. "
        "Give each an id of its own.\n"
    )
    assert (result.code, result.stderr.endswith(told)) == ((2, True) if wrong else (0, False))
    assert len(desk.inbox.got) == (0 if wrong else 2)


def test_a_sheet_that_somebody_moves_while_a_list_is_sent_is_told_and_the_next_run_goes_on(desk: Desk) -> None:
    rows = "".join(f"P{n},p{n}@home.example,yes\n" for n in range(3))
    write(desk, f"name,email,consent\n{rows}")
    assert desk.run("batch", "roster.csv", "--technique", "fingers").code == 0
    last = desk.folder / "handouts" / "0003-handout-en.pdf"
    desk.inbox.moves = last

    stopped = desk.run("batch", "roster.csv", "--send", "--technique", "fingers")

    assert stopped.code == 6
    assert stopped.stderr.endswith(
        "Error: handouts/0003-handout-en.pdf: cannot be read: no such file or directory\n"
        "What was sent is recorded. Run the same command again: it makes the sheet anew and goes on.\n"
    )
    again = desk.run("batch", "roster.csv", "--send", "--technique", "fingers")
    assert again.code == 0
    assert sorted(each.rcpt_tos[0] for each in desk.inbox.got) == [f"p{n}@home.example" for n in range(3)]

"""The commands that send: what a front desk sees, and what nobody may see."""

import os
import re
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gluterelief_pdf import mailbox, settings
from gluterelief_pdf.errors import ClinicError
from gluterelief_pdf.letters import Event, Kind
from tests.conftest import UNREVIEWED, Outcome, Run, homes
from tests.mailservers import PASSWORD, USER, Certificates, Inbox, certificates, serving
from tests.postroom import command_lines, content
from tests.test_docs import commands
from tests.test_printing import lp

ANN = "ann@home.example"


class Desk:
    """A front desk with a clinic.toml, a mail server and the program."""

    def __init__(self, run: Run, folder: Path, inbox: Inbox, port: int, certs: Certificates) -> None:
        self._run, self.folder, self.inbox, self.port, self._certs = run, folder, inbox, port, certs
        self.write()

    def write(self, **changes: str) -> None:
        lines = {
            "from": '"desk@riverside.example"',
            "host": '"localhost"',
            "port": str(self.port),
            "user": f'"{USER}"',
            "ca_file": f'"{self._certs.authority}"',
            "ledger": '"outbox.sqlite"',
            "pauses": "[]",
            **changes,
        }
        table = "\n".join(f"{key} = {value}" for key, value in lines.items() if value)
        text = f'name = "Riverside"\ncountry = "US"\n\n[mail]\n{table}\n'
        (self.folder / "clinic.toml").write_text(text, encoding="utf-8")

    def environment(self) -> dict[str, str]:
        return {**os.environ, **homes(self.folder), "MAKE_HANDOUT_SMTP_PASSWORD": PASSWORD}

    def run(self, *arguments: str, password: str = PASSWORD) -> Outcome:
        return self._run(*arguments, environment={"MAKE_HANDOUT_SMTP_PASSWORD": password})

    def send(self, *arguments: str, password: str = PASSWORD) -> Outcome:
        return self.run("send", "--to", ANN, "--technique", "ball", *arguments, password=password)


@pytest.fixture
def desk(run: Run, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A front desk, ready to send."""
    certs = certificates(tmp_path_factory.mktemp("certificates"))
    inbox = Inbox()
    with serving(inbox, certs.context("good")) as port:
        yield Desk(run, tmp_path, inbox, port, certs)


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


def test_the_password_comes_from_a_command_a_private_file_or_the_environment(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{PASSWORD}\nurl: x\n", encoding="utf-8")
    (tmp_path / "secret").chmod(0o600)
    python = f'"{sys.executable}"'
    desk.write(password_command=f"[{python}, \"-c\", \"print(open('secret', encoding='utf-8').read())\"]")
    by_command = desk.run("mail-check", password="")
    desk.write(password_file='"secret"')
    by_file = desk.run("mail-check", password="")
    (tmp_path / "secret").chmod(0o640)
    readable = desk.run("mail-check", password="")
    desk.write(password_command=f'[{python}, "-c", "raise SystemExit(3)"]')
    failing = desk.run("mail-check", password="")
    desk.write()
    by_pipe = subprocess.run(
        [sys.executable, "-m", "gluterelief_pdf", "mail-check"],
        cwd=tmp_path,
        input=f"{PASSWORD}\n",
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )

    assert [each.code for each in (by_command, by_file)] == [0, 0], by_command.stderr + by_file.stderr
    assert (by_pipe.returncode, by_pipe.stderr) == (0, "Nothing was sent.\n")
    assert (readable.code, readable.stderr) == (
        4,
        "Error: secret: others may read the password\nRun: chmod 600 secret\n",
    )
    assert failing.stderr == "Error: mail.password_command: ended with 3\nRun it by itself to see what it says.\n"
    assert {password for _, password in desk.inbox.logins} == {PASSWORD}


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
    ("table", "told"),
    [
        (
            "[mail]\nhost = 'x.example'",
            "clinic.toml, line 2: mail.from: is missing: the address that your e-mails come from",
        ),
        ("[mail]\nfrom = 'desk'", "clinic.toml, line 3: mail.from: is not an e-mail address"),
        ("[mail]\nfrom = 'a@b.example, c@b.example'", "clinic.toml, line 3: mail.from: is not an e-mail address"),
        ("[mail]\nfrom = 'ä@b.example'", "clinic.toml, line 3: mail.from: has letters before the @ that are not ASCII"),
        ("mail = 1", "clinic.toml, line 2: mail: should be a table"),
        (
            "[mail]\nfrom = 'a@b.example'\nhost = 'x.example'\nuser = 'u'\npassword = 'p'",
            "clinic.toml, line 6: mail.password: does not belong here; use password_command, token_command or password_file",
        ),
        (
            "[mail]\nfrom = 'a@b.example'\nhosst = 'x.example'",
            "clinic.toml, line 4: mail.hosst: unknown 'hosst' (did you mean 'host'?)",
        ),
        (
            "[mail]\nfrom = 'a@b.example'\nhost = 'x.example'\nsecurity = 'loopback'",
            'clinic.toml, line 5: mail.security: "loopback" sends clear text, so host may only be localhost, 127.0.0.1, ::1',
        ),
        (
            "[mail]\nfrom = 'a@b.example'\nhost = 'localhost'\nsecurity = 'loopback'\nuser = 'u'",
            'clinic.toml, line 6: mail.user: a password is never sent in clear text, so "loopback" goes without a login',
        ),
        (
            "[mail]\nfrom = 'a@b.example'\nhost = 'x.example'\nsecurity = 'none'",
            'clinic.toml, line 5: mail.security: is \'none\'; it may be "starttls" or "tls" or "loopback"',
        ),
        (
            "[mail]\nfrom = 'a@b.example'\nhost = 'x.example'\nport = 0",
            "clinic.toml, line 5: mail.port: should be a whole number from 1 to 65535",
        ),
        (
            "[mail]\nfrom = 'a@b.example'\nhost = 'x.example'\npassword_command = 'pass show x'",
            "clinic.toml, line 5: mail.password_command: should be a list: the program, then its arguments, "
            'such as ["pass", "show", "clinic-mail"]',
        ),
        ("[mail]\nfrom = 'a@b.example'\nport = 25", "clinic.toml, line 2: mail: has port, but no host"),
        (
            "[mail]\nfrom = 'a@b.example'\nhost = 'https://x'",
            "clinic.toml, line 4: mail.host: should be a server's name",
        ),
    ],
)
def test_what_is_wrong_in_the_mail_table_is_told_with_its_line(tmp_path: Path, table: str, told: str) -> None:
    (tmp_path / "clinic.toml").write_text(f'country = "US"\n{table}\n', encoding="utf-8")

    with pytest.raises(ClinicError) as refused:
        settings.load(tmp_path / "clinic.toml")

    assert str(refused.value).startswith(f"{tmp_path}/{told}")


FIELDS = [key for key in settings.KEYS if key not in ("signoff", "mail")]
SIGNOFF = {"language": '"en"', "by": '"Ann"', "digest": '"abc"', "on": "2026-11-25"}
MAIL_FIELDS = ("from", "reply_to", "host", "user", "security", "password_file", "ca_file", "ledger")


@pytest.mark.parametrize(
    "key", [*FIELDS, *(f"mail.{key}" for key in MAIL_FIELDS), "signoff.language", "signoff.by", "signoff.digest"]
)
def test_no_line_break_gets_through_any_field_of_the_clinic(tmp_path: Path, key: str) -> None:
    bad = r'"desk@riverside.example\r\nBcc: eve@evil.example"'
    table, _, name = key.rpartition(".")
    lines = {"": {}, "mail": {"from": '"a@b.example"', "host": '"x.example"'}, "signoff": dict(SIGNOFF)}
    lines[table][name] = f"[{bad}]" if key in settings.LISTS else bad
    heads = {"": "", "mail": "[mail]", "signoff": "[[signoff]]"}
    rows = ([heads[each], *(f"{name} = {value}" for name, value in lines[each].items())] for each in lines)
    text = "\n".join(row for each in rows for row in each)
    (tmp_path / "clinic.toml").write_text(text, encoding="utf-8")

    with pytest.raises(ClinicError) as refused:
        settings.load(tmp_path / "clinic.toml")

    assert re.match(rf".*clinic\.toml, line \d+: {re.escape(key)}: ", str(refused.value))
    assert "\nBcc" not in str(refused.value)


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


def test_without_a_mail_server_sending_says_what_to_add(run: Run, tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").write_text('name = "Riverside"\n', encoding="utf-8")

    result = run("send", "--to", ANN, "--consent", "yes", "--send")

    assert (result.code, result.stderr.splitlines()[0]) == (4, "Error: clinic.toml: names no mail server")


def test_an_empty_outbox_says_so(run: Run, tmp_path: Path) -> None:
    result = run("outbox", environment={"XDG_STATE_HOME": str(tmp_path / "state")})

    assert (result.code, result.stdout) == (0, "Nothing was sent yet.\n")
    assert list(tmp_path.iterdir()) == []


GUIDE = (Path(__file__).parents[1] / "docs/mail.md").read_text(encoding="utf-8")


def test_the_guide_tells_every_key_and_its_example_is_right(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    assert example
    (tmp_path / "clinic.toml").write_text(example[1], encoding="utf-8")

    read = settings.load(tmp_path / "clinic.toml").mail

    assert read
    assert read.server
    assert (read.server.host, read.server.port, read.server.user) == (
        "smtp.riverside.example",
        587,
        "desk@riverside.example",
    )
    assert [key for key in mailbox.KEYS if f"`{key}`" not in GUIDE] == []


@pytest.mark.matrix
def test_the_commands_of_the_guide_work_as_they_stand(desk: Desk, tmp_path: Path) -> None:
    tools = lp(tmp_path, 'echo "request id is desk-1 (1 file(s))"')
    listed = commands(GUIDE)

    for command in listed:
        done = subprocess.run(
            [sys.executable, "-m", "gluterelief_pdf", *shlex.split(command, comments=True)[1:]],
            cwd=tmp_path,
            env={**os.environ, "MAKE_HANDOUT_SMTP_PASSWORD": PASSWORD, "PATH": tools},
            input="three blue wheels\n",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (command, done.stderr)

    assert len(listed) >= 13
    sent = [envelope.rcpt_tos for envelope in desk.inbox.got]
    assert sent == [
        ["desk@riverside.example"],
        [ANN],
        ["ann@example.org"],
    ]  # the last is the template's row that agreed
    assert len(list((tmp_path / "drafts").glob("*.eml"))) == 1


@pytest.mark.parametrize(
    ("key", "code", "told"),
    [
        ("password_file", 4, "Error: pipe: the password cannot be read: is a pipe or a device, not a file\n"),
        ("ca_file", 7, "Error: pipe: holds no certificate\n"),
    ],
)
def test_a_pipe_in_place_of_a_file_keeps_nobody_waiting(desk: Desk, key: str, code: int, told: str) -> None:
    os.mkfifo(desk.folder / "pipe", 0o600)
    desk.write(**{key: '"pipe"'})

    result = desk.run("mail-check", password=PASSWORD if key == "ca_file" else "")

    assert result.code == code
    assert result.stderr.startswith(told)

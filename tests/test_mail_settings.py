"""What clinic.toml says of the mail server: every key told, every mistake with its line, no line break let through."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from gluterelief_pdf import mailbox, settings
from gluterelief_pdf.errors import ClinicError
from tests.conftest import Run
from tests.frontdesk import ANN, Desk, desk
from tests.mailservers import PASSWORD
from tests.test_docs import commands
from tests.test_printing import lp

__all__ = ["desk"]  # the fixture


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


def test_without_a_mail_server_sending_says_what_to_add(run: Run, tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").write_text('name = "Riverside"\n', encoding="utf-8")

    result = run("send", "--to", ANN, "--consent", "yes", "--send")

    assert (result.code, result.stderr.splitlines()[0]) == (4, "Error: clinic.toml: names no mail server")


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

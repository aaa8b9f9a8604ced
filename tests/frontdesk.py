"""A front desk that sends, as a person there uses the program."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Outcome, Run, homes
from tests.mailservers import PASSWORD, USER, Certificates, Inbox, certificates, serving

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

"""A whole list behind passwords: each sheet behind its row's own, which is kept nowhere but in the roster."""

import email
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.frontdesk import Desk, desk
from tests.postroom import command_lines, content
from tests.rosters import files, listed, write
from tests.test_encrypt import decrypted
from tests.verapdf import failures

__all__ = ["desk"]  # the fixture

ANN, BO, NEW = "three blue wheels", "vier rote Autos!", "cinco cajas 5 rojas"
HEADER = ["id", "name", "email", "consent", "language", "techniques", "Kennwort"]
BATCH = ("batch", "r.csv", "--encrypt", "--jobs", "1")


def roster(folder: Path, second: str = BO) -> None:
    """A patient, and a sheet without anything of a patient, which would be kept if it were not locked."""
    write(
        folder / "r.csv",
        HEADER,
        ["A", "Ann Lee", "ann@home.example", "yes", "en", "pigeon", ANN],
        ["B", "", "bo@home.example", "yes", "es", "ice", second],
    )


def poppler(path: Path, password: str) -> str | None:
    """Read a sheet as whoever has its password; none if it is another one."""
    done = subprocess.run(["pdftotext", "-upw", password, path, "-"], capture_output=True, text=True, check=False)
    return None if "Incorrect password" in done.stderr else done.stdout


def test_each_sheet_opens_with_its_rows_password_only_and_that_stands_nowhere(desk: Desk) -> None:
    roster(desk.folder)

    process = subprocess.Popen(
        [sys.executable, "-m", "gluterelief_pdf", *BATCH, "--drafts", "drafts", "--send", "--records"],
        cwd=desk.folder,
        env=desk.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    seen = command_lines(process)
    out, err = process.communicate()

    assert process.returncode == 0, err
    ann, bo = sorted((desk.folder / "handouts").glob("*.pdf"))
    assert "Name Ann Lee" in (poppler(ann, ANN) or "")
    assert poppler(bo, BO)
    assert [poppler(ann, BO), poppler(bo, ANN), poppler(bo, "")] == [None] * 3
    assert {row["file"]: row["sha256"] for row in listed(ann.parent)} == files(ann.parent)
    for raw, sheet in (
        ((desk.folder / "drafts" / "0001-handout-en.eml").read_bytes(), ann),
        (content(desk.inbox.got[0]), ann),
        (content(desk.inbox.got[1]), bo),
    ):
        _, _, *bodies, attached = email.message_from_bytes(raw).walk()
        assert attached.get_payload(decode=True) == sheet.read_bytes()
        told = b"The file asks for a password" if sheet == ann else "contraseña".encode()
        assert all(told in body.get_payload(decode=True) for body in bodies)
    kept = [path.read_bytes() for path in desk.folder.rglob("*") if path.is_file() and path.name != "r.csv"]
    everything = b"".join([*kept, *seen, out, err, *map(content, desk.inbox.got)])
    assert len(kept) > 8
    assert seen
    for password in (ANN, BO):
        for form in (password, password.replace(" ", "=20"), password.encode().hex()):
            assert form.encode() not in everything
    assert not list(desk.folder.parent.glob(f"{desk.folder.name}-cache/**/*.sheet"))


def test_a_second_run_makes_anew_what_has_another_password_which_the_list_does_not_betray(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "plain.csv").write_text("language,techniques\nes,ice\n", encoding="utf-8")
    assert (
        run("batch", "plain.csv", "--out", "plain").code == 0
    )  # the cache has the second sheet now, without a password
    folder = tmp_path / "handouts"
    told, keys, made = [], [], []
    for second in (BO, BO, NEW):
        roster(tmp_path, second)
        told.append(run(*BATCH).stderr)
        keys.append([row["key"] for row in listed(folder)])
        made.append(files(folder))

    changed = "0002-handout-es.pdf"
    assert [re.findall(r"(\d) of them made now", each) for each in told] == [["2"], ["0"], ["1"]]
    assert made[0] == made[1]
    assert {name for name in made[1] if made[1][name] != made[2][name]} == {changed}
    assert [poppler(folder / changed, password) is None for password in (BO, "", NEW)] == [True, True, False]
    assert keys[0] == keys[1] == keys[2]  # nobody who has the list and the folder's secret can try passwords
    assert all(keys[0])


def test_a_row_whose_password_is_missing_or_weak_is_told_by_line_and_never_made(run: Run, tmp_path: Path) -> None:
    rows = ["", "short", "12.03.1958", "ann lee", "Ann@home.example"]
    write(
        tmp_path / "r.csv",
        HEADER,
        *([f"A{at}", "Ann Lee", "ann@home.example", "yes", "en", "pigeon", each] for at, each in enumerate(rows)),
        ["A9", "Ann Lee", "ann@home.example", "yes", "en", "pigeon", ANN],
    )

    refused = run(*BATCH)
    skipped = run(*BATCH, "--skip-bad")

    others = "is the name, the address or the id of the row, which others know. Choose another one."
    assert (refused.code, refused.stderr.removeprefix("Error: ").splitlines()) == (
        2,
        [
            "r.csv, line 2, Kennwort: is empty, but with --encrypt each row needs a password. Fill it in.",
            "r.csv, line 3, Kennwort: should have 8 to 64 characters. Choose another one.",
            "r.csv, line 4, Kennwort: has only digits. A date of birth is known to many. Use three words, or letters and digits.",
            f"r.csv, line 5, Kennwort: {others}",
            f"r.csv, line 6, Kennwort: {others}",
        ],
    )
    assert skipped.code == 1
    assert list(files(tmp_path / "handouts")) == ["0006-handout-en.pdf"]


@pytest.mark.parametrize(
    ("header", "options", "told"),
    [
        (
            "Kennwort",
            (),
            "Error: r.csv: has passwords in the column 'Kennwort', but --encrypt is missing\n"
            "Add --encrypt to put each sheet behind its password, or leave them out with --ignore 'Kennwort'.\n",
        ),
        (
            "note",
            ("--encrypt",),
            "Error: --encrypt: r.csv has no column of passwords\n"
            "Add a column password, with one of its own for each patient.\n",
        ),
        (
            "password",
            ("--encrypt", "--print"),
            "Error: --encrypt: no printer can open a sheet behind a password\n"
            "Run it once more without --encrypt and into another folder, with --print or --print-file.\n",
        ),
        (
            "password",
            ("--encrypt", "--cluster", "tcp://scheduler:8786"),
            "Error: --encrypt: with tcp:// the passwords would cross the network in the clear\n"
            "Use tls:// and the three certificate files, or make the sheets on this machine.\n",
        ),
    ],
)
def test_passwords_and_the_option_come_together_and_nothing_is_made_else(
    run: Run, tmp_path: Path, header: str, options: tuple[str, ...], told: str
) -> None:
    write(tmp_path / "r.csv", ["language", "techniques", header], ["en", "pigeon", ANN])

    result = run("batch", "r.csv", *options)

    assert (result.code, result.stderr) == (2, told)
    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]


@pytest.mark.matrix
def test_locked_sheets_of_a_batch_pass_verapdf_once_the_password_is_off(run: Run, tmp_path: Path) -> None:
    kinds = [["en", "standard", ""], ["ar", "large-print", ""], ["zh-Hans", "low-ink", ""], ["es", "standard", "yes"]]
    write(tmp_path / "r.csv", ["language", "edition", "fillable", "password"], *([*kind, ANN] for kind in kinds))
    assert run("batch", "r.csv", "--encrypt").code == 0
    opened = []
    for path in sorted((tmp_path / "handouts").glob("*.pdf")):
        opened.append(tmp_path / path.name)
        opened[-1].write_bytes(decrypted(path.read_bytes(), ANN))

    assert failures(opened) == {path.name: [] for path in opened}
    assert len(opened) == len(kinds)

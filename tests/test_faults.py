"""What goes wrong around the program: its own errors, odd locales, crashes, two at once."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import Run, homes

ROOT = Path(__file__).parents[1]
PLANTED = """import importlib.util, sys
class Planted:
    def find_spec(self, name, path=None, target=None):
        if name != "gluterelief_pdf.cli.techniques":
            return None
        raise LookupError("Ann Lee")
sys.meta_path.insert(0, Planted())
"""


def went(command: Sequence[str], folder: Path, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, at home in another."""
    environment = {**os.environ, **homes(home), **more}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_an_error_of_the_program_tells_where_and_nothing_of_a_patient(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(PLANTED, encoding="utf-8")

    result = run("techniques", environment={"PYTHONPATH": str(tmp_path)})

    assert (result.code, result.stdout) == (5, "")
    *frames, kind, error, hint = result.stderr.splitlines()
    assert "in get_command" in "".join(frames)
    assert (kind, error) == ("LookupError", "Error: this is an error of the program")
    assert hint == "Please report what stands above."
    assert "Lee" not in result.stderr.replace('raise LookupError("Ann Lee")', "")


def test_ctrl_c_while_a_class_is_made_is_no_error_of_the_program(run: Run, tmp_path: Path) -> None:
    """Python 3.11 tells it as a RuntimeError of the slot at hand."""
    wrapped = PLANTED.replace('LookupError("Ann Lee")', 'RuntimeError("a slot") from KeyboardInterrupt()')
    (tmp_path / "sitecustomize.py").write_text(wrapped, encoding="utf-8")

    result = run("techniques", environment={"PYTHONPATH": str(tmp_path)})

    assert (result.code, result.stdout, result.stderr) == (130, "", "Interrupted: nothing was written.\n")


def test_a_crash_leaves_no_memory_on_the_disk(tmp_path: Path) -> None:
    code = (
        "import sys, resource; sys.argv[1:] = ['languages']; from gluterelief_pdf import __main__\n"
        "try: __main__.run()\nexcept SystemExit: print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    )

    done = subprocess.run(
        ["sh", "-c", 'ulimit -c unlimited; exec "$0" -c "$1"', sys.executable, code],
        env={**os.environ, **homes(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines()[-1] == "0"


def test_names_are_told_where_the_locale_lacks_their_letters_or_they_have_none(run: Run) -> None:
    narrow = run("languages", environment={"PYTHONIOENCODING": "latin-1"})
    named = run("--country", "US", "--output", os.fsdecode(b"\xff.pdf"), environment={"PYTHONIOENCODING": "utf-8"})

    assert (narrow.code, narrow.stderr) == (0, "")
    assert "\\u65e5\\u672c\\u8a9e" in narrow.stdout  # Japanese
    assert (named.code, named.raw) == (0, b"\xff.pdf\n")


def test_what_is_quoted_from_a_file_cannot_steer_a_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").write_text('"\\u001b[2Jname\\u202e" = 1', encoding="utf-8")

    result = run("languages")

    typed = run("--side", "\x9b2J", environment={"XDG_CONFIG_HOME": str(tmp_path / "none")}, cwd=Path("/"))

    assert result.code == 4
    assert result.stderr.startswith("Error: clinic.toml, \\x1b[2Jname\\u202e: unknown")
    assert (typed.code, "\x9b" in typed.stderr) == (2, False)


def test_of_two_who_set_up_a_clinic_at_once_one_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gluterelief_pdf", "init", "--yes", "--country", "US", "--name"]
    environment = {**os.environ, **homes(tmp_path)}

    running = [
        subprocess.Popen([*command, name], cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        for name in ("One", "Two")
    ]  # fmt: skip

    assert sorted(each.wait(100) for each in running) == [0, 6]


@pytest.mark.parametrize("closed", ["2>&-", ">&- 2>&-", "<&- >&- 2>&-", "<&-"])
def test_a_batch_is_made_where_streams_are_closed(closed: str, tmp_path: Path) -> None:
    """As by a timer or another program: what is opened next would take a closed stream's number."""
    (tmp_path / "r.csv").write_text("name\nAnn\n", encoding="utf-8")
    program = f"{sys.executable} -m gluterelief_pdf batch r.csv --technique pigeon --no-cache --out made"

    done = went(["bash", "-c", f"{program} {closed}"], tmp_path, tmp_path)

    assert done.returncode == 0
    assert (tmp_path / "made/0001-handout-en.pdf").read_bytes().endswith(b"%%EOF\n")


def test_a_batch_from_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("name\nAnn\n", encoding="utf-8")
    (tmp_path / "gone").mkdir()
    program = (
        f"{sys.executable} -m gluterelief_pdf batch {tmp_path}/r.csv --country US --no-cache --out {tmp_path}/made"
    )

    done = went(["sh", "-c", f"rmdir ../gone; exec {program}"], tmp_path / "gone", tmp_path, PYTHONPATH=str(ROOT))

    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.endswith(
        "Error: the processes that make sheets cannot be started: no such file or directory\n"
        "Is the folder that you are in still there, and does the system let you start so many processes?\n"
    )
    assert "Traceback" not in done.stderr


NO_LOCKS = """import _multiprocessing
class Refused(_multiprocessing.SemLock):
    def __new__(cls, *more):
        raise PermissionError(13, "Permission denied")
_multiprocessing.SemLock = Refused
"""  # as the system does where nobody may write to /dev/shm
MOUNTED = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o ro x /dev/shm && exec "$@"', "sh")


def _may_mount() -> bool:
    return shutil.which("unshare") is not None and subprocess.run([*MOUNTED, "true"], check=False).returncode == 0


def test_a_batch_where_nobody_may_write_to_dev_shm_is_told(tmp_path: Path) -> None:
    """Python keeps the locks there that its processes share."""
    (tmp_path / "r.csv").write_text("name\nAnn\n", encoding="utf-8")
    more: dict[str, str] = {}
    under: tuple[str, ...] = MOUNTED
    why = "read-only file system"
    if not _may_mount():
        (tmp_path / "sitecustomize.py").write_text(NO_LOCKS, encoding="utf-8")
        more["PYTHONPATH"] = str(tmp_path)
        under, why = (), "permission denied"

    batch = [sys.executable, "-m", "gluterelief_pdf", "batch", "r.csv", "--country", "US", "--no-cache"]
    done = went([*under, *batch], tmp_path, tmp_path, **more)

    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.endswith(
        f"Error: the processes that make sheets cannot be started: {why}\n"
        "Is there room in /dev/shm, and may you write there?\n"
    )
    assert "Traceback" not in done.stderr
    assert [path.name for path in (tmp_path / "handouts").iterdir() if path.suffix == ".pdf"] == []


LONG = "\u00e9" * 200  # 400 bytes, of which a name may have 255: the system refuses even to look for it


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["--country", "US", "--technique", "pigeon", "--output", LONG], 6),
        (["--country", "US", "--technique", "pigeon", "--output", f"{LONG}/sheet.pdf"], 6),
        (["--logo", LONG, "--output", LONG], 4),
        (["--overrides", LONG], 3),
        (["languages", "--overrides", LONG], 3),
        (["init", "--yes", "--clinic", LONG], 6),
        (["init", "--yes", "--clinic", f"{LONG}/clinic.toml"], 6),
        (["batch", "--template", LONG], 6),
        (["batch", LONG], 2),
    ],
)
def test_a_name_that_the_system_refuses_to_look_for_is_told(run: Run, command: list[str], code: int) -> None:
    result = run(*command)

    assert result.code == code
    assert "Traceback" not in result.stderr
    assert LONG in result.stderr

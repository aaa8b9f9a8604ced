"""A sheet that takes too long or too much memory ends with a sentence, and leaves nothing behind."""

import errno
import mmap
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from gluterelief_pdf import limits
from gluterelief_pdf.errors import BugError, ContentError, OutputError, RenderError

MIB = 2**20


def test_work_within_its_limits_gives_its_result() -> None:
    assert limits.run(lambda: {"made": b"x" * 5 * MIB}, 30, 2048 * MIB)["made"] == b"x" * 5 * MIB


def test_work_that_takes_too_long_is_ended() -> None:
    began = time.monotonic()

    with pytest.raises(RenderError) as error:
        limits.run(lambda: time.sleep(60), 0.2, 2048 * MIB)

    assert str(error.value) == "the sheet took longer than 0.2 seconds to make"
    assert time.monotonic() - began < 30


def test_work_that_wants_too_much_memory_is_ended() -> None:
    with pytest.raises(RenderError) as error:
        limits.run(lambda: len(bytearray(3000 * MIB)), 30, 2048 * MIB)

    assert (str(error.value), error.value.hint) == (
        "the sheet needs too much memory",
        "It may use 2048 MiB of memory.",
    )


def test_what_the_program_has_when_the_work_begins_is_not_the_works() -> None:
    with mmap.mmap(-1, 900 * MIB, flags=mmap.MAP_PRIVATE):
        assert len(limits.run(lambda: bytes(100 * MIB), 30, 500 * MIB)) == 100 * MIB
        with pytest.raises(RenderError, match=r"^the sheet needs too much memory$"):
            limits.run(lambda: len(bytes(600 * MIB)), 30, 500 * MIB)


def test_memory_that_ran_out_in_code_in_c_is_told_as_what_it_is() -> None:
    """Such code may report an allocation that failed by giving nothing back, which Python tells as a SystemError."""

    def work() -> None:
        raise SystemError("<built-in function draw> returned NULL without setting an exception")

    with pytest.raises(RenderError) as error:
        limits.run(work, 30, 1024 * MIB)

    assert (str(error.value), error.value.hint) == (
        "the sheet needs too much memory",
        "It may use 1024 MiB of memory.",
    )


def test_a_result_for_which_no_memory_is_left_is_told_as_that(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RenderError, match=r"^the sheet needs too much memory$"):
        limits.run(lambda: bytes(700 * MIB), 30, 1024 * MIB)

    assert capfd.readouterr().err == ""


def test_a_result_that_cannot_be_handed_over_is_a_bug_that_tells_nothing_of_the_sheet(
    capfd: pytest.CaptureFixture[str],
) -> None:
    class Sheet:
        def __reduce__(self) -> str:
            raise ValueError("Ann Lee")

    with pytest.raises(BugError, match=r"ValueError$"):
        limits.run(Sheet, 30, 1024 * MIB)

    assert capfd.readouterr().err == ""


def test_work_whose_process_dies_is_told() -> None:
    with pytest.raises(RenderError) as error:
        limits.run(lambda: os.kill(os.getpid(), signal.SIGKILL), 30, 2048 * MIB)

    assert str(error.value) == "the process that makes the sheet died"


def test_work_whose_process_dies_while_it_tells_its_result_is_told() -> None:
    def cut(sender: Connection, content: bytes) -> None:
        os.write(sender.fileno(), content[: len(content) // 2])
        os.kill(os.getpid(), signal.SIGKILL)

    def work() -> bytes:
        Connection._send = cut  # type: ignore[attr-defined]  # in the child alone
        return b"x" * MIB

    with pytest.raises(RenderError) as error:
        limits.run(work, 30, 2048 * MIB)

    assert str(error.value) == "the process that makes the sheet died"


def test_a_system_that_lets_no_process_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fork() -> int:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(os, "fork", fork)

    with pytest.raises(RenderError) as error:
        limits.run(lambda: None, 30, 2048 * MIB)

    assert (str(error.value), error.value.hint) == (
        "the processes that make sheets cannot be started: resource temporarily unavailable",
        "Is the folder that you are in still there, and does the system let you start so many processes?",
    )


def test_what_a_person_can_put_right_comes_through_whole() -> None:
    def work() -> None:
        raise ContentError("words/en.toml: a: is missing", hint="Add it.")

    with pytest.raises(ContentError) as error:
        limits.run(work, 30, 2048 * MIB)

    assert (str(error.value), error.value.hint) == ("words/en.toml: a: is missing", "Add it.")


def test_a_bug_keeps_its_traceback_and_tells_nothing_of_the_sheet() -> None:
    def work() -> None:
        try:
            raise KeyError("Ann Lee")
        except KeyError as error:
            raise ValueError("Ann Lee") from error

    with pytest.raises(BugError, match=r"(?s)test_limits.py.*KeyError.*which led to.*ValueError$") as bug:
        limits.run(work, 30, 2048 * MIB)

    assert "raise KeyError" in str(bug.value)  # the line as it is written, not what it said
    assert str(bug.value).count("Ann Lee") == 2


def test_no_room_for_temporary_files_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def work() -> None:
        raise OSError(errno.ENOSPC, "no space")

    with pytest.raises(OutputError, match="no space is left for temporary files"):
        limits.run(work, 30, 2048 * MIB)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(OutputError) as error:
        limits.run(lambda: None, 30, 2048 * MIB)

    assert (str(error.value), error.value.hint) == (
        "no folder for temporary files can be written to",
        "Make some room, or name a folder for them in TMPDIR.",
    )


def test_when_the_program_is_killed_what_it_started_ends_and_leaves_nothing(tmp_path: Path) -> None:
    code = "import time; from gluterelief_pdf import limits; limits.run(lambda: time.sleep(100), 200, 2**31)"
    running = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(tmp_path)})
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    _until(lambda: bool(children.read_text()) and os.listdir(tmp_path) != [])
    child = int(children.read_text())

    time.sleep(0.5)  # until it watches
    running.kill()
    running.wait()

    _until(lambda: os.listdir(tmp_path) == [] and not Path(f"/proc/{child}/cmdline").exists())


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_nothing_is_left_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def work() -> None:
        Path(tempfile.mkdtemp(), "left").write_text("over", encoding="utf-8")
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(RenderError):
        limits.run(work, 30, 2048 * MIB)

    assert os.listdir(tmp_path) == []


def test_ctrl_c_while_the_temporary_folder_goes_leaves_nothing_of_it(tmp_path: Path) -> None:
    code = """
import os, signal, tempfile
from gluterelief_pdf import limits
remove = tempfile.TemporaryDirectory._rmtree
def interrupted(*more, **named):
    os.kill(os.getpid(), signal.SIGINT)
    remove(*more, **named)
tempfile.TemporaryDirectory._rmtree = staticmethod(interrupted)
limits.run(lambda: None, 30, 2**31)
"""

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )

    assert done.stderr.endswith("KeyboardInterrupt\n")
    assert os.listdir(tmp_path) == []


def test_a_lower_limit_on_memory_from_outside_is_kept_to() -> None:
    code = "from gluterelief_pdf import limits; print(limits.run(lambda: 'made', 20, 2**31))"

    done = subprocess.run(
        ["sh", "-c", 'ulimit -v 1000000; exec "$0" -c "$1"', sys.executable, code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("made\n", "")

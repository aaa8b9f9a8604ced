"""Every door that takes a file refuses one without an end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gluterelief_pdf import infile
from tests.conftest import homes

DOORS = (
    (["--logo", "endless"], "endless: is a pipe or a device, not a file", 4),
    (["--clinic", "endless"], "endless: is a pipe or a device, not a file", 4),
    (["--overrides", "own"], "en.toml: cannot be read: is a pipe or a device, not a file", 3),
    (["init", "--yes", "--logo", "endless"], "endless: is a pipe or a device, not a file", 4),
    (["batch", "endless"], "endless: is a pipe or a device, not a file", 2),
)


def bounded(folder: Path, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a line of shell with an eighth of a typical memory."""
    return subprocess.run(
        ["sh", "-c", f"ulimit -v 2000000; {command}", sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **homes(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("kind", ["device", "pipe"])
@pytest.mark.parametrize(("arguments", "why", "code"), DOORS)
def test_a_device_without_an_end_and_a_silent_pipe_are_refused(
    arguments: list[str], why: str, code: int, kind: str, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "own/words").mkdir(parents=True)
    for name in ("endless", "own/words/en.toml"):
        (tmp_path / name).symlink_to("/dev/zero" if kind == "device" else tmp_path / "pipe")
    before = sorted(tmp_path.iterdir())

    done = bounded(tmp_path, 'exec "$0" -m gluterelief_pdf "$@"', *arguments)

    assert (done.returncode, sorted(tmp_path.iterdir())) == (code, before)
    assert why in done.stderr
    assert "Traceback" not in done.stderr


def test_a_roster_without_an_end_from_standard_input_is_refused(tmp_path: Path) -> None:
    done = bounded(tmp_path, 'exec "$0" -m gluterelief_pdf batch - < /dev/zero')

    assert (done.returncode, "Traceback" in done.stderr, list(tmp_path.iterdir())) == (2, False, [])


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    (tmp_path / "full").write_bytes(b"x" * 10)

    assert infile.read(tmp_path / "full", 10) == b"x" * 10
    with pytest.raises(infile.UnfitError, match="is larger than 0 MB"):
        infile.read(tmp_path / "full", 9)


def test_line_ends_and_the_mark_of_windows_are_taken_away(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"\xef\xbb\xbfa\r\nb\rc")

    assert infile.text(tmp_path / "text") == "a\nb\nc"


def test_a_folder_is_told_as_one(tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").mkdir()

    done = bounded(tmp_path, 'exec "$0" -m gluterelief_pdf --lang en')

    told = "Error: clinic.toml: is a folder, not a file\nGive the folder another name, or name a file.\n"
    assert (done.returncode, done.stderr) == (4, told)

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
    (["--clinic", "endless"], "endless: cannot be read: is a pipe or a device, not a file", 4),
    (["--overrides", "own"], "en.toml: cannot be read: is a pipe or a device, not a file", 3),
    (["init", "--yes", "--logo", "endless"], "endless: is a pipe or a device, not a file", 4),
    (["batch", "endless"], "endless: is a pipe or a device, not a file", 2),
)


def refused(folder: Path, arguments: list[str], source: Path) -> tuple[int, str, list[str]]:
    """Run with an eighth of a typical memory; give the exit code, the first line said and the files left."""
    (folder / "own/words").mkdir(parents=True)
    for name in ("endless", "own/words/en.toml"):
        (folder / name).symlink_to(source)
    before = {path.name for path in folder.iterdir()}
    done = subprocess.run(
        ["sh", "-c", 'ulimit -v 2000000; exec "$@"', "sh", sys.executable, "-m", "gluterelief_pdf", *arguments],
        cwd=folder,
        env={**os.environ, **homes(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr, sorted(path.name for path in folder.iterdir() if path.name not in before)


@pytest.mark.parametrize("kind", ["device", "pipe"])
@pytest.mark.parametrize(("arguments", "why", "code"), DOORS)
def test_a_device_without_an_end_and_a_silent_pipe_are_refused(
    arguments: list[str], why: str, code: int, kind: str, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")

    found, said, left = refused(tmp_path, arguments, Path("/dev/zero") if kind == "device" else tmp_path / "pipe")

    assert (found, left) == (code, [])
    assert why in said
    assert "Traceback" not in said


def test_a_roster_without_an_end_from_standard_input_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", 'ulimit -v 2000000; exec "$0" -m gluterelief_pdf batch - < /dev/zero', sys.executable],
        cwd=tmp_path,
        env={**os.environ, **homes(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, "Traceback" in done.stderr, list(tmp_path.iterdir())) == (2, False, [])


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    (tmp_path / "full").write_bytes(b"x" * 10)

    assert infile.read(tmp_path / "full", 10) == b"x" * 10
    with pytest.raises(infile.UnfitError, match="is larger than 0 MB"):
        infile.read(tmp_path / "full", 9)


def test_line_ends_and_the_mark_of_windows_are_taken_away(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"\xef\xbb\xbfa\r\nb\rc")

    assert infile.text(tmp_path / "text") == "a\nb\nc"

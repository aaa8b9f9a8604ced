"""A file is there whole, or not at all."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gluterelief_pdf import output
from gluterelief_pdf.errors import OutputError


def test_a_file_is_replaced_and_readable_by_others(tmp_path: Path) -> None:
    path = tmp_path / "sheet.pdf"
    path.write_bytes(b"old")

    output.write(path, b"new")

    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o044
    assert os.listdir(tmp_path) == ["sheet.pdf"]


def test_a_file_that_only_its_owner_may_read_stays_so(tmp_path: Path) -> None:
    path = tmp_path / "sheet.pdf"
    path.write_bytes(b"old")
    path.chmod(0o600)

    output.write(path, b"new")

    assert path.stat().st_mode & 0o777 == 0o600


def test_what_a_killed_run_left_is_taken_away_and_what_another_writes_is_not(tmp_path: Path) -> None:
    old, new, other = (tmp_path / f".{name}.part" for name in ("a*.pdf.0123abcd", "a*.pdf.0123abce", "ab.pdf.0123abcd"))
    for draft in (old, new, other):
        draft.write_bytes(b"half")
    for draft in (old, other):
        os.utime(draft, (1, 1))

    output.sweep(tmp_path / "a*.pdf")

    assert sorted(tmp_path.iterdir()) == [new, other]


def test_who_changes_a_file_waits_for_another_who_does(tmp_path: Path) -> None:
    code = """
import sys, time
from pathlib import Path
from gluterelief_pdf import output
path = Path(sys.argv[1])
for _ in range(40):
    with output.alone(path):
        count = int(path.read_text())
        time.sleep(0.002)
        output.write(path, str(count + 1).encode())
"""
    (tmp_path / "count").write_text("0", encoding="utf-8")

    running = [subprocess.Popen([sys.executable, "-c", code, tmp_path / "count"]) for _ in range(3)]

    assert [each.wait(60) for each in running] == [0, 0, 0]
    assert (tmp_path / "count").read_text(encoding="utf-8") == "120"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.pdf").write_bytes(b"old")
    (tmp_path / "link.pdf").symlink_to("real.pdf")

    output.write(tmp_path / "link.pdf", b"new")

    assert (tmp_path / "link.pdf").is_symlink()
    assert (tmp_path / "real.pdf").read_bytes() == b"new"


def test_a_sheet_that_is_open_elsewhere_is_replaced_and_stays_whole_there(tmp_path: Path) -> None:
    path = tmp_path / "sheet.pdf"
    path.write_bytes(b"old")

    with path.open("rb") as reader:
        output.write(path, b"new")

        assert reader.read() == b"old"
    assert path.read_bytes() == b"new"


def test_a_pipe_or_a_device_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")

    with pytest.raises(OutputError) as error:
        output.write(tmp_path / "pipe.pdf", b"new")

    assert str(error.value) == f"{tmp_path / 'pipe.pdf'}: is not a file"
    assert error.value.hint == "Name a file, or - for standard output."
    assert os.listdir(tmp_path) == ["pipe.pdf"]
    assert (tmp_path / "pipe.pdf").is_fifo()


def test_a_name_that_no_disk_allows_is_told(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 300 + ".pdf")

    with pytest.raises(OutputError) as error:
        output.write(path, b"new")

    assert (str(error.value), error.value.hint) == (
        f"{path}: cannot be written: file name too long",
        "Choose a shorter name.",
    )


def test_a_name_as_long_as_the_disk_allows_works(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 251 + ".pdf")

    output.write(path, b"new")

    assert path.read_bytes() == b"new"


@contextmanager
def disk(folder: Path, options: str) -> Iterator[Path]:
    """Mount a small disk."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


MAY_MOUNT = os.geteuid() == 0 and shutil.which("mount") is not None


def test_a_full_disk_keeps_the_old_sheet(tmp_path: Path) -> None:
    if not MAY_MOUNT:
        with pytest.raises(OutputError, match="cannot be written: "):
            output.write(Path("/dev/full/sheet.pdf"), b"x")
        return
    with disk(tmp_path / "disk", "size=64k") as small:
        (small / "sheet.pdf").write_bytes(b"old")

        with pytest.raises(OutputError) as error:
            output.write(small / "sheet.pdf", b"x" * 200_000)

        assert str(error.value) == f"{small / 'sheet.pdf'}: cannot be written: no space left on device"
        assert error.value.hint == "Choose another place."
        assert (small / "sheet.pdf").read_bytes() == b"old"
        assert os.listdir(small) == ["sheet.pdf"]


def test_a_place_that_may_not_be_written_to_is_told(tmp_path: Path) -> None:
    if not MAY_MOUNT:
        (tmp_path / "locked").mkdir(mode=0o555)
        with pytest.raises(OutputError, match="cannot be written: permission denied"):
            output.write(tmp_path / "locked" / "sheet.pdf", b"x")
        return
    with disk(tmp_path / "locked", "ro") as locked:
        with pytest.raises(OutputError) as error:
            output.write(locked / "sheet.pdf", b"x")

        assert str(error.value) == f"{locked / 'sheet.pdf'}: cannot be written: read-only file system"

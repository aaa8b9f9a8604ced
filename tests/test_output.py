"""A file is there whole, or not at all."""

import os
import shutil
import subprocess
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

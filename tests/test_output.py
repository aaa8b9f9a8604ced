"""A file is there whole, or not at all."""

import os
import subprocess
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


def test_a_name_as_long_as_the_disk_allows_works(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 251 + ".pdf")

    output.write(path, b"new")

    assert path.read_bytes() == b"new"


def test_a_full_disk_keeps_the_old_sheet(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:  # without the right to mount, at least a place that takes no file
        disk = Path("/dev/full")
        with pytest.raises(OutputError):
            output.write(disk / "sheet.pdf", b"x")
        return
    try:
        (disk / "sheet.pdf").write_bytes(b"old")

        with pytest.raises(OutputError) as error:
            output.write(disk / "sheet.pdf", b"x" * 200_000)

        assert str(error.value) == f"{disk / 'sheet.pdf'}: cannot be written: no space left on device"
        assert error.value.hint == "Choose another place."
        assert (disk / "sheet.pdf").read_bytes() == b"old"
        assert os.listdir(disk) == ["sheet.pdf"]
    finally:
        subprocess.run(["umount", disk], check=True)

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
from tests.conftest import Run, homes


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


def test_a_private_file_is_private_from_its_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who opens it before its rights are set would read on, and on some disks they cannot be set."""
    path = tmp_path / "sheet.pdf"
    path.write_bytes(b"old")
    path.chmod(0o600)

    def fchmod(_descriptor: int, _mode: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "fchmod", fchmod)
    output.write(path, b"new")

    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to a group that it is not in")
@pytest.mark.parametrize("may", [True, False])
def test_a_file_for_one_group_is_not_opened_to_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, may: bool
) -> None:
    path = tmp_path / "sheet.pdf"
    path.write_bytes(b"old")
    os.chown(path, -1, 4321)
    path.chmod(0o640)

    def fchown(_descriptor: int, _owner: int, _group: int) -> None:
        raise PermissionError

    if not may:
        monkeypatch.setattr(os, "fchown", fchown)
    output.write(path, b"new")

    state = path.stat()
    assert (state.st_gid, state.st_mode & 0o777) == ((4321, 0o640) if may else (os.getegid(), 0o600))


ADDRESSED = "name,email,consent,id\nAnn,ann@home.example,yes,a\n"
WRITTEN_OVER = {
    "a sheet and its record": (
        ("--output", "sheet.pdf", "--record", "record.json"),
        {"sheet.pdf", "record.json"},
    ),
    "a draft": (("draft", "--to", "ann@home.example", "--output", "draft.eml"), {"draft.eml"}),
    "a batch": (
        ("batch", "r.csv", "--out", "made", "--records", "--drafts", "drafts", "--print-file", "all.pdf"),
        {"made/0001-handout-en.pdf", "made/0001-handout-en.json", "made/manifest.csv", "drafts/0001-handout-en.eml", "all.pdf"},
    ),
    "a clinic.toml and a sign-off": (("review", "--yes", "--by", "Ada Moss"), {"clinic.toml"}),
    "a clinic.toml set up anew": (("init", "--yes", "--force", "--clinic", "clinic.toml"), {"clinic.toml"}),
}  # fmt: skip


@pytest.mark.parametrize("what", WRITTEN_OVER)
def test_every_kind_of_file_that_was_made_private_stays_so(run: Run, tmp_path: Path, what: str) -> None:
    command, written = WRITTEN_OVER[what]
    (tmp_path / "clinic.toml").write_text('name = "Riverside"\ncountry = "US"\n', encoding="utf-8")
    (tmp_path / "r.csv").write_text(ADDRESSED, encoding="utf-8")
    sheet = () if "clinic" in what else ("--technique", "pigeon")
    first = run(*command, *sheet)
    assert first.code == 0, first.stderr
    before = {name: (tmp_path / name).stat().st_mtime_ns for name in written}
    for name in written:
        (tmp_path / name).chmod(0o600)

    (tmp_path / "r.csv").write_text(ADDRESSED.replace("Ann", "Ann Lee"), encoding="utf-8")
    again = run(*command, *sheet)

    assert again.code == 0, again.stderr
    assert {name for name in written if (tmp_path / name).stat().st_mtime_ns != before[name]} == written
    assert {name: oct((tmp_path / name).stat().st_mode & 0o777) for name in written} == dict.fromkeys(written, "0o600")


@pytest.mark.parametrize(("mask", "rights"), [(0o000, 0o666), (0o027, 0o640), (0o077, 0o600)])
def test_new_files_have_the_rights_that_the_mask_leaves_and_secrets_are_private(
    tmp_path: Path, mask: int, rights: int
) -> None:
    (tmp_path / "r.csv").write_text(ADDRESSED, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "gluterelief_pdf", "batch", "r.csv", "--out", "made", "--records", "--technique", "pigeon", "--drafts", "drafts"],
        cwd=tmp_path,
        env={**os.environ, **homes(tmp_path)},
        capture_output=True,
        check=False,
        umask=mask,
        timeout=120,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    made = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "made").iterdir()}
    assert made.pop(".make-handout") == 0o600
    assert made == dict.fromkeys(("0001-handout-en.pdf", "0001-handout-en.json", "manifest.csv"), rights)
    assert (tmp_path / "drafts" / "0001-handout-en.eml").stat().st_mode & 0o777 == rights
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("made", "drafts")} == {0o777 & ~mask}
    cache = tmp_path.with_name(f"{tmp_path.name}-cache") / "make-handout" / "sheets"
    assert cache.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in cache.iterdir()} == {0o600}


def test_what_a_killed_run_left_is_taken_away_and_what_another_writes_is_not(tmp_path: Path) -> None:
    old, new, other = (tmp_path / f".{name}.part" for name in ("a*.pdf.0123abcd", "a*.pdf.0123abce", "ab.pdf.0123abcd"))
    for draft in (old, new, other):
        draft.write_bytes(b"half")
    for draft in (old, other):
        os.utime(draft, (1, 1))

    output.sweep(tmp_path / "a*.pdf")

    assert sorted(tmp_path.iterdir()) == [new, other]


def test_half_files_of_one_kind_in_a_folder_are_taken_away(tmp_path: Path) -> None:
    old, new, other = (tmp_path / f".{name}.part" for name in ("1.eml.0123abcd", "2.eml.0123abce", "3.pdf.0123abcd"))
    for draft in (old, new, other):
        draft.write_bytes(b"half")
    for draft in (old, other):
        os.utime(draft, (1, 1))

    output.sweep_all(tmp_path, ".eml")

    assert sorted(tmp_path.iterdir()) == [new, other]


HALVES = {
    ".record.json.0123abcd.part": ("--output", "sheet.pdf", "--record", "record.json"),
    "drafts/.0007-handout-en.eml.0123abcd.part": ("batch", "r.csv", "--drafts", "drafts"),
    ".all.pdf.0123abcd.part": ("batch", "r.csv", "--print-file", "all.pdf"),
}


@pytest.mark.parametrize("half", HALVES)
def test_what_a_killed_run_left_beside_what_it_wrote_goes_with_the_next_run(
    run: Run, tmp_path: Path, half: str
) -> None:
    (tmp_path / "r.csv").write_text(ADDRESSED, encoding="utf-8")
    (tmp_path / "drafts").mkdir()
    (tmp_path / half).write_bytes(b"half")
    os.utime(tmp_path / half, (1, 1))

    assert run(*HALVES[half], "--technique", "pigeon", "--country", "US").code == 0

    assert not (tmp_path / half).exists()


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


@pytest.mark.parametrize("letter", ["n", "あ", "𝒏"])
def test_a_name_as_long_as_the_disk_allows_works(tmp_path: Path, letter: str) -> None:
    path = tmp_path / (letter * (251 // len(letter.encode())) + ".pdf")

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

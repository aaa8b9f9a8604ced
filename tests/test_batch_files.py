"""Which files a batch writes: none of somebody else's, and none under a name that tells of a patient."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gluterelief_pdf import naming
from gluterelief_pdf.errors import OptionError
from tests.conftest import Run, homes
from tests.rosters import SHORT, files, write


def test_what_nobody_of_us_made_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    (tmp_path / "handouts").mkdir()
    (tmp_path / "handouts" / "0001-handout-en.pdf").write_bytes(b"a letter of somebody's")
    write(tmp_path / "r.csv", ["name"], ["Ann"])

    result = run("batch", "r.csv", *SHORT)

    assert result.code == 2
    assert result.stderr.splitlines()[-1] == (
        "Error: r.csv, line 2: 0001-handout-en.pdf is there already, and no earlier run made it. "
        "Name another folder with --out, or move that file away."
    )
    assert (tmp_path / "handouts" / "0001-handout-en.pdf").read_bytes() == b"a letter of somebody's"


def test_a_record_that_nobody_of_us_made_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    (tmp_path / "handouts").mkdir()
    (tmp_path / "handouts" / "0001-handout-en.json").write_text("somebody's", encoding="utf-8")
    write(tmp_path / "r.csv", ["name"], ["Ann"])

    result = run("batch", "r.csv", "--records", *SHORT)

    assert result.code == 2
    assert "line 2: 0001-handout-en.json is there already, and no earlier run made it." in result.stderr
    assert (tmp_path / "handouts" / "0001-handout-en.json").read_text(encoding="utf-8") == "somebody's"


def test_an_example_is_not_written_over_a_list_of_patients(run: Run, tmp_path: Path) -> None:
    patients = write(tmp_path / "r.csv", ["name"], ["Ann"]).read_bytes()

    result = run("batch", "--template", "r.csv")

    assert (result.code, result.stdout) == (6, "")
    assert result.stderr == (
        "Error: r.csv: is there already\nChoose another name for the example, or move that file away.\n"
    )
    assert (tmp_path / "r.csv").read_bytes() == patients
    assert [run("batch", "--template", "new.csv").code for _ in range(2)] == [0, 0]


def test_an_example_is_not_written_beside_the_making_of_sheets(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "r.csv", ["name"], ["Ann"])

    result = run("batch", "r.csv", "--template", "new.csv")

    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: --template: writes an example, and makes no sheets\n")
    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]


def test_a_file_for_the_printer_of_an_earlier_longer_list_does_not_go_unseen(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "r.csv", ["name"], ["Ann"])
    for name in ("all-1.pdf", "all-2.pdf", "all-new.pdf", "ball-1.pdf"):
        (tmp_path / name).write_bytes(b"of last week")

    result = run("batch", "r.csv", "--print-file", "all.pdf", *SHORT)

    assert result.code == 0
    assert result.stdout.splitlines()[0] == "all.pdf"
    note = "Note: all-1.pdf, all-2.pdf: of an earlier run; look whether it is still right before it is printed.\n"
    assert note in result.stderr
    for name in ("all-1.pdf", "all-2.pdf"):
        (tmp_path / name).unlink()
    assert "earlier run" not in run("batch", "r.csv", "--print-file", "all.pdf", *SHORT).stderr


@pytest.mark.parametrize(
    ("file", "whose"),
    [
        ("handouts/0001-handout-en.pdf", "a sheet"),
        ("handouts/0001-handout-en.json", "a record"),
        ("handouts/../handouts/manifest.csv", "the list of the sheets"),
        ("r.csv", "the roster"),
        ("link.csv", "the roster"),
        ("clinic.toml", "the clinic's settings"),
    ],
)
def test_a_file_for_the_printer_is_not_written_over_another(run: Run, tmp_path: Path, file: str, whose: str) -> None:
    write(tmp_path / "r.csv", ["name"], ["Ann"])
    (tmp_path / "link.csv").symlink_to("r.csv")
    (tmp_path / "clinic.toml").write_text('country = "US"\n', encoding="utf-8")

    result = run("batch", "r.csv", "--print-file", file, *SHORT)

    assert result.code == 2
    assert result.stderr.endswith(f"Error: --print-file: has the name of {whose}\nChoose another name for it.\n")
    assert (tmp_path / "r.csv").read_text(encoding="utf-8").splitlines() == ["name", "Ann"]
    assert (tmp_path / "clinic.toml").read_text(encoding="utf-8") == 'country = "US"\n'


def test_two_rows_with_one_name_are_refused_before_the_start(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "r.csv", ["id", "name"], ["a-1", "Ann"], ["A-1", "Bo"])

    result = run("batch", "r.csv", "--name-pattern", "{id}", *SHORT)

    assert result.code == 2
    assert "line 3: its file would have the name of that of line 2." in result.stderr
    assert not (tmp_path / "handouts").exists()


@pytest.mark.parametrize(
    ("pattern", "wrong"),
    [
        ("{name}", "{name} would put a patient's data into names of files"),
        ("{row.__class__}", "{row.__class__} is not known"),
        ("{row:0999999999d}", "{row} is written in a way that is not known"),
        ("../{row}", "has a character that no file's name may have"),
        ("{row", "a brace is not closed"),
        ("{row!r}", "{row} is written in a way that is not known"),
    ],
)
def test_a_pattern_for_names_that_could_do_harm_is_refused(pattern: str, wrong: str) -> None:
    with pytest.raises(OptionError) as error:
        naming.check(pattern)

    assert str(error.value) == f"--name-pattern: {wrong}"


def test_a_list_whose_sheets_are_known_needs_no_renderer(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "r.csv", ["name"], ["Ann Lee"], ["Bob Ray"])
    assert run("batch", "r.csv", "--out", "first", *SHORT).code == 0
    code = (
        "import sys\nfrom gluterelief_pdf.cli import main\n"
        f"try: main(['batch', 'r.csv', '--out', 'second', *{SHORT!r}])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "print([name for name in ('weasyprint', 'jinja2', 'PIL') if name in sys.modules])"
    )

    second = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, **homes(tmp_path)}, capture_output=True, text=True, check=False
    )  # fmt: skip

    assert second.stdout.endswith("[]\n"), second.stderr
    assert files(tmp_path / "second") == files(tmp_path / "first")

"""What the documents say is so."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.conftest import SAMPLE_LOGO, Run
from tests.reading import Reading

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROSTER = (ROOT / "docs/roster.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs/front-desk.md").read_text(encoding="utf-8")


def commands(text: str) -> list[str]:
    """Find the commands of a document, a command that goes on over a line's end as one."""
    return [
        line
        for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
        for line in block.replace("\\\n", " ").splitlines()
        if line.startswith("make-handout")
    ]


COMMANDS = commands(README)


def test_there_are_commands_in_the_readme() -> None:
    assert len(COMMANDS) >= 4
    assert len(README.splitlines()) < 150


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_works_as_it_stands(run: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "clinic.png").write_bytes(SAMPLE_LOGO.read_bytes())
    (tmp_path / "roster.csv").write_text("language,techniques\nen,pigeon\n", encoding="utf-8")

    result = run(*shlex.split(command, comments=True)[1:])

    assert result.code == 0, result.stderr


def test_the_guide_leads_a_new_user_from_nothing_to_a_patients_sheet(run: Run, tmp_path: Path) -> None:
    (tmp_path / "clinic.png").write_bytes(SAMPLE_LOGO.read_bytes())
    steps = commands(GUIDE)

    for command in steps:
        result = run(*shlex.split(command)[1:])
        assert result.code == 0, (command, result.stderr)

    assert len(steps) >= 9
    reading = Reading((tmp_path / "ann.pdf").read_bytes())
    assert reading.says("Name Ann Lee")
    assert reading.says("Reviewed by Ada Moss, physical therapist on ")
    assert not reading.says("Foam roller")


def test_the_commands_of_the_guide_to_rosters_work_one_after_the_other(run: Run, tmp_path: Path) -> None:
    steps = commands(ROSTER)

    for command in steps:
        result = run(*shlex.split(command)[1:])
        assert result.code == 0, (command, result.stderr)

    assert len(steps) == 3
    assert len(list((tmp_path / "handouts").glob("*.pdf"))) == 2
    assert (tmp_path / "all.pdf").is_file()


def test_every_column_and_every_option_of_a_batch_is_told(run: Run) -> None:
    from gluterelief_pdf.columns import COLUMNS

    options = set(re.findall(r"--[a-z-]+", run("batch", "--help").stdout)) - {"--color"}

    told = ROSTER + README + (ROOT / "docs/mail.md").read_text(encoding="utf-8")
    assert {option for option in options if option not in told} == set()
    assert {column.key for column in COLUMNS if f"`{column.key}`" not in ROSTER} == {"patient"}  # it is called name


def test_every_option_stands_in_the_readme(run: Run) -> None:
    options = set(re.findall(r"--[a-z-]+", run("--help").stdout)) - {"--color"}

    assert len(options) > 10
    assert {option for option in options if option not in README} == set()


def test_the_readme_tells_every_exit_code() -> None:
    from gluterelief_pdf import errors

    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = {kind.exit_code for kind in kinds if issubclass(kind, errors.HandoutError)}

    assert codes == {2, 3, 4, 5, 6, 7}
    assert [code for code in (0, *codes, 130) if f"| {code} |" not in README] == []
    assert "| 1, 75 |" in README


def test_every_picture_and_file_that_is_named_is_there() -> None:
    for document in ("README.md", "CONTRIBUTING.md", "docs/front-desk.md", "docs/mail.md", "docs/roster.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        for name in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text) + re.findall(r'src="([^":]+)"', text):
            assert ((ROOT / document).parent / name).exists(), f"{document}: {name}"


def test_make_tells_what_it_can_do() -> None:
    listed = subprocess.run(["make", "--silent"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    for target in ("handout", "test", "check", "soak", "pages", "wheel"):
        assert f"make {target}" in listed


def test_without_root_or_sudo_make_says_exactly_what_to_run(tmp_path: Path) -> None:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    for tool in ("sh", "awk", "dirname", "grep", "env"):
        found = subprocess.run(
            ["sh", "-c", f"command -v {tool}"], capture_output=True, text=True, check=True
        ).stdout.strip()
        (bin_folder / tool).symlink_to(found)
    for name, body in {"id": "echo 1000", "dpkg-query": "exit 1"}.items():
        (bin_folder / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (bin_folder / name).chmod(0o755)

    done = subprocess.run(
        [ROOT / ".ci/install", "run"], env={"PATH": str(bin_folder)}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stderr == (
        "Some system packages are missing. As root, run this and then try again:\n"
        "  apt-get update && apt-get install --yes libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0\n"
    )

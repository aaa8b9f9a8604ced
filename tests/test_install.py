"""What is shipped works elsewhere, and what is missing is told with the command that installs it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import SAMPLE_LOGO, Run
from tests.reading import Reading

ROOT = Path(__file__).parents[1]
POISON = """import socket
def refuse(*arguments, **options):
    raise AssertionError("the network was asked for")
socket.socket.connect = socket.socket.connect_ex = socket.create_connection = socket.getaddrinfo = refuse
"""
OUTSIDE = "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')"


@pytest.mark.parametrize("library", ["libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"])
def test_a_missing_library_is_told_with_the_command_that_installs_it(run: Run, tmp_path: Path, library: str) -> None:
    spoiled = tmp_path / "spoiled"
    spoiled.mkdir()
    (spoiled / library).write_text("this is no library", encoding="utf-8")
    work = tmp_path / "work"
    work.mkdir()

    result = run("--country", "US", environment={"LD_LIBRARY_PATH": str(spoiled)}, cwd=work)

    error, hint = result.stderr.splitlines()
    assert (result.code, result.stdout) == (5, "")
    assert error.startswith("Error: a system library is missing: ")
    assert library.split("-1.0")[0].split(".so")[0].removeprefix("lib") in error
    assert hint.startswith("Install it with: ")
    assert "libharfbuzz-subset0" in hint or "pango" in hint
    assert os.listdir(work) == []


@pytest.mark.matrix
def test_the_wheel_works_in_another_folder_without_a_network(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "build", "--outdir", tmp_path, ROOT], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    subprocess.run([venv / "bin/pip", "install", "--quiet", wheel], check=True, capture_output=True)
    (tmp_path / "poison").mkdir()
    (tmp_path / "poison" / "sitecustomize.py").write_text(POISON, encoding="utf-8")
    # On PYTHONPATH, for Debian's own sitecustomize comes before one in the environment.
    alone = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "nobody"), "PYTHONPATH": str(tmp_path / "poison")}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "clinic.png").write_bytes(SAMPLE_LOGO.read_bytes())

    def start(*command: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=elsewhere, env=alone, capture_output=True, text=True, check=False)

    poisoned = start(venv / "bin/python", "-c", OUTSIDE)
    made = start(venv / "bin/make-handout", "--lang", "en", "--logo", "clinic.png")

    assert "the network was asked for" in poisoned.stderr
    assert (made.returncode, made.stdout) == (0, "handout-en.pdf\n"), made.stderr
    assert len(Reading((elsewhere / "handout-en.pdf").read_bytes()).pages) == 6
    for needed in ("templates/handout.html", "content/facts.toml", "content/words/en.toml", "fonts.conf", "py.typed"):
        assert f"gluterelief_pdf/{needed}" in names
    for licence in ("LICENSE", "content/NOTICE.md"):
        assert [name for name in names if name.endswith(f".dist-info/licenses/{licence}")]
    assert not [name for name in names if name.startswith(("tests/", "docs/"))]


def test_every_system_package_that_a_hint_names_is_in_the_one_list() -> None:
    from gluterelief_pdf.libraries import INSTALL

    listed = (ROOT / ".ci/packages").read_text(encoding="utf-8").split()

    assert [name for name in INSTALL["debian"].split() if name.startswith("lib") and name not in listed] == []

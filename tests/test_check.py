"""`make-handout check` and completion, for whoever sets the program up."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import SAMPLE_LOGO, Run


def test_check_says_that_all_is_well(run: Run) -> None:
    result = run("check", "--logo", str(SAMPLE_LOGO))

    lines = result.stdout.splitlines()
    assert (result.code, result.stderr) == (0, "")
    assert all(line.startswith("ok     ") for line in lines)
    assert "ok     logo: 60 × 17 mm at 259 dots per inch" in lines
    assert "ok     colour #0b6e6e: contrast 6.1:1 on white, 4.5:1 is needed" in lines
    assert "ok     a sheet can be made: 6 pages, pdf/ua-1, tags repaired, only shipped fonts embedded" in lines
    for library in ("Pango", "PangoFT2", "HarfBuzz", "HarfBuzz subset", "Fontconfig"):
        assert [line for line in lines if line.startswith(f"ok     {library}: ")]


def test_check_names_every_fault_and_its_cure(run: Run, tmp_path: Path) -> None:
    spoiled = tmp_path / "spoiled"
    spoiled.mkdir()
    for name in ("libharfbuzz-subset.so.0", "libpango-1.0.so.0"):
        (spoiled / name).write_text("this is no library", encoding="utf-8")
    (tmp_path / "clinic.png").write_bytes(b"no picture")

    result = run("check", "--logo", "clinic.png", environment={"LD_LIBRARY_PATH": str(spoiled)})

    assert result.code == 5
    faults = [line for line in result.stdout.splitlines() if line.startswith("fault  ")]
    assert faults[0] == "fault  Pango: missing"
    assert "fault  HarfBuzz subset: missing" in faults
    assert faults[-1] == "fault  clinic.png: is not a PNG, JPEG or SVG picture"
    assert "       Install it with: " in result.stdout
    assert "a sheet can be made" not in result.stdout


WITHOUT = """import importlib.machinery, os
find = importlib.machinery.PathFinder.find_spec
importlib.machinery.PathFinder.find_spec = classmethod(
    lambda cls, name, *more: None if name == os.environ["WITHOUT"] else find(name, *more)
)
"""  # as if a package were not installed


def _without(package: str, folder: Path) -> dict[str, str]:
    (folder / "without").mkdir(exist_ok=True)
    (folder / "without" / "sitecustomize.py").write_text(WITHOUT, encoding="utf-8")
    return {"PYTHONPATH": str(folder / "without"), "WITHOUT": package}


def test_what_an_extra_would_bring_is_no_fault(run: Run, tmp_path: Path) -> None:
    result = run("check", environment=_without("justmytype_intl_cjk", tmp_path))

    assert (result.code, result.stderr) == (0, "")
    assert "ok     font Noto Sans JP: not installed; its languages need the extra [cjk]\n" in result.stdout
    assert "ok     content in ja: not to be had without the extra [cjk]\n" in result.stdout


def test_a_font_that_is_gone_is_told_by_check_and_by_a_sheet(run: Run, tmp_path: Path) -> None:
    gone = _without("fontpkg_fira_sans", tmp_path)
    hint = "Install it with: pip install --force-reinstall fontpkg-fira-sans"

    checked = run("check", environment=gone)
    sheet = run("--country", "US", environment=gone)
    assert run("batch", "--template", "r.csv").code == 0
    batch = run("batch", "r.csv", environment=gone)

    assert checked.code == 5
    assert f"fault  font Fira Sans: FiraSans-Regular.ttf is missing\n       {hint}\n" in checked.stdout
    assert (sheet.code, sheet.stderr) == (5, f"Error: English: its font is not installed\n{hint}\n")
    assert (batch.code, "Traceback" in batch.stderr) == (5, False)
    assert not list(tmp_path.glob("*.pdf"))


def test_a_logo_that_prints_soft_is_told(run: Run, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (90, 30), "#884400").save(tmp_path / "small.png")

    result = run("check", "--logo", "small.png")

    assert "ok     logo: 15 × 5 mm at 150 dots per inch (a little soft: a larger picture would be sharper)" in (
        result.stdout.splitlines()
    )


def test_a_wrong_logo_does_not_hide_a_wrong_colour(run: Run) -> None:
    result = run("check", "--logo", "none.png", "--colour", "tea")

    assert result.code == 4
    assert [line for line in result.stdout.splitlines() if line.startswith("fault  ")] == [
        "fault  --colour: 'tea' is not a colour",
        "fault  none.png: there is no such file",
    ]


def test_the_missing_libraries_are_told_even_where_the_logo_is_a_drawing(run: Run, tmp_path: Path) -> None:
    spoiled = tmp_path / "spoiled"
    spoiled.mkdir()
    (spoiled / "libpango-1.0.so.0").write_text("this is no library", encoding="utf-8")

    result = run(
        "check",
        "--logo",
        str(SAMPLE_LOGO.with_suffix(".svg")),
        environment={"LD_LIBRARY_PATH": str(spoiled)},
    )

    assert (result.code, result.stderr) == (5, "")
    assert "fault  Pango: missing" in result.stdout.splitlines()


def completions(words: str, position: int) -> list[str]:
    """Ask for completions as bash does."""
    environment = {
        **os.environ,
        "_MAKE_HANDOUT_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(position),
    }
    code = "from gluterelief_pdf.__main__ import run; run()"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    return [line.split(",", 1)[1] for line in done.stdout.splitlines()]


def test_a_shell_completes_options_values_and_commands() -> None:
    assert completions("make-handout --l", 1) == ["--lang", "--logo", "--link"]
    assert completions("make-handout --paper ", 2) == ["letter", "a4"]
    assert completions("make-handout ch", 1) == ["check"]


def test_every_shell_gets_a_script_it_can_read(run: Run) -> None:
    scripts = {shell: run("completion", shell).stdout for shell in ("bash", "zsh", "fish")}

    assert all("make-handout" in script and "_MAKE_HANDOUT_COMPLETE" in script for script in scripts.values())
    checked = subprocess.run(["bash", "-n"], input=scripts["bash"], text=True, capture_output=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")

"""One list, content/NOTICE.md, says under which licence everything is that a clinic installs."""

import re
from importlib.metadata import files
from pathlib import Path

import pytest

from benchmarks import licences
from gluterelief_pdf.fonts import FACES, Face

ROOT = Path(__file__).parents[1]
NOTICE = licences.NOTICE.read_text(encoding="utf-8")


def test_all_that_is_in_the_wheel_stands_in_the_list() -> None:
    named = set(re.findall(r"`([\w./-]+)`", NOTICE.partition("## Fonts")[0]))
    there = {path.relative_to(ROOT).as_posix() + "/" * path.is_dir() for path in (ROOT / "content").iterdir()}

    assert len(there) >= 6
    assert there - named == {"content/NOTICE.md"}
    assert {"gluterelief_pdf/", "templates/", "LICENSE"} <= named


@pytest.mark.parametrize("face", FACES, ids=[face.name for face in FACES])
def test_every_font_stands_in_the_list_and_comes_with_its_licence(face: Face) -> None:
    package = face.package.replace("_", "-")
    (row,) = [line for line in NOTICE.splitlines() if re.search(rf"\| (.*, )?{face.name}(,.*)? \|", line)]
    own = face.file(face.regular).parent
    texts = [path for folder in (own, own.parent) for name in ("OFL.txt", "LICENSE") for path in folder.glob(name)]

    assert package in row
    assert "SIL Open Font License 1.1" in row
    assert "SIL OPEN FONT LICENSE Version 1.1" in texts[0].read_text(encoding="utf-8")
    assert files(package)


def test_every_library_stands_in_the_list_with_a_licence() -> None:
    """`python -m benchmarks.licences --write` brings it up to date."""
    assert licences.table() in NOTICE
    assert len(licences.needed()) > 30
    assert [name for name in licences.needed() if not licences.licence(name)] == []

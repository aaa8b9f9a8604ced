"""Which shipped faces a sheet needs. Nothing else can be picked: the font system is told of no other font."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

FAMILY = "Handout"  # one name over all faces, so that a name in another script falls through to its face


@dataclass(frozen=True, slots=True)
class Face:
    """One family of a font package: a regular and a bold file, or one variable file for both."""

    name: str
    package: str
    regular: str
    bold: str
    script: str  # the word that the Unicode names of its letters begin with; "" = Latin, Greek, Cyrillic

    def file(self, name: str) -> Path:
        """Find one of its files."""
        return Path(str(files(self.package))) / "files" / name


FACES = (
    Face("Fira Sans", "fontpkg_fira_sans", "FiraSans-Regular.ttf", "FiraSans-Bold.ttf", ""),
    Face(
        "IBM Plex Sans Arabic",
        "fontpkg_ibm_plex_sans_arabic",
        "IBMPlexSansArabic-Regular.ttf",
        "IBMPlexSansArabic-Bold.ttf",
        "ARABIC",
    ),
    Face("Hind", "fontpkg_hind", "Hind-Regular.ttf", "Hind-Bold.ttf", "DEVANAGARI"),
    Face("Heebo", "fontpkg_heebo", "Heebo[wght].ttf", "Heebo[wght].ttf", "HEBREW"),
    Face(
        "Noto Sans Thai",
        "fontpkg_noto_sans_thai",
        "NotoSansThai[wdth,wght].ttf",
        "NotoSansThai[wdth,wght].ttf",
        "THAI",
    ),
)


def needed(text: str) -> tuple[Face, ...]:
    """Give the faces that the characters of a text call for; the first one always."""
    scripts = {unicodedata.name(character, "").split(" ")[0] for character in set(text) if character > "\u024f"}
    return tuple(face for face in FACES if not face.script or face.script in scripts)


def css(faces: Iterable[Face]) -> str:
    """Write the @font-face rules, and the font-family that uses them in order."""
    faces = tuple(faces)
    rules = [
        f'@font-face {{ font-family: "{FAMILY} {face.name}";{weight} src: url("{face.file(name).as_uri()}") }}'
        for face in faces
        for weight, name in _weights(face)
    ]
    names = ", ".join(f'"{FAMILY} {face.name}"' for face in faces)
    return "\n".join([*rules, f"html, svg text {{ font-family: {names} }}", f"@page {{ font-family: {names} }}"])


def _weights(face: Face) -> tuple[tuple[str, str], ...]:
    """Give each file with its weight; a variable font is one face without a weight, else veraPDF's 7.21.5-1 fails."""
    if face.regular == face.bold:
        return (("", face.regular),)
    return ((" font-weight: 400;", face.regular), (" font-weight: 700;", face.bold))


def folders(faces: Iterable[Face]) -> tuple[Path, ...]:
    """Give the folders that the faces lie in."""
    return tuple(face.file(face.regular).parent for face in faces)

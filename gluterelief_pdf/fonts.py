"""Which shipped faces a sheet needs. Nothing else can be picked: the font system is told of no other font."""

import importlib.util
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gluterelief_pdf.errors import RenderError
from gluterelief_pdf.model import Language

FAMILY = "Handout"  # one name over all faces, so that a name in another script falls through to its face
EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "FULLWIDTH", "IDEOGRAPHIC")
WEIGHTS = {"regular": 400, "bold": 700}


@dataclass(frozen=True, slots=True)
class Face:
    """One family of a font package: a regular and a bold file, or one variable file for both."""

    name: str
    package: str
    regular: str
    bold: str
    scripts: tuple[str, ...]  # words that the Unicode names of its letters begin with; none = Latin, Greek, Cyrillic
    extra: str = ""  # the extra of this package that brings it

    @property
    def installed(self) -> bool:
        """Tell whether its package is here."""
        return importlib.util.find_spec(self.package) is not None and (
            not self.extra or importlib.util.find_spec("uharfbuzz") is not None
        )

    def file(self, name: str) -> Path:
        """Find one of its files.

        Raises:
            RenderError: if it is not there.
        """
        package = importlib.util.find_spec(self.package)
        for place in (package and package.submodule_search_locations) or ():
            file = Path(place).resolve() / ("fonts" if self.extra else "files") / name
            if file.is_file():
                return file
        raise RenderError(f"font {self.name}: {name} is missing", hint=f"Install it with: {self.command}")

    @property
    def command(self) -> str:
        """Give what installs it."""
        return (
            f"pip install 'gluterelief-pdf[{self.extra}]'"
            if self.extra
            else (f"pip install --force-reinstall {self.package.replace('_', '-')}")
        )


def _east_asian(name: str, script: str, *scripts: str) -> Face:
    file = f"ofl/notosans{script.lower()}/NotoSans{script}[wght].ttf"
    return Face(name, "justmytype_intl_cjk", file, file, (*scripts, *EAST_ASIAN), extra="cjk")


FACES = (
    Face("Fira Sans", "fontpkg_fira_sans", "FiraSans-Regular.ttf", "FiraSans-Bold.ttf", ()),
    Face(
        "IBM Plex Sans Arabic",
        "fontpkg_ibm_plex_sans_arabic",
        "IBMPlexSansArabic-Regular.ttf",
        "IBMPlexSansArabic-Bold.ttf",
        ("ARABIC", "EXTENDED"),
    ),
    Face("Hind", "fontpkg_hind", "Hind-Regular.ttf", "Hind-Bold.ttf", ("DEVANAGARI",)),
    Face("Heebo", "fontpkg_heebo", "Heebo[wght].ttf", "Heebo[wght].ttf", ("HEBREW",)),
    Face(
        "Noto Sans Thai",
        "fontpkg_noto_sans_thai",
        "NotoSansThai[wdth,wght].ttf",
        "NotoSansThai[wdth,wght].ttf",
        ("THAI",),
    ),
    _east_asian("Noto Sans SC", "SC"),
    _east_asian("Noto Sans TC", "TC"),
    _east_asian("Noto Sans JP", "JP"),
    _east_asian("Noto Sans KR", "KR"),
)
OF_SCRIPT = {"HIRAGANA": "Noto Sans JP", "KATAKANA": "Noto Sans JP", "HANGUL": "Noto Sans KR"}  # in another language


def called(name: str) -> Face:
    """Give the face of a name."""
    return next(face for face in FACES if face.name == name)


def of(language: Language) -> Face:
    """Give the face that the words of a language are set in.

    Raises:
        RenderError: if it comes with an extra that is not installed.
    """
    face = called(language.font)
    if not face.installed:
        raise RenderError(
            f"{language.english}: its font is not installed",
            hint=f"Install it with: {face.command}",
        )
    return face


def needed(html: str, languages: Iterable[Language] = ()) -> tuple[Face, ...]:
    """Give the faces that the characters of a page call for.

    One that is not installed is left out for a name, and refused for a language.
    """
    scripts = {unicodedata.name(character, "").split(" ")[0] for character in characters(html) if character > "\u024f"}
    found = [face for face in FACES if not face.extra and (not face.scripts or scripts.intersection(face.scripts))]
    if not (east := scripts.intersection(EAST_ASIAN)):
        return tuple(found)
    own = [face for face in map(of, languages) if face.extra]
    names = {OF_SCRIPT.get(script, own[0].name if own else "Noto Sans SC") for script in east}
    others = [face for face in FACES if face.extra and face.installed and face.name in names and face not in own]
    return (*found, *own, *others)


def characters(html: str) -> frozenset[str]:
    """Give every character of a page, those of its style's strings included."""
    escaped = {chr(int(code, 16)) for code in re.findall(r"\\([0-9a-f]{6})", html)}
    return frozenset(set(html) | escaped)


def css(faces: Iterable[Face], html: str = "", scratch: Path | None = None, languages: Iterable[Language] = ()) -> str:
    """Write the @font-face rules, and the font-family of each language; the first is the page's.

    What is cut out of the large East Asian fonts for this page is put into the scratch folder.
    """
    faces = tuple(faces)
    rules = [
        f'@font-face {{ font-family: "{FAMILY} {face.name}";{weight} src: url("{file.as_uri()}") }}'
        for face in faces
        for weight, file in _files(face, html, scratch)
    ]
    page, *others = [_order(faces, language) for language in languages] or [faces]
    places = ["html, svg text", "@page", *(f'[lang="{language.tag}"]' for language in list(languages)[1:])]
    for place, order in zip(places, (page, page, *others), strict=True):
        names = ", ".join(f'"{FAMILY} {face.name}"' for face in order)
        rules.append(f"{place} {{ font-family: {names} }}")
    return "\n".join(rules)


def _order(faces: tuple[Face, ...], language: Language) -> tuple[Face, ...]:
    """Put a language's own face first where marks that it shares with Latin differ.

    East Asian quotation marks are wide. Brackets are mirrored from right to left: were they of one face with those of
    a text from left to right, a screen reader would read one for the other.
    """
    own = of(language)
    if not (own.extra or language.direction == "rtl") or own not in faces:
        return faces
    return (own, *(face for face in faces if face != own))


def folders(faces: Iterable[Face], scratch: Path | None = None) -> tuple[Path, ...]:
    """Give the folders that the faces lie in; the scratch folder only where something was cut out into it.

    A press keeps style sheets by them: with a folder of its own, every sheet would have its style read anew.
    """
    faces = tuple(faces)
    own = tuple(face.file(face.regular).parent for face in faces if not face.extra)
    return (scratch, *own) if scratch and any(face.extra for face in faces) else own


def _files(face: Face, html: str, scratch: Path | None) -> Iterator[tuple[str, Path]]:
    """Give each file with its weight; a variable font is one face without a weight, else veraPDF's 7.21.5-1 fails."""
    if face.extra:
        assert scratch, "a folder for what is cut out"
        for name, weight in WEIGHTS.items():
            file = scratch / f"{face.name.replace(' ', '')}-{name}.ttf"
            file.write_bytes(_cut(face.file(face.regular), weight, characters(html)))
            yield f" font-weight: {weight};", file
    elif face.regular == face.bold:
        yield "", face.file(face.regular)
    else:
        yield " font-weight: 400;", face.file(face.regular)
        yield " font-weight: 700;", face.file(face.bold)


def _cut(font: Path, weight: int, wanted: frozenset[str]) -> bytes:
    """Pin the weight of a variable font and keep the glyphs of some characters: quicker before layout than after."""
    import uharfbuzz

    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(font)))
    ask = uharfbuzz.SubsetInput()
    ask.pin_axis_location(face, "wght", weight)
    ask.unicode_set.update(ord(character) for character in wanted)
    return bytes(uharfbuzz.subset(face, ask).blob.data)

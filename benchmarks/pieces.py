"""What files are broken with, and pictures: part of benchmarks/fuzz.py."""

import re
import struct
import tomllib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from gluterelief_pdf.resources import shipped
from tests.logos import LOGOS, REFUSED_SVG

PIECES = tomllib.loads(Path(__file__).with_name("pieces.toml").read_text(encoding="utf-8"))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
ODD = st.sampled_from(PIECES["odd"])
WORD = st.one_of(ODD, TEXT)
SCALAR = st.one_of(
    WORD, st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.sampled_from([0, -1, 10**30, 0.5])
)
VALUE: SearchStrategy[Any] = st.recursive(
    SCALAR,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT.filter(bool), inner, max_size=3)),
    max_leaves=5,
)
LANGUAGES = [path.stem for path in sorted((shipped("content") / "words").glob("*.toml"))]
BESIDE = {
    "clinic.png": LOGOS["rgb.png"](),
    "clinic.svg": LOGOS["plain.svg"](),
    "roster.csv": b"name,side\r\nAnn,left\r\n",
}


@dataclass(frozen=True)
class Case:
    """One thing handed in: files of the folder, and the command line."""

    arguments: list[str]
    files: Mapping[str, bytes] = field(default_factory=dict)


def toml(table: Mapping[str, Any]) -> bytes:
    """Write a table; one that TOML cannot hold gives an empty file."""
    try:
        return tomlkit.dumps(table).encode()
    except Exception:
        return b""


@st.composite
def mangled(draw: DrawFn, content: bytes) -> bytes:
    """Damage bytes as disks, editors and people do: cut, delete, double, overwrite, put in."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 40)))
        kind = draw(st.sampled_from(["cut", "delete", "double", "overwrite", "put in", "bit"]))
        if kind == "cut":
            content = content[:start]
        elif kind == "delete":
            content = content[:start] + content[end:]
        elif kind == "double":
            content = content[:end] + content[start:end] * draw(st.integers(1, 50)) + content[end:]
        elif kind == "bit" and start < len(content):
            content = content[:start] + bytes([content[start] ^ 1 << draw(st.integers(0, 7))]) + content[start + 1 :]
        else:
            new = draw(st.one_of(st.binary(max_size=8), WORD.map(str.encode)))
            content = content[:start] + new + content[start + len(new) if kind == "overwrite" else start :]
    return content


RASTERS = {name: LOGOS[name]() for name in LOGOS if not name.endswith(("svg", "svgz"))}
DRAWINGS = {name: make() for name, make in LOGOS.items() if name.endswith("svg")}
DRAWINGS |= {name: make() for name, (make, _) in REFUSED_SVG.items() if name not in ("large", "deep", "many")}
TOKENS = st.sampled_from(PIECES["svg_values"])
ELEMENTS = st.sampled_from(PIECES["svg_elements"])


@st.composite
def svg(draw: DrawFn) -> bytes:
    """A drawing: tokens exchanged, elements put in, or bytes damaged."""
    name = draw(st.sampled_from(sorted(DRAWINGS)))
    content = DRAWINGS[name]
    if name == "utf-16.svg" or draw(st.integers(0, 3)) == 0:
        return draw(mangled(content))
    text = content.decode()
    for _ in range(draw(st.integers(1, 3))):
        places = [found.span(1) for found in re.finditer(r"""=["']([^"']*)["']""", text)]
        if draw(st.booleans()) and places:
            start, end = places[draw(st.integers(0, len(places) - 1))]
            text = text[:start] + draw(TOKENS) + text[end:]
        else:
            ends = [found.end() for found in re.finditer(">", text)]
            at = draw(st.sampled_from(ends)) if ends else 0
            text = text[:at] + draw(ELEMENTS) + text[at:]
    return text.encode()


@st.composite
def _png(draw: DrawFn, content: bytes) -> bytes:
    """A PNG whose chunks are changed, and whose sums are right again: what only the decoder finds."""
    chunks, place = [], 8
    while place + 12 <= len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        chunks.append((content[place + 4 : place + 8], content[place + 8 : place + 8 + length]))
        place += 12 + length
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(chunks) - 1))
        kind, inner = chunks[at]
        what = draw(st.integers(0, 4))
        if what == 0:
            chunks.insert(draw(st.integers(0, len(chunks))), chunks[at])
        elif what == 1 and len(chunks) > 1:
            del chunks[at]
        elif what == 2:
            new = draw(
                st.sampled_from([b"tRNS", b"PLTE", b"iCCP", b"eXIf", b"gAMA", b"acTL", b"tEXt", b"zTXt", b"pHYs"])
            )
            chunks.insert(draw(st.integers(1, len(chunks))), (new, draw(st.binary(max_size=40))))
        else:
            chunks[at] = (kind, draw(mangled(inner)))
    written = b"".join(
        struct.pack(">I", len(inner)) + kind + inner + struct.pack(">I", zlib.crc32(kind + inner))
        for kind, inner in chunks
    )
    return content[:8] + written


@st.composite
def logos(draw: DrawFn) -> Case:
    """A picture that is damaged, or strange."""
    if draw(st.booleans()):
        content, name = draw(svg()), "logo.svg"
    else:
        name = draw(st.sampled_from(sorted(RASTERS)))
        original = RASTERS[name]
        own = [_png(original)] if original.startswith(b"\x89PNG") else []
        content = draw(st.one_of(mangled(original), *own))
    command = draw(st.sampled_from([[], [], ["draft", "--to", "ann@home.example"]]))
    return Case([*command, "--logo", name], {name: content})

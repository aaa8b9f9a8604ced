"""The shipped figures, drawn in advance: drawing them takes a quarter of the time of a first sheet.

`make drawings` writes the file; a figure that is not in it, such as a clinic's own, is drawn when it is needed.
"""

import base64
import json
import re
import zlib
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pydyf

ACCENT = re.compile(rb'color="(#[0-9a-f]{6})"')  # of the clinic, where the figure says currentColor
MARKER = b"#010203"  # stands for it
FILE = "illustrations/drawn.json"  # of the shipped content
States = Mapping[str, Mapping[str, Any]]


def neutral(svg: bytes) -> tuple[bytes, bytes | None]:
    """Take the clinic's colour out of a figure, and give both."""
    if not (found := ACCENT.search(svg)):
        return svg, None
    return svg[: found.start(1)] + MARKER + svg[found.end(1) :], found[1]


def find(svg: bytes, content: Path) -> tuple[bytes, States] | None:
    """Find what a figure looks like as PDF operators, in its colour, and the graphics states that it needs."""
    plain, accent = neutral(svg)
    if (entry := _all(content / FILE).get(sha256(plain).hexdigest())) is None:
        return None
    drawing = zlib.decompress(base64.b64decode(entry["content"]))
    for stroke in (False, True) if accent else ():
        assert accent
        drawing = drawing.replace(_operator(MARKER, stroke=stroke), _operator(accent, stroke=stroke))
    return drawing, entry["states"]


def entry(svg: bytes, drawing: bytes, states: States) -> dict[str, dict[str, Any]]:
    """Write down what a figure in the marker's colour looks like."""
    packed = base64.b64encode(zlib.compress(drawing, 9)).decode()
    return {sha256(svg).hexdigest(): {"content": packed, "states": states}}


@cache
def _all(file: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(file.read_bytes()))
    except (OSError, ValueError):  # they are drawn then
        return {}


def _operator(colour: bytes, *, stroke: bool) -> bytes:
    """Write the operator that sets a colour (ISO 32000-1, 8.6.8)."""
    stream = pydyf.Stream()
    stream.set_color_rgb(*(int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)), stroke)
    return bytes(stream.stream[-1])

"""Room for a patient's lines in a PDF: the page's content is cut before and after each, in WeasyPrint's finisher.

What stands in the room while it is laid out, all letters that a line may have, makes WeasyPrint embed their glyphs.
"""

import re
from typing import Any

import pydyf

from gluterelief_pdf.errors import RenderError
from gluterelief_pdf.model import Slot

NARROWEST = 180  # a glyph, in thousandths of the type's size
SPARE = 60  # the same, left free at the end of a line
GLYPH = re.compile(rb"[0-9a-f]{4}")


def finish(document: Any, pdf: Any) -> dict[str, Slot]:
    """Cut the rooms out; their places are known once the file is written, and told by `placed`.

    Raises:
        RenderError: if WeasyPrint did not write a line as we know it.
    """
    found: dict[str, Slot] = {}
    for name, (page, mark, room) in sorted(vars(pdf).get("slots", {}).items(), key=lambda slot: slot[1][1]):
        contents = pdf.objects[int(pdf.page_references[page].split()[0])]
        *_, last = _references(contents["Contents"])
        stream = pdf.objects[last]
        start = _begin(stream.stream, mark)
        place = next(at for at in range(start, len(stream.stream)) if _is(stream.stream[at], b"] TJ"))
        end = next(at for at in range(start, len(stream.stream)) if stream.stream[at] == b"EMC")
        size = [part for part in stream.stream[start:end] if _is(part, b" Tf")]
        if len(size) != 1 or any(_is(part, b"] TJ") for part in stream.stream[place + 1 : end]):
            raise RenderError(f"the line for {name} is not written as one")
        glyphs = _glyphs(document, size[0], stream.stream[place])
        found[name] = Slot(0, 8 + 4 * int(room * 1000 / NARROWEST), int(room * 1000) - SPARE, glyphs)
        line = pydyf.Stream([_mark(name).ljust(found[name].length)])
        rest = pydyf.Stream(stream.stream[place + 1 :], compress=True)
        del stream.stream[place:]
        pdf.add_object(line)
        pdf.add_object(rest)
        before = [f"{number} 0 R" for number in _references(contents["Contents"])]
        contents["Contents"] = pydyf.Array([*before, line.reference, rest.reference])
    return found


def placed(slots: dict[str, Slot], pdf: bytes) -> dict[str, Slot]:
    """Find the rooms in the file."""
    return {name: Slot(pdf.index(_mark(name)), slot.length, slot.room, slot.glyphs) for name, slot in slots.items()}


def _references(contents: Any) -> list[int]:
    references = contents if isinstance(contents, list) else [contents]
    return [int((each.decode() if isinstance(each, bytes) else str(each)).split()[0]) for each in references]


def _begin(stream: list[Any], mark: int) -> int:
    return next(at for at, part in enumerate(stream) if isinstance(part, dict) and part.get("MCID") == mark)


def _is(part: Any, operator: bytes) -> bool:
    return isinstance(part, bytes) and part.endswith(operator)


def _mark(name: str) -> bytes:
    return b"%room for " + name.encode()


def _glyphs(document: Any, size: bytes, line: bytes) -> dict[str, tuple[int, int]]:
    (font,) = (font for font in document.fonts.values() if size.startswith(f"/{font.hash} ".encode()))
    used = {int(found, 16) for part in line.split(b"<")[1:] for found in GLYPH.findall(part.split(b">")[0])}
    letters = {glyph: font.to_unicode[glyph] for glyph in sorted(used)}
    return {letter: (glyph, font.widths[glyph]) for glyph, letter in letters.items() if len(letter) == 1}

"""Lines of text that are written once and put into many documents: what stands in a PDF for a line of a kept part.

WeasyPrint has Pango set a line anew whenever it draws it. What is drawn depends on the line alone, and is kept with it.
`install` wraps one private function of WeasyPrint.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pydyf
from weasyprint import draw
from weasyprint.draw.text import draw_first_line
from weasyprint.matrix import Matrix
from weasyprint.text.fonts import get_pango_font_key

from gluterelief_pdf.wrapping import known, wrap

_PARAMETERS = ["stream", "textbox", "offset_x", "text_overflow", "block_ellipsis"]
_LINE_PARAMETERS = ["stream", "textbox", "text_overflow", "block_ellipsis", "matrix"]


@dataclass(frozen=True, slots=True)
class _Glyphs:
    """What a document has to know of the glyphs of a font, by their numbers."""

    letters: Mapping[int, str]
    widths: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as it is drawn: operators, or a font's name and size that are chosen there."""

    operators: tuple[bytes | tuple[str, float], ...]
    fonts: Mapping[int, _Glyphs]


class _Recorder(pydyf.Stream):  # type: ignore[misc]
    """Takes what is drawn in a line in place of a page, whatever that page had before."""

    def __init__(self, page: Any) -> None:
        super().__init__()
        self.ink_rect, self.logical_rect = page.ink_rect, page.logical_rect
        self.fonts: dict[int, Any] = {}
        self._page = page

    def set_text_matrix(self, *_: float) -> None:
        """Leave the place out."""

    def add_font(self, pango_font: Any) -> tuple[Any, float]:
        """Give a font that knows no glyph yet."""
        font, size = self._page.add_font(pango_font)
        key, *_ = get_pango_font_key(pango_font)
        if key not in self.fonts:
            self.fonts[key] = copy.copy(font)
            vars(self.fonts[key]).update(to_unicode={}, widths={}, missing={})
        return self.fonts[key], size

    def set_font_size(self, font: str, size: float) -> None:
        """Note the font: a page names it only where it is another than before."""
        self.stream.append((font, size))


def install() -> None:
    """Make WeasyPrint keep what it draws with each line.

    Raises:
        RenderError: if the function to wrap, or the one that it calls, is not the known one.
    """
    wrap(draw, "draw_text", parameters=_PARAMETERS, wrapper=_keeping)


def _keeping(original: Any) -> Any:
    """Keep lines that are as usual; others, such as those that are underlined, are left to the original."""
    known(draw_first_line, _LINE_PARAMETERS)

    def drawn(stream: Any, textbox: Any, offset_x: float, text_overflow: str, block_ellipsis: str) -> None:
        style = textbox.style
        cut = text_overflow != "clip" or block_ellipsis != "none"
        usual = not cut and style["text_decoration_line"] == "none" and style["visibility"] == "visible"
        line = _line(stream, textbox) if usual else None
        if line is None:
            original(stream, textbox, offset_x, text_overflow, block_ellipsis)
            return
        stream.set_color(style["color"])
        stream.begin_text()
        if line.operators:
            place = Matrix(d=-1, e=textbox.position_x, f=textbox.position_y + textbox.baseline)
            stream.set_text_matrix(*place.values)
        _put(line, stream)
        stream.end_text()

    return drawn


def _line(page: Any, textbox: Any) -> _Line | None:
    """Find what was kept; it is drawn anew where the document does not know its fonts yet."""
    layout = textbox.pango_layout
    line: _Line | None = getattr(layout, "line", None)
    if line is None or not line.fonts.keys() <= page._fonts.keys():
        line = layout.line = _recorded(page, textbox)
    return line


def _recorded(page: Any, textbox: Any) -> _Line | None:
    """Draw a line apart; nothing comes of one with letters that no font has, or with pictures for letters."""
    recorder = _Recorder(page)
    textbox.pango_layout.reactivate(textbox.style)
    pictures = draw_first_line(recorder, textbox, "clip", "none", Matrix())
    textbox.pango_layout.deactivate()
    if pictures or any(font.missing for font in recorder.fonts.values()):
        return None
    fonts = {key: _Glyphs(font.to_unicode, font.widths) for key, font in recorder.fonts.items()}
    return _Line(tuple(recorder.stream), fonts)


def _put(line: _Line, stream: Any) -> None:
    for operator in line.operators:
        if isinstance(operator, tuple):
            stream.set_font_size(*operator)
        else:
            stream.stream.append(operator)
    for key, glyphs in line.fonts.items():
        font = stream._fonts[key]
        for before, new in ((font.to_unicode, glyphs.letters), (font.widths, glyphs.widths)):
            if not new.keys() <= before.keys():
                before.update({glyph: value for glyph, value in new.items() if glyph not in before})

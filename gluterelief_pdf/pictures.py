"""Pictures prepared once and put into many documents, by WeasyPrint's `cache` argument, which takes image objects.

A drawing becomes a form XObject (ISO 32000-1, 8.10) that is drawn and compressed once, and kept for other runs as well;
a photo is encoded once.
"""

import base64
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import pydyf
import weasyprint
from weasyprint import DEFAULT_OPTIONS
from weasyprint.images import RasterImage, SVGImage, get_image_from_uri

from gluterelief_pdf import drawn
from gluterelief_pdf.resources import shipped
from gluterelief_pdf.store import Store

PICTURE = re.compile(r'src="(data:image/(?:png|svg\+xml);base64,[A-Za-z0-9+/=]+)"')
MOST = 200  # pictures kept in memory; a sheet has some thirty
HEIGHT, FONT_SIZE = 256.0, 16.0  # px at which a drawing is drawn; it has the size of its place in the end
DISTORTION = 0.02  # of the ratio of width to height, beyond which a drawing is not stretched
MADE_BY = (  # with what a drawing that is kept was drawn; the number goes up with each change here that shows
    *(1, HEIGHT, weasyprint.VERSION, pydyf.VERSION, zlib.ZLIB_RUNTIME_VERSION),
    *(version("tinycss2"), version("cssselect2")),
)


class Pictures(dict[str, Any]):
    """The pictures of the sheets made so far, by a short name that stands in place of their data URL."""

    def __init__(self, store: Store | None = None) -> None:
        super().__init__()
        self._store = store

    def prepare(self, html: str, fetcher: Any) -> str:
        """Prepare those of a page that are new, and write the page with their names."""
        wanted = {url: name(url) for url in PICTURE.findall(html)}
        new = {url: short for url, short in wanted.items() if short not in self}
        if new and len(self) + len(new) > MOST:
            self.clear()
            new = wanted
        for url, short in sorted(new.items()):
            kept = sha256(json.dumps([url, *MADE_BY]).encode()).hexdigest()
            image = get_image_from_uri({}, fetcher, DEFAULT_OPTIONS, url)
            if isinstance(image, SVGImage):
                self[short] = _Drawing(kept, image, _shipped(url) or self._recalled(kept))
            elif isinstance(image, RasterImage):
                self[short] = _Photo(kept, image)
        return PICTURE.sub(lambda found: f'src="{wanted[found[1]]}"' if wanted[found[1]] in self else found[0], html)

    def keep(self) -> None:
        """Keep the drawings that were made for a sheet in which nothing was wrong."""
        if self._store is None:
            return
        for picture in self.values():
            if isinstance(picture, _Drawing) and picture.new and picture.drawn:
                self._store.put(picture.id, {"states": picture.drawn.states}, picture.drawn.content)
                picture.new = False

    def _recalled(self, key: str) -> "_Drawn | None":
        found = self._store.get(key) if self._store else None
        return _Drawn(found[1], found[0]["states"]) if found else None


def name(url: str) -> str:
    """Give the short name of a picture."""
    return f"picture:{sha256(url.encode()).hexdigest()}"


class _Stream(pydyf.Stream):  # type: ignore[misc]
    """A stream whose bytes are ready."""

    def __init__(self, content: bytes, extra: Mapping[str, Any]) -> None:
        super().__init__([content], pydyf.Dictionary({**extra, "Filter": "/FlateDecode"}))


@dataclass(frozen=True, slots=True)
class _Drawn:
    content: bytes
    states: Mapping[str, Mapping[str, Any]]  # of its graphics, such as how opaque it is


def _shipped(url: str) -> _Drawn | None:
    """Find a drawing that was made in advance."""
    found = drawn.find(base64.b64decode(url.partition(",")[2]), shipped("content"))
    return _Drawn(zlib.compress(found[0], 9), found[1]) if found else None


class _Drawing:
    """An SVG, drawn once at its own size."""

    def __init__(self, name: str, image: Any, drawn: _Drawn | None) -> None:
        self.id, self.drawn, self.new = name, drawn, drawn is None
        self._image = image
        self._plain = True  # what has pictures, patterns or text of its own is drawn anew each time
        ratio = image.get_intrinsic_size(1, FONT_SIZE)[2]
        self._size = (HEIGHT * ratio, HEIGHT) if ratio else None

    def get_intrinsic_size(self, resolution: float, font_size: float) -> Any:
        """Give width, height and their ratio."""
        return self._image.get_intrinsic_size(resolution, font_size)

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        """Place it."""
        if self._size and self._plain and self.drawn is None:
            self.drawn = self._record(stream, *self._size)
        if not self._size or not self.drawn or not self._fits(width / height):
            self._image.draw(stream, width, height, style)
            return
        own_width, own_height = self._size
        name = stream.add_image(self, False, 1)
        stream.transform(a=width / own_width, d=height / own_height)
        stream.draw_x_object(name)

    def _fits(self, ratio: float) -> bool:
        return abs(ratio * HEIGHT / self._size[0] - 1) <= DISTORTION if self._size else False

    def _record(self, stream: Any, width: float, height: float) -> _Drawn | None:
        kinds = ("ExtGState", "XObject", "Pattern", "Shading", "ColorSpace")
        resources = {kind: pydyf.Dictionary() for kind in kinds}
        fonts: dict[Any, Any] = {}
        recorder = stream.clone(resources=resources, fonts=fonts, images={}, tags=None)
        start = len(recorder.stream)
        self._image.draw(recorder, width, height, None)
        self._plain = not fonts and not any(resources[kind] for kind in kinds[1:])
        if not self._plain:
            return None
        content = b"\n".join(part if isinstance(part, bytes) else part.data for part in recorder.stream[start:])
        return _Drawn(zlib.compress(content, 9), resources["ExtGState"])

    def get_x_object(self, _interpolate: bool, _ratio: float) -> Any:
        """Give what is put into one document."""
        assert self._size
        assert self.drawn
        states = pydyf.Dictionary({key: pydyf.Dictionary(state) for key, state in self.drawn.states.items()})
        extra = {
            "Type": "/XObject",
            "Subtype": "/Form",
            "BBox": pydyf.Array([0, 0, *self._size]),
            "Resources": pydyf.Dictionary({"ExtGState": states}),
        }
        return _Stream(self.drawn.content, extra)


class _Photo:
    """A PNG, encoded once."""

    def __init__(self, name: str, image: Any) -> None:
        self.id = name
        self._image = image
        self._made: dict[bool, Any] = {}
        self.get_intrinsic_size = image.get_intrinsic_size

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        """Place it."""
        name = stream.add_image(self, style["image_rendering"] == "auto", 1)
        stream.transform(width, 0, 0, -height, 0, height)
        stream.draw_x_object(name)

    def get_x_object(self, interpolate: bool, _ratio: float) -> Any:
        """Give what is put into one document."""
        if interpolate not in self._made:
            self._made[interpolate] = self._image.get_x_object(interpolate, 1)
        return _copy(self._made[interpolate])


def _copy(stream: Any) -> Any:
    """Copy a stream, its mask included: WeasyPrint writes a document's references into it."""
    extra = {key: _copy(value) if isinstance(value, pydyf.Stream) else value for key, value in stream.extra.items()}
    return pydyf.Stream(stream.stream, pydyf.Dictionary(extra))

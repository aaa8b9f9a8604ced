"""Pictures prepared once and put into many documents, by WeasyPrint's `cache` argument, which takes image objects.

A drawing becomes a form XObject (ISO 32000-1, 8.10) that is drawn and compressed once; a photo is encoded once.
"""

import re
import zlib
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import pydyf
from weasyprint import DEFAULT_OPTIONS
from weasyprint.images import RasterImage, SVGImage, get_image_from_uri

PICTURE = re.compile(r'src="(data:image/(?:png|svg\+xml);base64,[A-Za-z0-9+/=]+)"')
MOST = 200  # pictures kept; a sheet has some thirty
HEIGHT, FONT_SIZE = 256.0, 16.0  # px at which a drawing is drawn; it has the size of its place in the end
DISTORTION = 0.02  # of the ratio of width to height, beyond which a drawing is not stretched


class Pictures(dict[str, Any]):
    """The pictures of the sheets made so far, by their data URL."""

    def prepare(self, html: str, fetcher: Any) -> None:
        """Prepare those of a page that are new."""
        wanted = {url for url in PICTURE.findall(html) if url not in self}
        if wanted and len(self) + len(wanted) > MOST:
            self.clear()
        for url in sorted(wanted):
            image = get_image_from_uri({}, fetcher, DEFAULT_OPTIONS, url)
            if isinstance(image, SVGImage):
                self[url] = _Drawing(url, image)
            elif isinstance(image, RasterImage):
                self[url] = _Photo(url, image)


class _Stream(pydyf.Stream):  # type: ignore[misc]
    """A stream whose bytes are ready."""

    def __init__(self, content: bytes, extra: Mapping[str, Any]) -> None:
        super().__init__([content], pydyf.Dictionary({**extra, "Filter": "/FlateDecode"}))


class _Drawing:
    """An SVG, drawn once at its own size."""

    def __init__(self, url: str, image: Any) -> None:
        self.id = sha256(url.encode()).hexdigest()
        self._image = image
        self._content: bytes | None = None
        self._states: Mapping[str, Any] = {}
        self._plain = True  # what has pictures, patterns or text of its own is drawn anew each time
        ratio = image.get_intrinsic_size(1, FONT_SIZE)[2]
        self._size = (HEIGHT * ratio, HEIGHT) if ratio else None

    def get_intrinsic_size(self, resolution: float, font_size: float) -> Any:
        """Give width, height and their ratio."""
        return self._image.get_intrinsic_size(resolution, font_size)

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        """Place it."""
        if self._size and self._plain and self._content is None:
            self._record(stream, *self._size)
        if not self._size or not self._content or not self._fits(width / height):
            self._image.draw(stream, width, height, style)
            return
        own_width, own_height = self._size
        name = stream.add_image(self, False, 1)
        stream.transform(a=width / own_width, d=height / own_height)
        stream.draw_x_object(name)

    def _fits(self, ratio: float) -> bool:
        return abs(ratio * HEIGHT / self._size[0] - 1) <= DISTORTION if self._size else False

    def _record(self, stream: Any, width: float, height: float) -> None:
        kinds = ("ExtGState", "XObject", "Pattern", "Shading", "ColorSpace")
        resources = {kind: pydyf.Dictionary() for kind in kinds}
        fonts: dict[Any, Any] = {}
        recorder = stream.clone(resources=resources, fonts=fonts, images={}, tags=None)
        start = len(recorder.stream)
        self._image.draw(recorder, width, height, None)
        self._plain = not fonts and not any(resources[kind] for kind in kinds[1:])
        if self._plain:
            drawn = b"\n".join(part if isinstance(part, bytes) else part.data for part in recorder.stream[start:])
            self._content, self._states = zlib.compress(drawn, 9), resources["ExtGState"]

    def get_x_object(self, _interpolate: bool, _ratio: float) -> Any:
        """Give what is put into one document."""
        assert self._size
        assert self._content
        states = pydyf.Dictionary({key: pydyf.Dictionary(state) for key, state in self._states.items()})
        extra = {
            "Type": "/XObject",
            "Subtype": "/Form",
            "BBox": pydyf.Array([0, 0, *self._size]),
            "Resources": pydyf.Dictionary({"ExtGState": states}),
        }
        return _Stream(self._content, extra)


class _Photo:
    """A PNG, encoded once."""

    def __init__(self, url: str, image: Any) -> None:
        self.id = sha256(url.encode()).hexdigest()
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

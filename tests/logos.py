"""Logos as clinics have them, made afresh: file name → the file's bytes."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

TEAL = (11, 110, 110)


def _drawn(
    mode: str = "RGB", size: tuple[int, int] = (400, 120), ground: Any = "white", ink: Any = TEAL
) -> Image.Image:
    picture = Image.new(mode, size, ground)
    width, height = size
    ImageDraw.Draw(picture).ellipse((width * 0.05, height * 0.1, width * 0.7, height * 0.9), fill=ink)
    return picture


def _saved(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    return _saved(_drawn(size=(120, 400)), "JPEG", exif=exif)


def _sixteen_bit() -> bytes:
    grey = Image.new("I;16", (200, 60), 65535)
    grey.paste(20000, (20, 10, 120, 50))
    return _saved(grey)


def _animated() -> bytes:
    return _saved(_drawn(), save_all=True, append_images=[_drawn(ink="red")], duration=100)


def _svg(body: str, root: str = 'viewBox="0 0 200 60"') -> Callable[[], bytes]:
    return lambda: f'<svg xmlns="http://www.w3.org/2000/svg" {root}>{body}</svg>'.encode()


LOGOS: dict[str, Callable[[], bytes]] = {
    "rgb.png": lambda: _saved(_drawn()),
    "really-a-jpeg.png": lambda: _saved(_drawn(), "JPEG"),
    "progressive.jpg": lambda: _saved(_drawn(), "JPEG", progressive=True),
    "cmyk.jpg": lambda: _saved(_drawn().convert("CMYK"), "JPEG"),
    "turned.jpg": _exif,
    "palette.png": lambda: _saved(_drawn().convert("P")),
    "one-bit.png": lambda: _saved(_drawn("1", ground=1, ink=0)),
    "sixteen-bit.png": _sixteen_bit,
    "grey-alpha.png": lambda: _saved(_drawn("LA", ground=(255, 0), ink=(60, 255))),
    "transparent.png": lambda: _saved(_drawn("RGBA", ground=(0, 0, 0, 0), ink=(*TEAL, 255))),
    "white-on-nothing.png": lambda: _saved(_drawn("RGBA", ground=(0, 0, 0, 0), ink="white")),
    "animated.png": _animated,
    "interlaced.png": Path(__file__).with_name("fixtures").joinpath("interlaced.png").read_bytes,
    "dot.png": lambda: _saved(Image.new("RGB", (1, 1), TEAL)),
    "wide.png": lambda: _saved(_drawn(size=(4000, 50))),
    "tall.png": lambda: _saved(_drawn(size=(60, 2400))),
    "plain.svg": _svg('<circle cx="30" cy="30" r="28" fill="#0b6e6e"/>'),
    "percent.svg": _svg(
        '<rect width="200" height="60" fill="#884400"/>', 'width="100%" height="100%" viewBox="0 0 200 60"'
    ),
    "no-view-box.svg": _svg('<rect width="200" height="60" fill="#884400"/>', 'width="200px" height="60px"'),
    "gradient.svg": _svg(
        '<defs><linearGradient id="g"><stop offset="0" stop-color="#0b6e6e"/><stop offset="1" stop-color="#fff"/>'
        '</linearGradient></defs><rect width="200" height="60" fill="url(#g)"/>'
    ),
}

_USE = "".join(f'<g id="n{i}">' + f'<use href="#n{i - 1}"/>' * 10 + "</g>" for i in range(1, 7))
REFUSED_SVG: dict[str, tuple[Callable[[], bytes], str]] = {
    "script": (_svg("<script>alert(1)</script>"), "has a <script>, which is not allowed"),
    "handler": (_svg('<rect onclick="x()"/>'), "has a script, which is not allowed"),
    "text": (_svg("<text>Clinic</text>"), "has text, which would print in another font: convert text to outlines"),
    "reference": (_svg('<use href="http://example.org/a.svg#b"/>'), "refers to another file, which is not allowed"),
    "style": (_svg("<style>@import url(http://example.org)</style>"), "refers to another file, which is not allowed"),
    "fill": (_svg('<rect fill="url(http://example.org/#a)"/>'), "refers to another file, which is not allowed"),
    "picture": (_svg('<image href="#a"/>'), "has a picture inside: export it as PNG"),
    "many": (_svg("<g/>" * 5001), "has more than 5000 elements: simplify it"),
    "bomb": (_svg('<g id="n0"/>' + _USE), "has more than 5000 elements: simplify it"),
    "circle": (_svg('<g id="a"><use href="#a"/></g>'), "has a <use> that repeats itself"),
    "sizeless": (_svg("<g/>", ""), "has no size: save it with a viewBox"),
    "broken": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><g>", "is not a valid SVG file"),
    "entities": (lambda: b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "has entities, which are not allowed"),
}

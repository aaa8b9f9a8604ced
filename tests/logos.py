"""Logos as clinics have them, made afresh: file name → the file's bytes."""

import gzip
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


_BAR = '<rect width="200" height="60" fill="#884400"/>'
_DOCTYPE = (
    '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
    '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n<!-- ' + "made by a drawing program " * 200 + "-->\n"
)
_ILLUSTRATOR = f"""{_DOCTYPE}<svg version="1.1" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 60"
 xmlns:i="http://ns.adobe.com/AdobeIllustrator/10.0/" style="enable-background:new 0 0 200 60;" xml:space="preserve">
<style type="text/css">.st0{{fill:#884400;}}</style><switch>
<foreignObject requiredExtensions="http://ns.adobe.com/AdobeIllustrator/10.0/" width="1" height="1"><i:ref/></foreignObject>
<g i:extraneous="self"><path class="st0" d="M0 0H200V60H0z"/></g></switch><i:pgf id="pgf">eJzs</i:pgf></svg>"""
_INKSCAPE = f"""{_DOCTYPE}<svg width="60mm" height="18mm" viewBox="0 0 60 18" xmlns="http://www.w3.org/2000/svg"
 xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" inkscape:version="1.1"
 xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"><sodipodi:namedview pagecolor="#ffffff"/>
<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></metadata>
<g inkscape:label="Layer 1"><path style="fill:#884400;stroke-width:0.26" d="M 2,2 H 58 V 16 H 2 Z"/></g></svg>"""


def _with_white(*, outside: bool) -> bytes:
    """Draw a coloured disc with a white bar beside it, or in it."""
    picture = _drawn("RGBA", ground=(0, 0, 0, 0))
    ImageDraw.Draw(picture).rectangle((300, 40, 390, 80) if outside else (90, 50, 210, 70), fill="white")
    return _saved(picture)


LOGOS: dict[str, Callable[[], bytes]] = {
    "rgb.png": lambda: _saved(_drawn()),
    "white-beside-colour.png": lambda: _with_white(outside=True),
    "white-in-colour.png": lambda: _with_white(outside=False),
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
    "illustrator.svg": lambda: _ILLUSTRATOR.encode(),
    "inkscape.svg": lambda: _INKSCAPE.encode(),
    "coreldraw.svg": _svg("<style><![CDATA[.fil0 {fill:#884400}]]></style><path class='fil0' d='M0 0H200V60H0z'/>"),
    "cairo.svg": _svg('<path style="fill:rgb(16.470588%,49.803922%,38.431373%)" d="M0 0H200V60H0z"/>'),
    "font-left-in.svg": _svg(
        "<style>@font-face{src:url(data:font/woff;base64,AA)}</style><rect width='9' height='9'/>"
    ),
    "link.svg": _svg('<a xlink:href="https://example.org" xmlns:xlink="http://www.w3.org/1999/xlink">' + _BAR + "</a>"),
    "millimetres.svg": _svg('<rect width="50mm" height="15mm" fill="#884400"/>', 'width="50mm" height="15mm"'),
    "far-off.svg": _svg('<rect x="1234567.5" width="200" height="60" fill="#884400"/>', 'viewBox="1234567.5 0 200 60"'),
    "utf-16.svg": lambda: ('<?xml version="1.0" encoding="UTF-16"?>' + _svg(_BAR)().decode()).encode("utf-16"),
    "packed.svgz": lambda: gzip.compress(_svg(_BAR)(), mtime=0),
    "half-white.svg": _svg('<circle cx="30" cy="30" r="25"/><circle cx="90" cy="30" r="25" fill="#fff"/>'),
    "current.svg": _svg('<circle cx="30" cy="30" r="25" fill="currentColor"/>', 'viewBox="0 0 200 60" color="#884400"'),
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
    "dashes": (
        _svg('<path d="M0 9H99" stroke-dasharray="1e-5,1e-5"/>'),
        "has dashes too fine to print: export it as PNG",
    ),
    "dashes in a style": (
        _svg('<path d="M0 9H99" style="stroke-dasharray: 0.001 0.001; fill: none"/>'),
        "has dashes too fine to print: export it as PNG",
    ),
    "many": (_svg("<g/>" * 5001), "has more than 5000 elements: simplify it"),
    "bomb": (_svg('<g id="n0"/>' + _USE), "has more than 5000 elements: simplify it"),
    "circle": (_svg('<g id="a"><use href="#a"/></g>'), "has a <use> that repeats itself"),
    "sizeless": (_svg("<g/>", ""), "has no size: save it with a viewBox"),
    "broken": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><g>", "is not a valid SVG file"),
    "nothing": (_svg("<defs><rect/></defs>"), "draws nothing"),
    "deep": (_svg("<g>" * 4000 + "<rect/>" + "</g>" * 4000), "has more than 100 groups inside each other: simplify it"),
    "large": (_svg(f'<path d="M0 0{"L1 1" * 600_000}"/>'), "has more than 2 MB of drawing: simplify it"),
    "mask": (_svg('<mask id="a"/>'), "has a <mask>, which would print wrong: export it as PNG"),
    "filter": (_svg('<filter id="a"/>'), "has a <filter>, which would print wrong: export it as PNG"),
    "pattern": (_svg('<pattern id="a"/>'), "has a <pattern>, which would print wrong: export it as PNG"),
    "variable": (
        _svg('<rect style="fill:var(--c)"/>'),
        "has colours in CSS variables, which would print black: export it as PNG",
    ),
    "entities": (lambda: b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "has entities, which are not allowed"),
}

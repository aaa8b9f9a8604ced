"""An SVG from anybody → one that only draws: no script, no reference outside, no text, no bomb."""

import math
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from xml.etree import ElementTree

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
MAX_ELEMENTS = 5_000  # with what <use> repeats
MAX_DEPTH = 100  # groups in groups, and what <use> repeats in them
FINEST_DASH = 2_000  # dashes along one side of the drawing
MAX_BYTES = 2_000_000  # of what is drawn, without an editor's own notes: more takes seconds to draw and to print
ACTIVE = {"script", "foreignObject", "iframe", "animate", "animateTransform", "animateMotion", "set", "handler"}
TEXT = {"text", "tspan", "textPath", "tref"}
# WeasyPrint 70 leaves masks and most filters out; patterns and markers can hold a printer up for minutes.
UNPRINTED = {"mask", "filter", "pattern", "marker"}
NOTES = {"metadata", "title", "desc"}
SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
HOLDERS = {"defs", "symbol", "clipPath"}
CONDITIONS = {"requiredExtensions", "requiredFeatures", "systemLanguage"}
COLOUR_NAMES = ("fill", "stroke", "stop-color", "color")
PIXELS = {"": 1, "px": 1, "pt": 96 / 72, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4}  # CSS 2.1, 4.3.2
GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A checked drawing, its size in user units, and its colours, the most used one first."""

    content: bytes
    width: float
    height: float
    colours: tuple[str, ...]


def looks_like(content: bytes) -> bool:
    """Tell whether a file is meant to be an SVG, in UTF-16 as well."""
    text = content.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return text.startswith(b"<") and (b"<svg" in text or b":svg" in text)


def unpacked(content: bytes, *, limit: int) -> bytes:
    """Unpack an .svgz; anything else comes back as it is.

    Raises:
        ValueError: if it is damaged, or larger than `limit` when unpacked.
    """
    if not content.startswith(GZIP):
        return content
    reader = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        plain = reader.decompress(content, limit + 1)
    except zlib.error:
        raise ValueError("is packed, and damaged") from None
    if len(plain) > limit:
        raise ValueError(f"is larger than {limit // 1_000_000} MB when unpacked")
    return plain


def clean(content: bytes) -> Drawing:
    """Check a drawing and write it anew, with a viewBox and nothing but what is drawn.

    Raises:
        ValueError: with what is wrong and what to do.
    """
    try:
        root: ElementTree.Element = fromstring(content)
    except DefusedXmlException:
        raise ValueError("has entities, which are not allowed") from None
    except (ElementTree.ParseError, ValueError, LookupError):
        raise ValueError("is not a valid SVG file") from None
    if root.tag != f"{{{SVG}}}svg":
        raise ValueError("is not a valid SVG file")
    for number, element in enumerate(root.iter(), start=1):
        if number > MAX_ELEMENTS:
            raise ValueError(f"has more than {MAX_ELEMENTS} elements: simplify it")
        _simplify(element)
    for element in root.iter():
        _check(element)
    if _size_of(root, {element.get("id"): element for element in root.iter()}, ()) > MAX_ELEMENTS:
        raise ValueError(f"has more than {MAX_ELEMENTS} elements: simplify it")
    left, top, width, height = _view_box(root)
    _check_dashes(root, max(width, height) / FINEST_DASH)
    unseen = [inner for holder in root.iter() if _local(holder.tag) in HOLDERS for inner in holder.iter()]
    if not any(_local(element.tag) in SHAPES | {"use"} for element in root.iter() if element not in unseen):
        raise ValueError("draws nothing")
    root.set("viewBox", f"{left!r} {top!r} {width!r} {height!r}")
    root.set("width", repr(width))
    root.set("height", repr(height))
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    written = ElementTree.tostring(root, encoding="utf-8")
    if len(written) > MAX_BYTES:
        raise ValueError(f"has more than {MAX_BYTES // 1_000_000} MB of drawing: simplify it")
    return Drawing(written, width, height, _colours(root))


def _simplify(element: ElementTree.Element) -> None:
    """Take out what drawing programs note for themselves, links, fonts, and what a <switch> leaves out."""
    for key in list(element.attrib):
        if key.startswith("{") and key != f"{{{XLINK}}}href":
            del element.attrib[key]
    for child in list(element):
        if not child.tag.startswith(f"{{{SVG}}}") or _local(child.tag) in NOTES:
            element.remove(child)
    name = _local(element.tag)
    if name == "switch":
        element.tag = f"{{{SVG}}}g"
        element[:] = [child for child in element if not CONDITIONS & child.attrib.keys()][:1]
    if name == "a":
        element.tag = f"{{{SVG}}}g"
        element.attrib.pop("href", None)
        element.attrib.pop(f"{{{XLINK}}}href", None)
    if name == "style":  # a font is of no use without text
        element.text = re.sub(r"@font-face\s*\{[^}]*\}", "", element.text or "", flags=re.IGNORECASE)


def _check(element: ElementTree.Element) -> None:
    name = _local(element.tag)
    if name in ACTIVE:
        raise ValueError(f"has a <{name}>, which is not allowed")
    if name in TEXT:
        raise ValueError("has text, which would print in another font: convert text to outlines")
    if name == "image":
        raise ValueError("has a picture inside: export it as PNG")
    if name in UNPRINTED:
        raise ValueError(f"has a <{name}>, which would print wrong: export it as PNG")
    if name == "style":
        _check_value(element.text or "")
    for key, value in element.attrib.items():
        attribute = _local(key)
        if attribute.lower().startswith("on"):
            raise ValueError("has a script, which is not allowed")
        if attribute == "href" and not value.startswith("#"):
            raise ValueError("refers to another file, which is not allowed")
        _check_value(value)


def _check_value(value: str) -> None:
    if re.search(r"@import|url\(\s*['\"]?\s*(?!#)[^#\s'\"]", value, re.IGNORECASE):
        raise ValueError("refers to another file, which is not allowed")
    if "var(" in value:
        raise ValueError("has colours in CSS variables, which would print black: export it as PNG")


def _check_dashes(root: ElementTree.Element, least: float) -> None:
    """Refuse dashes so fine that a viewer would draw millions of them."""
    written = [element.get("stroke-dasharray", "") for element in root.iter()]
    written += [
        pattern
        for element in root.iter()
        for text in (element.get("style", ""), (element.text or "") if _local(element.tag) == "style" else "")
        for pattern in re.findall(r"stroke-dasharray\s*:([^;}]*)", text)
    ]
    for pattern in written:
        lengths = [float(number) for number in re.findall(r"\d*\.?\d+(?:e[-+]?\d+)?", pattern, re.IGNORECASE)]
        if lengths and 0 < sum(lengths) < least:
            raise ValueError("has dashes too fine to print: export it as PNG")


def _size_of(
    element: ElementTree.Element, ids: dict[str | None, ElementTree.Element], above: tuple[str, ...], depth: int = 0
) -> int:
    """Count elements as they will be drawn: a <use> counts as what it repeats."""
    if depth > MAX_DEPTH:
        raise ValueError(f"has more than {MAX_DEPTH} groups inside each other: simplify it")
    total = 1
    for child in element:
        total += _size_of(child, ids, above, depth + 1)
        if total > MAX_ELEMENTS:
            return total
    if _local(element.tag) == "use":
        target = (element.get("href") or element.get(f"{{{XLINK}}}href") or "#")[1:]
        if target in above:
            raise ValueError("has a <use> that repeats itself")
        if target in ids:
            total += _size_of(ids[target], ids, (*above, target), depth + 1)
    return total


def _view_box(root: ElementTree.Element) -> tuple[float, float, float, float]:
    """Give the viewBox, or else the size in pixels, which are then the units that everything is drawn in."""
    numbers = [_number(part) for part in root.get("viewBox", "").replace(",", " ").split()]
    if len(numbers) != 4:
        numbers = [0.0, 0.0, _pixels(root.get("width", "")), _pixels(root.get("height", ""))]
    left, top, width, height = numbers
    if not (math.isfinite(left) and math.isfinite(top) and 0 < width < 1e6 and 0 < height < 1e6):
        raise ValueError("has no size: save it with a viewBox")
    return left, top, width, height


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _pixels(length: str) -> float:
    found = re.fullmatch(r"\s*([0-9.eE+-]+?)\s*([a-z]*)\s*", length)
    return _number(found[1]) * PIXELS.get(found[2], math.nan) if found else math.nan


def _colours(root: ElementTree.Element) -> tuple[str, ...]:
    """List the colours that are drawn with, the most used one first."""
    rules: dict[str, dict[str, str]] = {}
    for element in root.iter(f"{{{SVG}}}style"):
        for selectors, declared in re.findall(r"([^{}]+)\{([^{}]*)\}", element.text or ""):
            for selector in selectors.split(","):
                rules.setdefault(selector.strip(), {}).update(_declared(declared))
    found = Counter(filter(None, map(_hex, _painted(root, {}, rules))))
    return tuple(colour for colour, _ in found.most_common())


def _painted(element: ElementTree.Element, inherited: dict[str, str], rules: dict[str, dict[str, str]]) -> list[str]:
    """List the colours as they are written, with those that are inherited; a shape without a fill is black."""
    name = _local(element.tag)
    if name == "clipPath":
        return []
    own = inherited | {key: value for key, value in element.attrib.items() if key in COLOUR_NAMES}
    for selector in (name, *(f".{kind}" for kind in element.get("class", "").split())):
        own |= rules.get(selector, {})
    own |= _declared(element.get("style", ""))
    painted = []
    if name in SHAPES:
        painted = [own.get("fill", "black"), own.get("stroke", "none")]
    if name == "stop":
        painted = [own.get("stop-color", "black")]
    painted = [own.get("color", "black") if value.lower() == "currentcolor" else value for value in painted]
    return painted + [value for child in element for value in _painted(child, own, rules)]


def _declared(style: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in style.replace("!important", "").split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip() in COLOUR_NAMES}


def _hex(colour: str) -> str | None:
    from PIL import ImageColor

    if colour.startswith("rgb"):  # Cairo writes rgb(16.47%, …), which Pillow does not read
        colour = re.sub(r"([0-9.]+)%", lambda found: f"{255 * _number(found[1]) / 100:.0f}", colour)
    try:
        red, green, blue, *_ = ImageColor.getrgb(colour)
    except ValueError:  # none, url(#gradient)
        return None
    return f"#{red:02x}{green:02x}{blue:02x}"


def _local(name: str) -> str:
    return name.rpartition("}")[2]

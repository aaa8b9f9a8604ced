"""An SVG from anybody → one that only draws: no script, no reference outside, no text, no bomb."""

import re
from collections import Counter
from dataclasses import dataclass
from xml.etree import ElementTree

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
MAX_ELEMENTS = 5_000  # with what <use> repeats
ACTIVE = {"script", "foreignObject", "iframe", "animate", "animateTransform", "animateMotion", "set", "handler"}
TEXT = {"text", "tspan", "textPath", "tref"}
COLOUR_NAMES = ("fill", "stroke", "stop-color")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A checked drawing, its size in user units, and its colours, the most used one first."""

    content: bytes
    width: float
    height: float
    colours: tuple[str, ...]


def looks_like(content: bytes) -> bool:
    """Tell whether a file is meant to be an SVG."""
    return b"<svg" in content[:4096] or b":svg" in content[:4096]


def clean(content: bytes) -> Drawing:
    """Check a drawing and write it anew, with a viewBox and nothing but elements.

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
    for element in root.iter():
        _check(element)
    if _size_of(root, {element.get("id"): element for element in root.iter()}, ()) > MAX_ELEMENTS:
        raise ValueError(f"has more than {MAX_ELEMENTS} elements: simplify it")
    left, top, width, height = _view_box(root)
    root.set("viewBox", f"{left:g} {top:g} {width:g} {height:g}")
    root.set("width", f"{width:g}")
    root.set("height", f"{height:g}")
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    return Drawing(ElementTree.tostring(root, encoding="utf-8"), width, height, _colours(root))


def _check(element: ElementTree.Element) -> None:
    name = _local(element.tag)
    if name in ACTIVE:
        raise ValueError(f"has a <{name}>, which is not allowed")
    if name in TEXT:
        raise ValueError("has text, which would print in another font: convert text to outlines")
    if name == "image":
        raise ValueError("has a picture inside: export it as PNG")
    if name == "style" and re.search(r"@import|url\(\s*['\"]?(?!#)", element.text or "", re.IGNORECASE):
        raise ValueError("refers to another file, which is not allowed")
    for key, value in element.attrib.items():
        attribute = _local(key)
        if attribute.lower().startswith("on"):
            raise ValueError("has a script, which is not allowed")
        refers = attribute == "href" and not value.startswith("#")
        if refers or re.search(r"url\(\s*['\"]?(?!#)", value.replace(" ", ""), re.IGNORECASE):
            raise ValueError("refers to another file, which is not allowed")


def _size_of(element: ElementTree.Element, ids: dict[str | None, ElementTree.Element], above: tuple[str, ...]) -> int:
    """Count elements as they will be drawn: a <use> counts as what it repeats."""
    total = 1
    for child in element:
        total += _size_of(child, ids, above)
        if total > MAX_ELEMENTS:
            return total
    if _local(element.tag) == "use":
        target = (element.get("href") or element.get(f"{{{XLINK}}}href") or "#")[1:]
        if target in above:
            raise ValueError("has a <use> that repeats itself")
        if target in ids:
            total += _size_of(ids[target], ids, (*above, target))
    return total


def _view_box(root: ElementTree.Element) -> tuple[float, float, float, float]:
    numbers = re.findall(r"[-+0-9.eE]+", root.get("viewBox", ""))
    if len(numbers) != 4:
        size = [
            re.fullmatch(r"\s*([0-9.]+)\s*(px|pt|mm|cm|in)?\s*", root.get(side, "")) for side in ("width", "height")
        ]
        numbers = ["0", "0", *(found[1] for found in size if found)]
    try:
        left, top, width, height = (float(number) for number in numbers)
    except ValueError:
        raise ValueError("has no size: save it with a viewBox") from None
    if not (0 < width < 1e6 and 0 < height < 1e6):
        raise ValueError("has no size: save it with a viewBox")
    return left, top, width, height


def _colours(root: ElementTree.Element) -> tuple[str, ...]:
    """List the colours that are drawn with, the most used one first."""
    from PIL import ImageColor

    found: Counter[str] = Counter()
    for element in root.iter():
        styles = [f"{name}:{element.get(name)}" for name in COLOUR_NAMES if element.get(name)]
        styles += [element.get("style", "")]
        if _local(element.tag) == "style":
            styles.append(element.text or "")
        for value in re.findall(rf"(?:{'|'.join(COLOUR_NAMES)})\s*:\s*([^;}}\s]+)", ";".join(styles)):
            try:
                red, green, blue, *_ = ImageColor.getrgb(value)
            except ValueError:  # none, currentColor, url(#gradient)
                continue
            found[f"#{red:02x}{green:02x}{blue:02x}"] += 1
    return tuple(colour for colour, _ in found.most_common()) or ("#000000",)


def _local(name: str) -> str:
    return name.rpartition("}")[2]

"""Colours that can be read: contrast as WCAG 2.1 measures it, and a brand colour made safe for print."""

import colorsys
import re
from dataclasses import dataclass

DEFAULT = "#0b6e6e"  # teal, for a grey, black or missing logo
WHITE = "#ffffff"
INK = "#1c2326"
TEXT_CONTRAST = 4.5  # WCAG 2.1 AA, 1.4.3
TINT_CONTRAST = 7.0  # body text on the tint
MOST_TINT, LEAST_TINT = 0.12, 0.04


@dataclass(frozen=True, slots=True)
class Brand:
    """The clinic's colour as it is printed: the accent, a tint for bands, and a line between the two."""

    accent: str
    tint: str
    line: str


def parse(text: str) -> str | None:
    """Read "#rrggbb" (the # may be left out); None if it is something else."""
    found = re.fullmatch(r"#?([0-9a-fA-F]{6})", text.strip())
    return f"#{found[1].lower()}" if found else None


def contrast(first: str, second: str) -> float:
    """Measure the contrast of two colours, 1 to 21 (WCAG 2.1, relative luminance)."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Measure relative luminance, 0 to 1 (WCAG 2.1)."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _rgb(colour)]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def mix(colour: str, share: float) -> str:
    """Lay `share` (0 to 1) of a colour on white."""
    return _hex(*(1 - share + share * channel for channel in _rgb(colour)))


def grey(colour: str) -> str:
    """Convert as a black-and-white printer does (ITU-R BT.601)."""
    red, green, blue = _rgb(colour)
    level = 0.299 * red + 0.587 * green + 0.114 * blue
    return _hex(level, level, level)


def is_grey(colour: str) -> bool:
    """Tell whether a colour is too near to white, black or grey to brand a page."""
    red, green, blue = _rgb(colour)
    spread = max(red, green, blue) - min(red, green, blue)
    return spread < 0.12 or luminance(colour) > 0.88 or luminance(colour) < 0.004


def brand(colour: str) -> Brand:
    """Make a colour safe: text of it on white and on its own tint has 4.5:1, ink on the tint 7:1, in grey as well."""
    accent, share = colour, MOST_TINT
    while contrast(INK, mix(accent, share)) < TINT_CONTRAST and share > LEAST_TINT:
        share -= 0.01
    while min(contrast(accent, mix(accent, share)), contrast(grey(accent), grey(mix(accent, share)))) < TEXT_CONTRAST:
        accent = _darker(accent)
    return Brand(accent, mix(accent, share), mix(accent, 0.35))


def _darker(colour: str) -> str:
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    return _hex(*colorsys.hls_to_rgb(hue, max(0.0, lightness - 0.01), saturation))


def _rgb(colour: str) -> tuple[float, float, float]:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _hex(red: float, green: float, blue: float) -> str:
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in (red, green, blue))


def to_hex(red: int, green: int, blue: int) -> str:
    """Write 8-bit channels as "#rrggbb"."""
    return f"#{red:02x}{green:02x}{blue:02x}"


def hue_of(colour: str) -> float:
    """Give the hue, 0 to below 1."""
    return colorsys.rgb_to_hls(*_rgb(colour))[0]

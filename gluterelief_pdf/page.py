"""A sheet → HTML, by Jinja. The templates hold no words and no numbers."""

import base64
import re
import unicodedata
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gluterelief_pdf import colour
from gluterelief_pdf.model import PAGE, PAGES, Figure, Logo, Sheet

HABIT_SCALE = 0.09 / 0.13  # pictures of habits print smaller than those of techniques
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
COUNTERS = {PAGE: "counter(page)", PAGES: "counter(pages)"}


def html(sheet: Sheet, templates: Path) -> str:
    """Fill the handout's template."""
    brand = colour.brand(sheet.clinic.brand or colour.DEFAULT)
    environment = Environment(
        loader=FileSystemLoader(templates, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "css_content": css_content,
        "isolated": isolated,
        "picture": lambda name: _picture(sheet.figures[name], brand.accent),
        "width_mm": lambda name: sheet.figures[name].width_mm,
        "logo": _logo_url,
        "url": web_address,
    }
    template = environment.get_template("handout.html")
    return template.render(
        t=sheet.texts,
        language=sheet.language,
        facts=sheet.facts,
        plan=sheet.plan,
        clinic=sheet.clinic,
        paper=sheet.paper,
        brand=brand,
        habit_scale=HABIT_SCALE,
    )


def style(templates: Path) -> str:
    """Read the style sheets, in the order of their names."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((templates / "css").glob("*.css")))


def css_content(text: str) -> Markup:
    """Write a text as the value of CSS `content`, its page counters included.

    All but letters and digits is escaped, so that no text can end the string or the <style> element.
    """
    parts = re.split(f"([{PAGE}{PAGES}])", text)
    return Markup(" ".join(COUNTERS.get(part) or _css_string(part) for part in parts if part) or '""')  # noqa: S704 (all but letters and digits is escaped)


def isolated(text: str) -> str:
    """Keep a text in another writing direction from turning round what stands beside it, such as a phone number."""
    turned = any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}" if turned else text


def web_address(website: str) -> str:
    """Give the address to link to, with https where the clinic left it out."""
    return website if re.match(r"https?://", website) else f"https://{website}"


def _css_string(text: str) -> str:
    return '"' + "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):06x}" for c in text) + '"'


def _picture(figure: Figure, accent: str) -> str:
    """Give a drawing in the clinic's colour as a data URL: a colour of the page does not reach an SVG."""
    themed = re.sub(r'color="#[0-9a-f]{6}"', f'color="{accent}"', figure.svg, count=1)
    return _data_url(themed.encode(), "image/svg+xml")


def _logo_url(logo: Logo) -> str:
    return _data_url(logo.content, logo.media_type)


def _data_url(content: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"

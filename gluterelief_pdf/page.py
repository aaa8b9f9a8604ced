"""A sheet → HTML, by Jinja. The templates hold no words and no numbers."""

import base64
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from gluterelief_pdf import both, colour, outline, qr, tables
from gluterelief_pdf.errors import UNNAMED, ContentError
from gluterelief_pdf.layout import Layout, halves
from gluterelief_pdf.model import PAGE, PAGES, Figure, Logo, Patient, Sheet
from gluterelief_pdf.quantities import DIGITS, JOINER

if TYPE_CHECKING:  # a list whose sheets are known fills no template
    from jinja2 import BaseLoader, Environment

SOFTER = {"#22303a": "#6e777d", "#b3202c": "#c8464b"}  # outlines and marks of the drawings, in low ink
LARGE = 1.25  # how much larger pictures are in large print
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
WITHIN_KOREAN = re.compile(r"(?<=[가-힣])(?=[가-힣])")
HANGUL = (b"\xea", b"\xeb", b"\xec", b"\xed")  # with which its letters begin in UTF-8: quicker to look for
TEXT = re.compile(r"(?<=>)[^<]+(?=<)")  # of HTML, not its attributes
COUNTERS = {PAGE: "page", PAGES: "pages"}
# What a template of a clinic makes its own code or our filters raise.
RAISED = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError, OSError)
UNDEFINED = re.compile(r"'\w+' is undefined")  # a name as the template has it
COUNTER_STYLES = {"arab": ", arabic-indic", "arabext": ", persian"}


def ready() -> None:
    """Import what fills templates: while there is memory, for who is going to need it."""
    import jinja2.sandbox  # noqa: F401


@lru_cache(4)
def _environment(templates: Path, own: Path | None) -> "Environment":
    """Give what fills templates. What filters make of a constant is not reckoned in advance: that is each sheet's."""
    from jinja2 import Environment, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    kind = SandboxedEnvironment if own else Environment
    return kind(
        loader=_loader(templates, own),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        optimized=False,
    )


def html(sheet: Sheet, layout: Layout, templates: Path, own: Path | None = None) -> str:
    """Fill the handout's template; one of a clinic's own may extend a shipped one as "shipped/handout.html".

    Raises:
        ContentError: if a clinic's own template is wrong, or tries what a template may not do.
    """
    from jinja2 import TemplateError, TemplateSyntaxError

    brand = colour.brand(sheet.clinic.brand or colour.DEFAULT)
    enlarged = LARGE if "large-print" in sheet.edition else 1
    environment = _environment(templates, own)
    environment.filters |= {
        "css_content": lambda text: css_content(text, COUNTER_STYLES.get(sheet.language.digits, "")),
        "isolated": lambda text: isolated(text, always=sheet.language.direction == "rtl"),
        "digits": lambda number: str(number).translate(str.maketrans(DIGITS["latn"], DIGITS[sheet.language.digits])),
        "stopped": lambda text: both.ended(text, sheet.language.stop),
        "picture": lambda name: picture(sheet.figures[name], brand.accent, lines="low-ink" in sheet.edition),
        "qr": qr.code,
        "first": both.first,
        "together": lambda texts: both.together(texts, sheet.language.between),
        "shows": lambda name: sheet.figures[name].shows,
        "width_mm": lambda name: sheet.figures[name].width_mm * enlarged,
        "halves": lambda texts, boxed, whole: halves(texts, sheet.paper, boxed=boxed, whole=whole),
        "logo": _logo_url,
        "url": web_address,
    }
    given = {
        "t": sheet.texts,
        "language": sheet.language,
        "facts": sheet.facts,
        "plan": sheet.plan,
        "clinic": sheet.clinic,
        "paper": sheet.paper,
        "brand": brand,
        "layout": layout,
        "patient": sheet.patient,
        "slots": sheet.slots,
        "titled": sheet.titled,
        "safety": sheet.safety,
        "signoff": sheet.reviewed,
        "edition": sheet.edition,
        "fillable": sheet.fillable,
        "link": sheet.link,
        "beside": sheet.beside,
    }
    if own is None:
        return _words_whole(environment.get_template("handout.html").render(given))
    try:
        made = environment.get_template("handout.html").render(given)
    except (TemplateError, *RAISED) as error:
        file, line = _place(error, own)
        said = error if isinstance(error, TemplateSyntaxError) else None
        where = f"{getattr(said, 'name', None) or file}, line {getattr(said, 'lineno', None) or line}"
        raise _wrong(where, error, named=sheet.patient != Patient()) from error
    if wrong := outline.faults(made):
        told = "\n".join(f"templates: {what}" for what in dict.fromkeys(wrong))
        raise ContentError(told, hint="Correct the template in the overrides folder and try again.")
    return _words_whole(made)


def _wrong(where: str, error: Exception, *, named: bool) -> ContentError:
    """Tell what is wrong with a template: only its kind if it could quote a value, and a patient is on the sheet."""
    from jinja2 import TemplateSyntaxError

    hint = "Correct the template in the overrides folder and try again."
    if named and not isinstance(error, TemplateSyntaxError) and not UNDEFINED.fullmatch(str(error)):
        return ContentError(f"{where}: {type(error).__name__}", hint=f"{hint} {UNNAMED}")
    return ContentError(f"{where}: {error}", hint=hint)


def _words_whole(html: str) -> str:
    """Keep Korean words whole: WeasyPrint, which has no `word-break: keep-all`, would break them after any syllable."""
    written = html.encode()
    if not any(begin in written for begin in HANGUL) or not WITHIN_KOREAN.search(html):
        return html
    head, body = html.split("<body", maxsplit=1)
    return f"{head}<body{TEXT.sub(lambda text: WITHIN_KOREAN.sub(JOINER, text[0]), body)}"


def _loader(templates: Path, own: Path | None) -> "BaseLoader":
    from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader

    shipped = FileSystemLoader(templates, encoding="utf-8")
    if own is None:
        return shipped
    return ChoiceLoader([FileSystemLoader(own, encoding="utf-8"), shipped, PrefixLoader({"shipped": shipped})])


def _place(error: BaseException, own: Path) -> tuple[str, int]:
    """Find the innermost template in an error's traceback, and the line in it."""
    found, step = ("templates", 0), error.__traceback__
    while step:
        path = Path(step.tb_frame.f_code.co_filename)
        if path.suffix == ".html":
            found = (path.relative_to(own).as_posix() if path.is_relative_to(own) else path.name, step.tb_lineno)
        step = step.tb_next
    return found


def style(templates: Path, own: Path | None = None, parts: Iterable[str] = ()) -> str:
    """Read the style sheets, in the order of their names, then the editions'; a clinic's own replaces its namesake."""
    found = []
    for pattern in ("css/*.css", *(f"css/editions/{name}.css" for name in parts)):
        sheets = {path.name: path for folder in (templates, own) if folder for path in folder.glob(pattern)}
        found += [tables.text(sheets[name]) for name in sorted(sheets)]
    return "\n".join(found)


def css_content(text: str, style: str = "") -> Markup:
    """Write a text as the value of CSS `content`, its page counters included.

    All but letters and digits is escaped, so that no text can end the string or the <style> element.
    """
    parts = re.split(f"([{PAGE}{PAGES}])", text)
    return Markup(" ".join(_counter(part, style) or _css_string(part) for part in parts if part) or '""')  # noqa: S704 (all but letters and digits is escaped)


def _counter(part: str, style: str) -> str:
    return f"counter({COUNTERS[part]}{style})" if part in COUNTERS else ""


def isolated(text: str, *, always: bool = False) -> str:
    """Keep a text in another writing direction from turning round what stands beside it, such as a phone number."""
    turned = any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}" if text and (turned or always) else text


def web_address(website: str) -> str:
    """Give the address to link to, with https where the clinic left it out."""
    return website if re.match(r"https?://", website, re.IGNORECASE) else f"https://{website}"


def _css_string(text: str) -> str:
    return '"' + "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):06x}" for c in text) + '"'


def picture(figure: Figure, accent: str, *, lines: bool) -> str:
    """Give a drawing in the clinic's colour as a data URL: a colour of the page does not reach an SVG.

    With `lines`, areas are left white; outlines, and the marks that tell what to do, stay.
    """
    themed = re.sub(r'color="#[0-9a-f]{6}"', f'color="{accent}"', figure.svg, count=1)
    if lines:
        for drawn, soft in SOFTER.items():
            themed = themed.replace(drawn, soft)
        marks = "|".join(SOFTER.values())
        themed = re.sub(r'fill="[^"]*" fill-opacity="0?\.\d+"', 'fill="#fff"', themed)
        themed = re.sub(rf'fill="(?!none|#fff"|(?:{marks})")[^"]*"', 'fill="#fff"', themed)
    return _data_url(themed.encode(), "image/svg+xml")


def _logo_url(logo: Logo) -> str:
    return _data_url(logo.content, logo.media_type)


def _data_url(content: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"

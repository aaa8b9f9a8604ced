"""A sheet's words for e-mail → subject, text and HTML, by Jinja. The templates hold no words."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from gluterelief_pdf.both import Both, first
from gluterelief_pdf.errors import ContentError
from gluterelief_pdf.model import Language, Sheet

FOLDER = "mail"  # in templates/, and in a clinic's own


def write(sheet: Sheet, templates: Path, *, locked: bool) -> tuple[str, str, str]:
    """Give subject, text and HTML in the sheet's language, then in its second one if it has one.

    The subject names the clinic and nothing else; neither patient nor condition stands in any of the three.

    Raises:
        ContentError: if a clinic's own template is wrong.
    """
    words = sheet.texts.mail
    subject = first(words.subject if sheet.clinic.name else vars(words)["subject-unnamed"])
    reachable = sheet.clinic.phone or sheet.clinic.email or sheet.clinic.website
    texts = {
        "contact": vars(sheet.texts.help)["contact" if reachable else "contact-unnamed"],
        **{name: getattr(words, name) for name in ("greeting", "text", "locked", "stray", "closing")},
    }
    languages = [language for language in (sheet.language, sheet.beside) if language]
    given = {
        "parts": [_part(texts, language, twin=language == sheet.beside) for language in languages],
        "subject": subject,
        "clinic": sheet.clinic,
        "locked": locked,
    }
    own = sheet.templates / FOLDER if sheet.templates else None
    text, html = (_render(name, given, templates / FOLDER, own) for name in ("letter.txt", "letter.html"))
    return subject, text, html


def _part(texts: Mapping[str, Any], language: Language, *, twin: bool) -> dict[str, Any]:
    """Take one language out of texts that may hold two."""

    def one(text: Any) -> Any:
        if isinstance(text, tuple):
            return tuple(one(each) for each in text)
        return text.twin if twin and isinstance(text, Both) else first(text)

    return {"language": language, **{name: one(text) for name, text in texts.items()}}


@cache
def _environment(shipped: Path, own: Path | None, *, html: bool) -> SandboxedEnvironment:
    """Give the templates, compiled once for all letters of a run."""
    loader = FileSystemLoader(shipped, encoding="utf-8")
    owns = [FileSystemLoader(own, encoding="utf-8")] if own else []
    return SandboxedEnvironment(
        loader=ChoiceLoader([*owns, loader, PrefixLoader({"shipped": loader})]),
        autoescape=html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _render(name: str, given: Mapping[str, Any], shipped: Path, own: Path | None) -> str:
    environment = _environment(shipped, own, html=name.endswith(".html"))
    try:
        return environment.get_template(name).render(given)
    except (TemplateError, TypeError, ValueError, LookupError, ArithmeticError, RecursionError) as error:
        if own is None:
            raise
        hint = "Correct the template in the overrides folder and try again."
        raise ContentError(f"{FOLDER}/{name}: {error}", hint=hint) from error

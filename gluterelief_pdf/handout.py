"""One handout: the straight line from words, clinic and plan to a PDF."""

from pathlib import Path

from gluterelief_pdf import facts, fonts, limits, page, pdf, plan, texts, words
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.model import Clinic, Paper, Rendered, Sheet
from gluterelief_pdf.pdf import MissingCharactersError
from gluterelief_pdf.resources import shipped

TIMEOUT_S = 60.0
MEMORY_BYTES = 2 * 2**30


def make(tag: str, clinic: Clinic, *, paper: Paper | None = None) -> Rendered:
    """Make the handout of one clinic in one language.

    Paper is the country's where none is named, else the language's.

    Raises:
        OptionError: if there is no such language, or a text of the clinic has a character that no shipped font has.
        ContentError: if words, facts or figures are wrong.
        RenderError: if a library is missing or the sheet goes over a limit of time or memory.
    """
    sheet = fill(tag, clinic, paper=paper)
    try:
        return limits.run(_render, TIMEOUT_S, MEMORY_BYTES, sheet)
    except MissingCharactersError as error:
        raise _whose(error, clinic) from error


def fill(tag: str, clinic: Clinic, *, paper: Paper | None = None) -> Sheet:
    """Bring everything that stands on the sheet together."""
    content = shipped("content")
    known = facts.load(content)
    spoken = words.load(tag, content, known)
    planned = plan.make(known)
    filler = texts.Filler(spoken, known, planned, clinic, facts.regions(content))
    return Sheet(
        language=spoken.language,
        texts=filler.tree(),
        facts=known,
        plan=planned,
        clinic=clinic,
        paper=paper or (clinic.region.paper if clinic.region else spoken.language.paper),
        figures=facts.figures(content),
    )


def source(sheet: Sheet) -> tuple[str, str, tuple[Path, ...]]:
    """Give what is rendered: HTML, CSS, and the folders that its fonts lie in."""
    templates = shipped("templates")
    html = page.html(sheet, templates)
    faces = fonts.needed(html)
    return html, f"{fonts.css(faces)}\n{page.style(templates)}", fonts.folders(faces)


def _render(sheet: Sheet) -> Rendered:
    html, css, folders = source(sheet)
    return pdf.render(html, css=css, folders=folders)


def _whose(error: MissingCharactersError, clinic: Clinic) -> Exception:
    """Say which text of the clinic has the character, and where."""
    fields = (
        ("--clinic-name", clinic.name),
        ("--phone", clinic.phone),
        ("--website", clinic.website),
        *(("--address", line) for line in clinic.address),
    )
    for option, text in fields:
        for place, character in enumerate(text, start=1):
            if character in error.characters:
                message = f"{option}: no shipped font has {character!r} (U+{ord(character):04X}, character {place})"
                return OptionError(message, hint="Write it in another script, or leave it out.")
    return error

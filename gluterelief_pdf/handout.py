"""One handout: the straight line from words, clinic, patient and plan to a PDF."""

from dataclasses import replace
from pathlib import Path

from gluterelief_pdf import facts, fonts, limits, page, pdf, plan, texts, words
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.model import Choice, Clinic, Paper, Patient, Rendered, Sheet, Signoff
from gluterelief_pdf.pdf import MissingCharactersError
from gluterelief_pdf.resources import shipped
from gluterelief_pdf.tables import Content

TIMEOUT_S = 60.0
MEMORY_BYTES = 2 * 2**30


def make(tag: str, clinic: Clinic, *, paper: Paper | None = None) -> Rendered:
    """Make the complete handout of one clinic in one language, for no patient in particular.

    Raises:
        HandoutError: as `fill` and `render` do.
    """
    return render(fill(tag, clinic, paper=paper))


def fill(
    tag: str,
    clinic: Clinic,
    *,
    paper: Paper | None = None,
    patient: Patient | None = None,
    choice: Choice | None = None,
    content: Content | None = None,
    signoff: Signoff | None = None,
    titled: bool = False,
) -> Sheet:
    """Bring everything that stands on the sheet together.

    Paper is the country's where none is named, else the language's.

    Raises:
        OptionError: if there is no such language, or the choice of techniques, doses and cautions is wrong.
        ContentError: if words, facts or figures are wrong.
    """
    content = content or Content.of()
    known = facts.load(content)
    spoken = words.load(tag, content, known)
    planned = plan.make(known, choice)
    patient = patient or Patient()
    filler = texts.Filler(
        spoken, known, planned, clinic, facts.regions(content), patient=patient, signoff=signoff
    )
    return Sheet(
        language=spoken.language,
        texts=filler.tree(),
        facts=known,
        safety={
            group: members
            for group, members in known.safety.items()
            if group not in known.applies or planned.uses.intersection(known.applies[group])
        },
        plan=planned,
        clinic=clinic,
        patient=patient,
        titled=titled,
        reviewed=signoff is not None,
        paper=paper or (clinic.region.paper if clinic.region else spoken.language.paper),
        figures=facts.figures(content),
        templates=content.own / "templates" if content.own and (content.own / "templates").is_dir() else None,
    )


def render(sheet: Sheet, *, strict: bool = False) -> Rendered:
    """Make the PDF. A patient's field with a character that no shipped font has is left to write on.

    Raises:
        OptionError: if a text of the clinic has such a character; with `strict`, one of the patient as well.
        ContentError: if a clinic's own template is wrong.
        RenderError: if a library is missing or the sheet goes over a limit of time or memory.
    """
    blanked: list[str] = []
    while True:
        try:
            rendered = limits.run(_render, TIMEOUT_S, MEMORY_BYTES, sheet)
        except MissingCharactersError as error:
            fields = {"name": "--patient", "clinician": "--clinician", "note": "--note"}
            lost = {
                name: option
                for name, option in fields.items()
                if set(getattr(sheet.patient, name)) & set(error.characters)
            }
            if not lost:
                raise _whose(error, sheet.clinic) from error
            if strict:
                hint = "Write it in another script, or leave --strict out: then there is a line to write on."
                option = next(iter(lost.values()))
                raise OptionError(f"{option}: no shipped font has all of its characters", hint=hint) from error
            blanked += lost.values()
            sheet = replace(sheet, patient=replace(sheet.patient, **dict.fromkeys(lost, "")))
        else:
            return replace(rendered, blanked=tuple(blanked))


def source(sheet: Sheet) -> tuple[str, str, tuple[Path, ...]]:
    """Give what is rendered: HTML, CSS, and the folders that its fonts lie in."""
    templates = shipped("templates")
    html = page.html(sheet, templates, sheet.templates)
    faces = fonts.needed(html)
    return html, f"{fonts.css(faces)}\n{page.style(templates, sheet.templates)}", fonts.folders(faces)


def _render(sheet: Sheet) -> Rendered:
    html, css, folders = source(sheet)
    return pdf.render(html, css=css, folders=folders)


def _whose(error: MissingCharactersError, clinic: Clinic) -> Exception:
    """Say which text of the clinic has the character, and where."""
    fields = (
        ("--clinic-name", clinic.name),
        ("--phone", clinic.phone),
        ("--email", clinic.email),
        ("--website", clinic.website),
        *(("--address", line) for line in clinic.address),
        ("opening", clinic.opening),
        ("closing", clinic.closing),
        ("urgent", clinic.urgent),
    )
    for option, text in fields:
        for place, character in enumerate(text, start=1):
            if character in error.characters:
                message = f"{option}: no shipped font has {character!r} (U+{ord(character):04X}, character {place})"
                return OptionError(message, hint="Write it in another script, or leave it out.")
    return error

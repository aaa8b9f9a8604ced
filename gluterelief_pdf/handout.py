"""One handout: the straight line from words, clinic, patient and plan to a PDF."""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from gluterelief_pdf import both, facts, fonts, layout, limits, page, pdf, plan, slots, texts, unprintable, words
from gluterelief_pdf import signoff as signoff_records
from gluterelief_pdf.cache import Kept
from gluterelief_pdf.errors import ContentError, HandoutError, OptionError, QuotingError
from gluterelief_pdf.model import (
    Caution,
    Choice,
    Clinic,
    Edition,
    Facts,
    Paper,
    Patient,
    Plan,
    Rendered,
    Sheet,
    Signoff,
)
from gluterelief_pdf.pdf import MissingCharactersError
from gluterelief_pdf.resources import shipped
from gluterelief_pdf.shelf import Shelf
from gluterelief_pdf.store import Store
from gluterelief_pdf.tables import Content

TIMEOUT_S = 60.0  # of computing
MEMORY_BYTES = 2**30


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
    shelf: Shelf | None = None,
    signoff: Signoff | None = None,
    titled: bool = False,
    edition: Edition = "standard",
    fillable: bool = False,
    link: str = "",
    beside: str | None = None,
) -> Sheet:
    """Bring everything that stands on the sheet together.

    Paper is the country's where none is named, else the language's.

    Raises:
        OptionError: if there is no such language, or the choice of techniques, doses and cautions is wrong.
        ContentError: if words, facts or figures are wrong.
        RenderError: if the font of a language is not installed.
    """
    shelf = shelf or Shelf(content)
    content, known = shelf.content, shelf.facts
    spoken = shelf.words(tag)
    other = shelf.words(words.find(beside, content, option="--with").tag) if beside else None
    if other and other.language == spoken.language:
        raise OptionError(
            f"--with: {beside!r} is the language of the sheet itself", hint="Name another one, or leave it out."
        )
    planned = plan.make(known, choice)
    patient = patient or Patient()
    link = link or clinic.booking
    for language in (spoken, other):
        if language:
            fonts.of(language.language)
    tree, other_tree = (
        texts.Filler(
            language, known, planned, clinic, shelf.regions, patient=patient, signoff=signoff, link=link
        ).tree()
        if language
        else None
        for language in (spoken, other)
    )
    assert tree is not None
    return Sheet(
        language=spoken.language,
        texts=both.merge(tree, other_tree, other.language) if other and other_tree else tree,
        facts=known,
        safety=_safety(known, planned),
        plan=planned,
        clinic=clinic,
        patient=patient,
        titled=titled,
        reviewed=signoff is not None,
        paper=paper or (clinic.region.paper if clinic.region else spoken.language.paper),
        figures=shelf.figures,
        edition=edition,
        fillable=fillable,
        link=link,
        beside=other.language if other else None,
        partial=frozenset(
            technique.key
            for technique in planned.techniques
            if len(technique.positions) < next(len(t.positions) for t in known.techniques if t.key == technique.key)
        ),
        templates=content.own / "templates" if content.own and (content.own / "templates").is_dir() else None,
    )


def _safety(known: Facts, planned: Plan) -> dict[str, tuple[str, ...]]:
    """Give the safety facts that this plan calls for; what is not tied to anything always stands."""

    def stands(key: str) -> bool:
        return key not in known.applies or bool(planned.uses.intersection(known.applies[key]))

    return {
        group: tuple(fact for fact in members if stands(f"{group}.{fact}"))
        for group, members in known.safety.items()
        if stands(group)
    }


@dataclass(frozen=True, slots=True)
class Seal:
    """The digest of what patients read in one language, by part and as a whole, and whether it is signed off."""

    parts: Mapping[str, str]
    digest: str
    state: signoff_records.State


def seal(tag: str, clinic: Clinic, content: Content, records: Iterable[Signoff], today: date) -> Seal:
    """Digest the content of one language, and look for a sign-off that holds.

    Raises:
        OptionError: if there is no such language.
    """
    tag = words.find(tag, content).tag
    found = signoff_records.parts(content, tag, shipped("templates"), clinic)
    return Seal(found, signoff_records.digest(found), signoff_records.state(records, tag, found, today))


def everything(tag: str, clinic: Clinic, content: Content) -> str:
    """Write all that a patient may read in one language, each text with its key: for the one who signs it off."""
    known = facts.load(content)
    filler = texts.Filler(words.load(tag, content, known), known, plan.make(known), clinic, facts.regions(content))
    return "".join(f"{key}\n    {text}\n" for key, text in filler.everything())


def caution_names(tag: str, content: Content) -> tuple[tuple[Caution, str], ...]:
    """Give every caution with its name in one language."""
    known = facts.load(content)
    filler = texts.Filler(words.load(tag, content, known), known, plan.make(known), Clinic(), facts.regions(content))
    return tuple((caution, filler.caution_name(caution.key)) for caution in known.cautions)


def notes(sheet: Sheet, rendered: Rendered) -> tuple[str, ...]:
    """Tell the clinician what cautions did, what is much, and what was left to write on."""
    plan = sheet.plan
    said = [f"left out: {barred.what} ({', '.join(barred.cautions)})" for barred in plan.left_out]
    said += [f"{barred.what} is on the sheet even so, against {', '.join(barred.cautions)}" for barred in plan.kept]
    said += [f"changed: {what} ({caution}); the sheet says how" for what, caution in plan.changed]
    said += plan.warnings
    said += [f"{option}: no shipped font can print it, so there is a line to write on" for option in rendered.blanked]
    return tuple(said)


def render(
    sheet: Sheet,
    *,
    strict: bool = False,
    press: pdf.Press | None = None,
    drawings: Store | None = None,
    blank: Rendered | None = None,
) -> Rendered:
    """Make the PDF. A patient's field with a character that no shipped font has is left to write on.

    Where the patient's lines can be written into a finished PDF, they are: into the blank one if it is there, so that
    the bytes are the same whether it was made before or not. Without a press the PDF is made in a process of its own,
    under limits; with one here, and whoever has it sees to limits. Drawings come from the store, if there is one.

    Raises:
        OptionError: if a text of the clinic has such a character; with `strict`, one of the patient as well.
        ContentError: if a clinic's own template is wrong.
        RenderError: if a library is missing or the sheet goes over a limit of time or memory.
    """
    made = partial(_render, press=press) if press else partial(_apart, drawings=drawings)
    blanked: list[str] = []
    while True:
        try:
            rendered = _written(sheet, made, blank)
        except MissingCharactersError as error:
            fields = {"name": "--patient", "clinician": "--clinician", "note": "--note"}
            lost = {
                name: option
                for name, option in fields.items()
                if set(getattr(sheet.patient, name)) & set(error.characters)
            }
            if not lost:
                if whose := unprintable.of(error.characters, sheet.clinic):
                    raise whose from error
                raise
            if strict:
                hint = "Write it in another script, or leave --strict out: then there is a line to write on."
                option = next(iter(lost.values()))
                raise OptionError(f"{option}: no shipped font has all of its characters", hint=hint) from error
            blanked += lost.values()
            sheet, blank = replace(sheet, patient=unprintable.left_out(sheet.patient, lost)), None
        else:
            return replace(rendered, blanked=tuple(blanked), blank=None if blanked else rendered.blank)


def _written(sheet: Sheet, made: Callable[[Sheet], Rendered], blank: Rendered | None) -> Rendered:
    """Write the patient's lines into a blank sheet where that can be; else render them with the rest."""
    lines = slots.lines(sheet)
    if lines:
        blank = blank or made(slots.blank(sheet))
        if rendered := slots.written(blank, lines):
            return rendered
    return replace(made(sheet), blank=blank if lines else None)


def kept(sheet: Sheet, rendered: Rendered, notes: Iterable[str]) -> Kept | None:
    """Give what may be kept of a sheet for others: nothing with anything of a patient."""
    own = sheet.patient
    if own.note or own.side or (own != Patient() and not rendered.blank):
        return None
    made = rendered.blank or rendered
    return Kept(made.pdf, made.pages, tuple(notes), made.blanked, made.slots, sheet.texts.sheet.months)


def _apart(sheet: Sheet, drawings: Store | None) -> Rendered:
    return limits.run(lambda: _render(sheet, pdf.Press(drawings)), TIMEOUT_S, MEMORY_BYTES)


def source(
    sheet: Sheet, way: layout.Layout | None = None, scratch: Path | None = None
) -> tuple[str, str, tuple[Path, ...]]:
    """Give what is rendered: HTML, CSS, and the folders that its fonts lie in; in the best looking layout, or another.

    What is cut out of large fonts is put into the scratch folder.
    """
    templates = shipped("templates")
    html = page.html(sheet, way or next(layout.layouts(sheet)), templates, sheet.templates)
    languages = [language for language in (sheet.language, sheet.beside) if language]
    faces = fonts.needed(html, languages)
    css = f"{fonts.css(faces, html, scratch, languages)}\n{page.style(templates, sheet.templates, _editions(sheet))}"
    return html, css, fonts.folders(faces, scratch)


def _editions(sheet: Sheet) -> tuple[str, ...]:
    """Name the style sheets that lie over those of the standard edition, in their order."""
    more = {"bilingual": sheet.beside, "fillable": sheet.fillable}
    return (
        *(name for name in ("large-print", "low-ink") if name in sheet.edition),
        *(name for name, wanted in more.items() if wanted),
    )


def _render(sheet: Sheet, press: pdf.Press | None = None) -> Rendered:
    try:
        return _laid_out(sheet, press)
    except QuotingError as error:
        raise (error if sheet.patient == Patient() else error.unquoted()) from None
    except (HandoutError, *limits.OUT_OF_MEMORY, OSError):
        raise
    except Exception as error:
        if sheet.templates is None:
            raise
        raise ContentError(  # without what the error says: a page that a patient stands on may be quoted in it
            f"a template or style sheet of your own cannot be laid out ({type(error).__name__})",
            hint="Take them out of the overrides folder one by one to find which one it is, and correct it.",
        ) from error


def _laid_out(sheet: Sheet, press: pdf.Press | None) -> Rendered:
    first, *_ = ways = list(layout.layouts(sheet))
    with tempfile.TemporaryDirectory(prefix="make-handout-") as scratch:
        html, css, folders = source(sheet, first, Path(scratch))
        return pdf.render(
            html,
            css=css,
            folders=folders,
            forms=sheet.fillable,
            own=sheet.templates is not None,
            others=[partial(page.html, sheet, way, shipped("templates"), sheet.templates) for way in ways[1:]],
            choose=partial(layout.choose, sheet, ways),
            ends=lambda number: partial(layout.ends, paper=sheet.paper, heading_mm=ways[number].heading_mm),
            alike=bool(sheet.plan.changed_doses),  # else others have the same numbers
            press=press,
        )

"""A finished sheet → a letter that takes it to its patient."""

import hashlib
import json

from gluterelief_pdf import bodies, limits
from gluterelief_pdf.letters import Address, Letter
from gluterelief_pdf.model import Sheet
from gluterelief_pdf.resources import shipped

TIMEOUT_S = 10.0
MEMORY_BYTES = 2**30


def letter(
    sheet: Sheet,
    pdf: bytes,
    to: Address,
    *,
    row: int = 1,
    batch: str = "",
    id: str = "",
    consent: bool = False,
    locked: bool = False,
) -> Letter:
    """Write the letter in the sheet's language.

    `batch` and `id` name the roster and the row's own id where there are some: a corrected name is then the same
    letter.

    Raises:
        ContentError: if a clinic's own template is wrong.
        RenderError: if it takes too long.
    """
    if sheet.templates:  # a clinic's own may run for ever
        subject, text, html = limits.run(
            bodies.write, TIMEOUT_S, MEMORY_BYTES, sheet, shipped("templates"), locked=locked
        )
    else:
        subject, text, html = bodies.write(sheet, shipped("templates"), locked=locked)
    return Letter(
        row=row,
        to=to,
        language=sheet.language.tag,
        subject=subject,
        text=text,
        html=html,
        pdf=pdf,
        attachment=f"handout-{sheet.language.tag}.pdf",
        key=key(sheet, to, batch=batch, id=id),
        consent=consent,
    )


def key(sheet: Sheet, to: Address, *, batch: str = "", id: str = "") -> str:
    """Give what makes a letter the same one in the next run, as SHA-256.

    The day is no part of it: a run that goes on after midnight is still the same run. Nor is the PDF, which another
    version of a library may write otherwise.
    """
    patient = sheet.patient
    who = [batch, id] if id else [patient.name, patient.clinician, patient.note, patient.side]
    plan = [[t.key, [p.key for p in t.positions], sorted(map(repr, t.dose.items()))] for t in sheet.plan.techniques]
    what = [
        sheet.language.tag,
        sheet.beside.tag if sheet.beside else "",
        sheet.facts.version,
        plan,
        sheet.plan.cautions,
    ]
    inputs = [to.text.lower(), who, what, sheet.edition, sheet.fillable, sheet.link, sheet.paper, sheet.clinic.name]
    return hashlib.sha256(json.dumps(inputs, ensure_ascii=True).encode()).hexdigest()

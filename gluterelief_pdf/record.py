"""What was given to one patient → a record (JSON) and a line for the chart. No patient's name, unless asked for."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from gluterelief_pdf.model import Number, Rendered, Sheet, Signoff, Technique
from gluterelief_pdf.quantities import plain

FORMAT = 1


def make(sheet: Sheet, rendered: Rendered, *, digest: str, signoff: Signoff | None, named: bool = False) -> str:
    """Write the record of one sheet. With `named`, the patient's name stands in it."""
    plan = sheet.plan
    record: dict[str, Any] = {
        "format": FORMAT,
        "language": sheet.language.tag,
        "paper": sheet.paper,
        "content": sheet.facts.version,
        "content_digest": digest,
        "signoff": {"by": signoff.by, "on": signoff.on.isoformat()} if signoff else None,
        "country": sheet.clinic.region.code if sheet.clinic.region else None,
        "side": sheet.patient.side,
        "date": sheet.patient.date.isoformat() if sheet.patient.date else None,
        "techniques": [_technique(technique, plan.changed_doses) for technique in plan.techniques],
        "cautions": list(plan.cautions),
        "left_out": {barred.what: list(barred.cautions) for barred in plan.left_out},
        "changed": [{"technique": what, "caution": caution} for what, caution in plan.changed],
        "kept_even_so": {barred.what: list(barred.cautions) for barred in plan.kept},
        "left_blank": list(rendered.blanked),
        "pages": rendered.pages,
        "sha256": hashlib.sha256(rendered.pdf).hexdigest(),
    }
    if named:
        record["patient"] = sheet.patient.name
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def chart_note(sheet: Sheet) -> str:
    """Write one line for the chart: what was given, at which dose, with which cautions, in the sheet's language."""
    given = []
    for technique in sheet.plan.techniques:
        words = vars(sheet.texts.technique)[technique.key]
        name = words.name
        if technique.key in sheet.partial:
            places = [vars(words.position)[at.key].name for at in technique.positions]
            name += f" ({', '.join(places)})"
        dose = ", ".join(" ".join((cell.value, cell.label)) for cell in words.cells)
        given.append(f"{name}: {dose}" if dose else name)
    said = [sheet.texts.sheet.title, "; ".join(given)]
    if sheet.plan.cautions:
        said.append("; ".join(sheet.texts.caution_names))
    return plain(f"{' | '.join(said)} | {sheet.texts.sheet.version}") + "\n"


def _technique(technique: Technique, changed: tuple[str, ...]) -> Mapping[str, Any]:
    return {
        "name": technique.key,
        "positions": [at.key for at in technique.positions],
        "dose": {
            part: _number(number, f"{technique.key}.{part}" in changed) for part, number in technique.dose.items()
        },
    }


def _number(number: Number, changed: bool) -> Mapping[str, Any]:
    ends = {"value": number.high} if number.low == number.high else {"min": number.low, "max": number.high}
    return {**ends, "unit": number.unit, "changed": changed}

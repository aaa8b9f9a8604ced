"""The peers that the program is measured against: Typst, and WeasyPrint as its documentation says to use it.

Typst gets what a sheet says as JSON, made here from the same filled texts, so that both print the same.
"""

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from gluterelief_pdf import colour, fonts, layout
from gluterelief_pdf.both import together
from gluterelief_pdf.model import PAGE, PAGES, Sheet, Technique
from gluterelief_pdf.page import web_address

TEMPLATE = Path(__file__).with_name("typst")
RULES = ("pressure", "place", "hold", "amount", "feel", "floor")
RULES_WITHOUT_PRESSING = ("place", "feel", "floor")
HELP = {"emergency-nerve": "icon-emergency", "emergency-other": "icon-emergency", "same-day": "icon-same-day"}
WARNINGS = {"do-not": "icon-stop", "ask-first": "icon-ask"}
ANATOMY_SCALE = 0.74  # of its drawn width, as in templates/partials/what.html


def clinic_folder(folder: Path, sheet: Sheet) -> Path:
    """Lay ready what a clinic that prints with Typst has: template, faces, logo, drawings in its colour, one sheet."""
    assert sheet.clinic.logo
    (folder / "pictures").mkdir(parents=True)
    (folder / "fonts").mkdir()
    for name in ("sheet.typ", "parts.typ"):
        shutil.copy(TEMPLATE / name, folder)
    face = fonts.of(sheet.language)
    for name in (face.regular, face.bold):
        shutil.copy(face.file(name), folder / "fonts")
    (folder / "logo.png").write_bytes(sheet.clinic.logo.content)
    accent = colour.brand(sheet.clinic.brand).accent
    for figure in sheet.figures.values():
        themed = re.sub(r'color="#[0-9a-f]{6}"', f'color="{accent}"', figure.svg, count=1)
        (folder / "pictures" / f"{figure.name}.svg").write_text(themed, encoding="utf-8")
    (folder / "clinic.json").write_text(_clinic(sheet), encoding="utf-8")
    return folder


def _clinic(sheet: Sheet) -> str:
    clinic, brand = sheet.clinic, colour.brand(sheet.clinic.brand)
    assert clinic.logo
    return json.dumps(
        {
            "name": clinic.name,
            "address": ", ".join(clinic.address),
            "phone": clinic.phone,
            "website": clinic.website,
            "url": web_address(clinic.website),
            "logo": sheet.texts.sheet.logo,
            "logo-width": clinic.logo.width_mm,
            "colours": {"accent": brand.accent, "tint": brand.tint, "line": brand.line},
        }
    )


def says(sheet: Sheet) -> str:
    """Write all that a sheet says, but the fields that are filled in, as JSON in the order of the template."""
    told = _Telling(sheet)
    t, plan = sheet.texts, sheet.plan
    counted = iter(range(1, len(plan.techniques) + 1))
    summary = (
        t.summary.safety,
        *(vars(t.summary)[group] for group in ("press", "stretch", "strength") if plan.group(group)),
        t.summary.prevention,
        t.summary.stop,
    )
    first = next(group for group in plan.groups if group != "find")
    groups = [
        {
            "title": vars(t.group)[group].title,
            "scale": told.scale() if group == "press" else None,
            "rules": told.rules(RULES) if group == "press" else (),
            "rules-before": told.rules(RULES_WITHOUT_PRESSING) if group == first and not plan.group("press") else (),
            "facts": told.halves(told.facts("packs")) if group == "care" else None,
            "habits-first": group == "strength" and plan.short,
            "techniques": [
                told.technique(technique, next(counted) if technique.log else None) for technique in plan.group(group)
            ],
        }
        for group in plan.groups
    ]
    return json.dumps(
        {
            "title": t.sheet.title,
            "lead": t.sheet.lead,
            "footer": " · ".join(
                (t.sheet.version, t.sheet.footer.replace(PAGE, "{page}").replace(PAGES, "{pages}")),
            ),
            "fields": ((t.sheet.name, "patient"), (t.sheet.date, "date"), (t.sheet.clinician, "clinician")),
            "summary": {
                "title": t.summary.title,
                "halves": told.halves(summary, boxed=True),
                "equipment": t.summary.equipment,
            },
            "what": {
                "title": t.what.title,
                "text": t.what.text,
                "figure": None if plan.short else told.figure("anatomy", t.figure.anatomy, scale=ANATOMY_SCALE),
                "legend": t.figure.anatomy.legend,
                "where": t.figure.anatomy.where,
            },
            "help-title": vars(t)["help-first"].title,
            "help": [told.box(group, icon, boxed=True) for group, icon in HELP.items()],
            "warnings": [told.box(group, icon) for group, icon in WARNINGS.items()],
            "groups": groups,
            "habits": told.habits(),
            "habits-done": any(group["habits-first"] for group in groups),
            "log": {
                "title": t.log.title,
                "head": vars(t.log)["head-press"] if len(plan.group("press")) > 1 else t.log.head,
                "days": t.log.days,
                "rows": t.log.rows,
                "notes": t.log.notes,
            },
            "visit": {
                "title": t.safety.visit.title,
                "items": told.facts("visit"),
                "help": f"{t.help.therapist} {t.help.contact}",
            },
            "fine": {"title": t.fine.title, "first": t.fine.disclaimer, "rest": (t.fine.evidence, t.fine.sources)},
        },
        ensure_ascii=False,
    )


class _Telling:
    """The parts of a sheet that stand on it more than once."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet, self._texts = sheet, sheet.texts
        self._way = next(layout.layouts(sheet))

    def facts(self, group: str) -> list[str]:
        said = vars(self._texts.safety)
        return [vars(said[group])[fact] for fact in self._sheet.safety.get(group, ())]

    def halves(self, texts: Sequence[str], *, boxed: bool = False) -> Sequence[Sequence[str]]:
        return layout.halves(texts, self._sheet.paper, boxed=boxed)

    def box(self, group: str, icon: str, *, boxed: bool = False) -> dict[str, Any]:
        words = vars(self._texts.safety)[group]
        return {
            "icon": icon,
            "title": words.title,
            "lead": getattr(words, "lead", None),
            "halves": self.halves(self.facts(group), boxed=boxed),
        }

    def rules(self, groups: Sequence[str]) -> list[dict[str, str]]:
        return [
            {"title": vars(self._texts.safety)[group].title, "text": together(self.facts(group))}
            for group in groups
            if group in self._sheet.safety
        ]

    def figure(self, name: str, words: SimpleNamespace, *, scale: float = 1) -> dict[str, Any]:
        width_mm = self._sheet.figures[name].width_mm * scale
        return {"name": name, "width": width_mm, "alt": words.alt, "caption": words.caption}

    def scale(self) -> dict[str, Any] | None:
        pressure, figure = self._sheet.plan.numbers["pressure"], self._sheet.figures["icon-pressure-scale"]
        if figure.shows != (pressure.low, pressure.high):
            return None
        words = vars(self._texts.figure)["pressure-scale"]
        return self.figure(figure.name, words, scale=self._way.pressure_scale)

    def habits(self) -> dict[str, Any]:
        habits = [(habit, vars(self._texts.habit)[habit.key]) for habit in self._sheet.facts.habits]
        return {
            "title": self._texts.prevention.title,
            "items": [{"name": f"{words.name}{self._sheet.language.stop}", "text": words.text} for _, words in habits],
            "pictures": [
                self.figure(habit.figure, words, scale=self._way.habits)
                for habit, words in habits
                if habit.figure and not self._sheet.plan.short
            ],
        }

    def technique(self, technique: Technique, number: int | None) -> dict[str, Any]:
        words = vars(self._texts.technique)[technique.key]
        pictured = [position for position in technique.positions if position.figure]
        return {
            "number": number,
            "name": words.name,
            "titled": technique.group != "find" or len(self._sheet.plan.group("find")) > 1,
            "cells": [vars(cell) for cell in words.cells],
            "steps": (*words.how, *self.facts(technique.key)),
            "pictures": [
                self.figure(position.figure or "", vars(words.position)[position.key], scale=self._way.pictures)
                for position in (pictured[:1] if technique.one_picture else pictured)
            ],
        }

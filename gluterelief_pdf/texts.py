"""Words + facts + plan + clinic + patient → the texts of one sheet, every placeholder filled."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from gluterelief_pdf.errors import ContentError
from gluterelief_pdf.model import (
    PAGE,
    PAGES,
    Clinic,
    Facts,
    Language,
    Number,
    Patient,
    Plan,
    Region,
    Signoff,
    Technique,
)
from gluterelief_pdf.quantities import Part, Quantities, plain
from gluterelief_pdf.words import BY_COUNTRY, PLACEHOLDER, Words, flat, sentences

LEFT_TO_RIGHT_ISOLATE, POP_ISOLATE = "\u2066", "\u2069"
PARTS = frozenset({"min", "max", "lowest", "limit"})
OVER_THE_PLAN = {
    "hold": "press",
    "spots": "press",
    "daily": "stretch",
    "days": "strength",
}  # {plan.hold}: of which group
# not texts of their own
BUILDING_BLOCKS = ("unit", "cell", "urgent", "emergency", "advice", "caution", "roster", "calendar")


class Filler:
    """Fills the placeholders of one sheet. Unknown ones are errors, never left standing."""

    def __init__(
        self,
        words: Words,
        facts: Facts,
        plan: Plan,
        clinic: Clinic,
        regions: Mapping[str, Region],
        *,
        patient: Patient | None = None,
        signoff: Signoff | None = None,
        link: str = "",
    ) -> None:
        self._words, self._facts, self._plan, self._clinic, self._regions = words, facts, plan, clinic, regions
        self._patient, self._signoff, self._link = patient or Patient(), signoff, link
        self._quantities = Quantities(words.language, words.tree["unit"], words.tree.get("calendar"))
        self._planned = {technique.key: technique for technique in plan.techniques}
        chosen = {technique.key: technique for technique in (*facts.techniques, *plan.techniques)}
        self._doses = {key: technique.dose for key, technique in chosen.items()}
        self._country = clinic.region.code if clinic.region else None

    @property
    def language(self) -> Language:
        """The language of the sheet."""
        return self._words.language

    def tree(self) -> SimpleNamespace:
        """Fill all words, and add what only this sheet has: steps, dose strips, advice, log rows, the date."""
        words = {key: value for key, value in self._words.tree.items() if key not in BUILDING_BLOCKS}
        filled = self._fill(words, ())
        for technique in self._plan.techniques:
            own = vars(filled.technique)[technique.key]
            own.cells = self._cells(technique)
            own.how = self._how(technique)
            own.advice = tuple(
                self._text(self._words.tree["advice"][key], ("technique", technique.key))
                for key in self._plan.advice.get(technique.key, ())
            )
        filled.log.rows = self._log_rows()
        filled.sheet.day = self._quantities.day(self._patient.date) if self._patient.date else ""
        filled.sheet.months = self._quantities.months() if self._patient.date else ()
        filled.caution_names = tuple(self.caution_name(key) for key in self._plan.cautions)
        filled.cautions = tuple(
            self._text(note, ("caution", key))
            for key in self._plan.cautions
            if (note := self._words.tree["caution"][key].get("note"))
        )
        return cast(SimpleNamespace, filled)

    def caution_name(self, key: str) -> str:
        """Give a caution's name."""
        return self._text(self._words.tree["caution"][key]["name"], ("caution", key))

    def everything(self) -> Iterator[tuple[str, str]]:
        """Give every text with its key, the dose strips and the advice of each caution included."""
        for key, value in flat(self._words.tree).items():
            head, *_ = path = tuple(key.split("."))
            if head not in (*BUILDING_BLOCKS, "log") or head in ("caution", "urgent", "emergency"):
                fixed = {"{numbers}": "…", "{first}": "…"}
                for text in sentences(value):
                    for name, stand_in in fixed.items():
                        text = text.replace(name, stand_in)
                    yield key, plain(self._text(text, path))
        for technique in self._facts.techniques:
            strip = " | ".join(f"{cell.value} {cell.label}" for cell in self._cells(technique))
            yield f"technique.{technique.key}.dose", plain(strip)
        for caution in self._facts.cautions:
            for what, advice in caution.change.items():
                path = ("technique", what.split(".")[0])
                yield f"caution.{caution.key} at {what}", plain(self._text(self._words.tree["advice"][advice], path))

    def _how(self, technique: Technique) -> tuple[str, ...]:
        """Give the steps: those of each position that is on the sheet, then those that all have."""
        words = self._words.tree["technique"][technique.key]
        path = ("technique", technique.key)
        steps = [words["pair"]] if technique.instead_of in self._planned and "pair" in words else []
        for place, at in enumerate(technique.positions):
            own = words["position"].get(at.key, {})
            more = own.get("first" if place == 0 and "first" in own else "steps", [])
            if at.inline and place and steps and more:
                steps[-1] += f"{self.language.between}{more[0]}"
                more = more[1:]
            steps += more
        return tuple(self._text(step, path) for step in (*steps, *words.get("steps", [])))

    def _fill(self, value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(value, Mapping):
            if BY_COUNTRY in value:
                return self._text(value.get(self._country or "", value[BY_COUNTRY]), path)
            return SimpleNamespace(**{key: self._fill(below, (*path, key)) for key, below in value.items()})
        if isinstance(value, list):
            return tuple(self._text(text, path) for text in value)
        return self._text(value, path)

    def _text(self, text: str, path: tuple[str, ...]) -> str:
        dose = self._doses.get(path[1], {}) if path[:1] == ("technique",) else {}
        return PLACEHOLDER.sub(lambda found: self._value(found[1], dose, ".".join(path)), text)

    def _value(self, name: str, dose: Mapping[str, Number], key: str) -> str:
        try:
            head, *rest = name.split(".")
            if head in ("number", "dose", "technique", "plan"):
                return self._number(head, rest, dose)
            if head == "term":
                return str(self._fill(self._words.tree["term"][rest[0]], ("term", rest[0])))
            if head == "emergency" and rest:
                return self._or(self._regions[rest[0]].emergency)
            if head == "reviewed":
                return self._quantities.day(self._signoff.on) if self._signoff else ""
            return self._plain[head]()
        except (LookupError, ValueError) as error:
            raise ContentError(
                f"words/{self.language.tag}.toml: {key}: nothing fills {{{name}}}",
                hint="Correct the placeholder, or add its number to facts.toml.",
            ) from error

    def _number(self, head: str, rest: list[str], dose: Mapping[str, Number]) -> str:
        *rest, last = rest
        last, _, style = last.partition(":")
        rest.append(last)
        if style not in ("", "bare"):
            raise LookupError(style)
        part = rest.pop() if rest[-1] in PARTS else "range"
        if head == "number":
            number = self._plan.numbers[rest[0]]
        elif head == "plan":
            number = self._over_the_plan(rest[0])
        elif head == "dose":
            number = dose[rest[0]]
        else:
            technique, _, name = rest  # technique.ball.dose.hold
            number = self._doses[technique][name]
        return self._quantities.quantity(number, part=cast(Part, part), bare=bool(style))

    def _over_the_plan(self, part: str) -> Number:
        """Span a part of the dose over all techniques of its group that are on the sheet, or could be."""
        group = OVER_THE_PLAN[part]
        on_the_sheet = [each.dose[part] for each in self._plan.group(group) if part in each.dose]
        could_be = [each.dose[part] for each in self._facts.techniques if each.group == group and part in each.dose]
        numbers = on_the_sheet or could_be
        return replace(numbers[0], low=min(n.low for n in numbers), high=max(n.high for n in numbers))

    @property
    def _plain(self) -> Mapping[str, Callable[[], str]]:
        """What placeholders without a table stand for."""
        tree, clinic, region = self._words.tree, self._clinic, self._clinic.region
        numbers = clinic.emergency or (region.emergency if region else ())
        urgent = clinic.urgent or (self._or(region.urgent) if region and region.urgent else "")
        return {
            "emergency": lambda: self._or(numbers) if numbers else self._text(tree["emergency"]["unknown"], ()),
            "emergency-short": lambda: self._or(numbers) if numbers else tree["emergency"]["unknown-short"],
            "urgent": lambda: tree["urgent"]["line"].replace("{numbers}", urgent) if urgent else tree["urgent"]["none"],
            "version": lambda: self._apart(self._facts.version),
            "page": lambda: PAGE,
            "pages": lambda: PAGES,
            "clinic": lambda: clinic.name,
            "contact": lambda: self._or(
                [self._apart(part) for part in (clinic.phone, clinic.email, clinic.website) if part]
            ),
            "booking": lambda: self._apart(clinic.booking),
            "link": lambda: self._apart(self._link),
            "reviewer": lambda: self._signoff.by if self._signoff else "",
            "equipment": lambda: self._quantities.listed(
                [tree["equipment"][thing] for thing in self._equipment()],
            ),
            "without-floor": lambda: self._quantities.listed(self._without_floor()),
            "sources": lambda: "; ".join(self._apart(source) for source in self._facts.sources),
            "first": lambda: "{first}",  # filled where the log rows are made
        }

    def _apart(self, text: str) -> str:
        """Keep what reads from left to right in its order within a text that reads from right to left."""
        return f"{LEFT_TO_RIGHT_ISOLATE}{text}{POP_ISOLATE}" if self.language.direction == "rtl" and text else text

    def _equipment(self) -> list[str]:
        """Everything the plan needs, each thing once, in the order of the words."""
        needed = {thing for technique in self._plan.techniques for thing in technique.equipment}
        needed |= {thing for each in self._plan.techniques for at in each.positions for thing in at.equipment}
        return [thing for thing in self._words.tree["equipment"] if thing in needed]

    def _without_floor(self) -> list[str]:
        """Name what on this sheet can be done on a bed or a chair; without a plan for it, what could."""
        could_be = self._facts.applies.get("floor.instead", ())
        on_the_sheet = [key for key in self._planned if key in could_be]
        return [self._words.tree["technique"][key]["name"] for key in on_the_sheet or could_be]

    def _or(self, items: list[str] | tuple[str, ...]) -> str:
        return self._quantities.listed(items, "or")

    def _cells(self, technique: Technique) -> tuple[SimpleNamespace, ...]:
        path = ("technique", technique.key)
        cells = (self._words.tree["cell"][cell] for cell in technique.cells)
        return tuple(SimpleNamespace(**{part: self._text(text, path) for part, text in cell.items()}) for cell in cells)

    def _log_rows(self) -> tuple[str, ...]:
        """One row an exercise; a pair of which one is done shares a row."""
        logged = [technique for technique in self._plan.techniques if technique.log]
        present = {technique.key for technique in logged}
        shared = {technique.instead_of for technique in logged}
        rows = []
        for technique in logged:
            name = self._words.tree["technique"][technique.key]["name"]
            if technique.instead_of in present:
                continue
            either = self._words.tree["log"]["either"]
            rows.append(either.replace("{first}", name) if technique.key in shared else name)
        return tuple(rows)

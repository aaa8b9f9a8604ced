"""Rows of a roster, laid over the options of the run → orders. Everything is checked before anything is made."""

import ast
import datetime
import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from gluterelief_pdf import handout, naming, plan, qr, slots
from gluterelief_pdf.cli import options
from gluterelief_pdf.cli.remembered import Inputs
from gluterelief_pdf.errors import ContentError, HandoutError, OptionError
from gluterelief_pdf.model import Choice, Patient
from gluterelief_pdf.roster import Fault, Row
from gluterelief_pdf.settings import Settings
from gluterelief_pdf.shelf import Shelf
from gluterelief_pdf.worker import Order, Setting

OPTIONS = {  # the option that a message begins with → its parameter, where they differ
    "with": "beside",
    "lang": "lang",
    "clinic-name": "clinic_name",
    "color": "colour",
}
QUOTED = re.compile(r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*\"""")  # as repr() writes a text
WHOLE_RUN = (ContentError,)  # would be wrong for every row


@dataclass
class Book:
    """The orders of one run, and what is wrong with the rows that give none."""

    settings: Settings
    base: Mapping[str, Any]  # the options of the run, which stand behind those of a row
    shelf: Shelf
    inputs: Inputs
    pattern: str
    orders: list[Order] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    benches: list[Setting] = field(default_factory=list)
    _rows: dict[int, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    _known: dict[tuple[Any, ...], int] = field(default_factory=dict)
    _planned: set[Choice] = field(default_factory=set)  # for which a plan can be made

    def take(self, rows: Iterable[Row]) -> None:
        """Check the options of the run by themselves, then every row.

        Raises:
            HandoutError: for what is wrong whatever the row says.
        """
        self._setting(*self._checked(dict(self.base))[:2])
        for row in rows:
            try:
                self.orders.append(self._order(row))
            except WHOLE_RUN:
                raise
            except HandoutError as error:
                self.faults.append(_fault(row, error))
        lines = {order.row: order.line for order in self.orders}
        twice = naming.alike((order.row, order.file) for order in self.orders)
        for row_number, first in twice:
            what = f"its file would have the name of that of line {lines[first]}"
            hint = "Put {row} into --name-pattern, or give each row its own id."
            self.faults.append(Fault(lines[row_number], "", what, hint, row_number))
        wrong = {row_number for row_number, _ in twice}
        self.orders = [order for order in self.orders if order.row not in wrong]

    def sealed(self, secret: bytes) -> list[Order]:
        """Give the orders with their keys, which only who has the folder's secret can make."""
        kind = json.dumps([self.base["records"], self.base["encrypt"]]).encode()
        return [replace(o, key=self.inputs.row_key(*self._rows[o.row], secret + kind)) for o in self.orders]

    @property
    def notes(self) -> tuple[str, ...]:
        """Give what the clinic should know of its own options, each once."""
        return tuple(dict.fromkeys(note for order in self.orders for note in self.benches[order.setting].notes))

    def _checked(self, given: dict[str, Any]) -> tuple[str, dict[str, Any], Patient, Choice]:
        """Check what does not need the clinic; give the language, and the options with their languages' tags."""
        spoken = self.shelf.language(given["lang"])
        if given["beside"]:
            other = self.shelf.language(given["beside"], option="--with")
            if other == spoken:
                raise OptionError("--with: is the language of the sheet itself", hint="Name another one.")
            given["beside"] = other.tag
        if given["link"]:
            qr.check("--link", given["link"])
        patient, choice = options.patient_of(given), options.choice_of(given)
        if choice not in self._planned:
            plan.make(self.shelf.facts, choice)
            self._planned.add(choice)
        return spoken.tag, given, patient, choice

    def _order(self, row: Row) -> Order:
        lang, given, patient, choice = self._checked({**self.base, **row.given})
        setting = self._setting(lang, given)
        region = self.benches[setting].clinic.region
        paper = given["paper"] or (region.paper if region else self.shelf.words(lang).language.paper)
        named = {"row": row.number, "id": row.id, "language": lang, "edition": given["edition"], "paper": paper}
        self._rows[row.number] = (lang, given)
        return Order(
            row=row.number,
            line=row.line,
            file=naming.name(self.pattern, named),
            language=lang,
            setting=setting,
            patient=patient,
            choice=choice,
            paper=given["paper"],
            edition=given["edition"],
            fillable=bool(given["fillable"]),
            link=given["link"],
            beside=given["beside"],
            titled=bool(given["patient_in_title"]),
            strict=given["strict"],
            key="",
            written=slots.may_be_written(patient, self.shelf.words(lang).language),
            cache=None if row.password else self.inputs.cache_key(lang, given),
            password=row.password,
        )

    def _setting(self, lang: str, given: Mapping[str, Any]) -> int:
        """Load a clinic once for all the rows that share it."""
        key = (lang, *(given[name] for name in options.CLINIC_KEYS))
        if key not in self._known:
            content = self.shelf.content
            clinic, notes = options.clinic_of(self.settings, lang, {**given, "link": ""}, content)
            seal = handout.seal(lang, clinic, content, self.settings.signoffs, datetime.date.today())
            told = (*notes, *filter(None, [seal.state.warning]))
            self._known[key] = len(self.benches)
            self.benches.append(Setting(clinic, seal.digest, seal.state.valid, told))
        return self._known[key]


def _fault(row: Row, error: HandoutError) -> Fault:
    """Tell an option's error by its column, without what stands in the row."""
    text, hint = str(error), error.hint
    option = ""
    if found := re.match(r"--([a-z-]+)(?:: | )", text):
        option, text = OPTIONS.get(found[1], found[1].replace("-", "_")), text[found.end() :]
    column = row.columns.get(option, f"--{option.replace('_', '-')}" if option else "")
    hint = hint.replace("--technique", row.columns.get("technique", "techniques"))
    return Fault(row.line, column, _scrubbed(text.rstrip("."), row), _scrubbed(hint, row), row.number)


def _scrubbed(text: str, row: Row) -> str:
    """Take out whatever is quoted from the row: a name may stand in the wrong column."""
    cells = [part.casefold() for value in row.given.values() for part in _texts(value)]

    def hidden(found: re.Match[str]) -> str:
        said = found[0][1:-1]
        with suppress(ValueError, SyntaxError):  # what quotes without repr() may have other escapes
            said = str(ast.literal_eval(found[0]))
        said = said.casefold()
        return "'…'" if any(said in cell or cell in said for cell in cells if cell) else found[0]

    return QUOTED.sub(hidden, text)


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    return [each for each in value if isinstance(each, str)] if isinstance(value, tuple) else []

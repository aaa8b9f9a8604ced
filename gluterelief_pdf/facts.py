"""content/facts.toml, regions.toml and the figures → checked facts."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.model import Facts, Figure, Habit, Number, Position, Region, Technique
from gluterelief_pdf.tables import Faults, read

GROUPS = ("find", "press", "stretch", "strength", "care")  # in the order of the sheet
TECHNIQUE_KEYS = ("group", "equipment", "log", "instead_of", "cells", "source", "dose", "position")
NUMBER_KEYS = ("value", "min", "max", "unit", "lowest", "limit", "source")


def load(content: Path) -> Facts:
    """Read and check facts.toml.

    Raises:
        ContentError: with every fault, each with its key.
    """
    table = read(content / "facts.toml")
    faults = Faults("facts.toml")
    for key in table.keys() - {"version", "number", "safety", "technique", "habit", "source"}:
        faults.unknown(key, key, ("version", "number", "safety", "technique", "habit", "source"))
    sources = table.get("source", {})
    facts = Facts(
        version=str(table.get("version", "")),
        numbers={key: _number(faults, f"number.{key}", value) for key, value in table.get("number", {}).items()},
        safety={group: tuple(members) for group, members in table.get("safety", {}).items()},
        techniques=tuple(_technique(faults, key, value) for key, value in table.get("technique", {}).items()),
        habits=tuple(Habit(key, value.get("figure")) for key, value in table.get("habit", {}).items()),
        sources=tuple(source["text"] for source in sources.values() if "text" in source),
    )
    if not re.fullmatch(r"\d{4}-\d{2}", facts.version):
        faults.add("version", "should be a year and a month, such as 2026-11")
    for key, cited in _citations(table):
        for name in cited:
            if name not in sources:
                faults.unknown(key, name, sources)
    known = {technique.key for technique in facts.techniques}
    for technique in facts.techniques:
        if technique.instead_of and technique.instead_of not in known:
            faults.unknown(f"technique.{technique.key}.instead_of", technique.instead_of, known)
    faults.settle()
    return facts


def _citations(table: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """List who cites which sources: numbers and techniques by `source`, safety facts by their value."""
    cited = [
        (f"{kind}.{key}.source", entry.get("source", []))
        for kind in ("number", "technique")
        for key, entry in table.get(kind, {}).items()
    ]
    for group, members in table.get("safety", {}).items():
        cited += [(f"safety.{group}.{fact}", names) for fact, names in members.items()]
    return cited


def _number(faults: Faults, key: str, entry: Mapping[str, Any]) -> Number:
    for name in entry.keys() - set(NUMBER_KEYS):
        faults.unknown(key, name, NUMBER_KEYS)
    if ("value" in entry) == ("min" in entry and "max" in entry):
        faults.add(key, "needs either a value, or a min and a max")
    low = entry.get("value", entry.get("min", 0))
    high = entry.get("value", entry.get("max", 0))
    lowest, limit = entry.get("lowest"), entry.get("limit")
    if not (lowest if lowest is not None else low) <= low <= high <= (limit if limit is not None else high):
        faults.add(key, f"lowest ≤ min ≤ max ≤ limit does not hold: {lowest}, {low}, {high}, {limit}")
    return Number(low, high, entry.get("unit"), lowest, limit)


def _technique(faults: Faults, name: str, entry: Mapping[str, Any]) -> Technique:
    key = f"technique.{name}"
    for part in entry.keys() - set(TECHNIQUE_KEYS):
        faults.unknown(key, part, TECHNIQUE_KEYS)
    if entry.get("group") not in GROUPS:
        faults.unknown(f"{key}.group", str(entry.get("group")), GROUPS)
    if not entry.get("position"):
        faults.add(f"{key}.position", "needs at least one position with its figure")
    return Technique(
        key=name,
        group=str(entry.get("group")),
        positions=tuple(Position(where, value["figure"]) for where, value in entry.get("position", {}).items()),
        equipment=tuple(entry.get("equipment", ())),
        log=bool(entry.get("log")),
        instead_of=entry.get("instead_of"),
        cells=tuple(entry.get("cells", ())),
        dose={part: _number(faults, f"{key}.dose.{part}", value) for part, value in entry.get("dose", {}).items()},
    )


def figures(content: Path) -> dict[str, Figure]:
    """Read the drawings that illustrations/index.toml names.

    Raises:
        ContentError: if one is missing or can't be themed.
    """
    folder = content / "illustrations"
    index = read(folder / "index.toml")
    scale = index.pop("mm_per_unit")
    faults = Faults("illustrations/index.toml")
    found = {}
    for name, entry in index.items():
        path = folder / entry["file"]
        svg = path.read_text(encoding="utf-8") if path.is_file() else ""
        if not re.match(r'<svg [^>]*\bcolor="#[0-9a-f]{6}"', svg):
            faults.add(name, f"{entry['file']} is missing, or its root has no color attribute")
        found[name] = Figure(name, round(entry["view_box"][0] * scale, 2), svg)
    faults.settle()
    return found


def regions(content: Path) -> dict[str, Region]:
    """Read every country that a clinic may stand in."""
    return {
        code: Region(code, tuple(entry["emergency"]), tuple(entry.get("urgent", ())), entry["paper"])
        for code, entry in read(content / "regions.toml").items()
    }


def region(content: Path, code: str) -> Region:
    """Find one country by its two-letter code.

    Raises:
        OptionError: if it is not supported; there is no default number.
    """
    known = regions(content)
    wanted = code.strip().upper()
    if wanted not in known:
        hint = "The United Kingdom is GB." if wanted == "UK" else f"Use one of {', '.join(known)}, or leave it out."
        raise OptionError(f"--country: {code!r} is not a country whose emergency number is known", hint=hint)
    return known[wanted]

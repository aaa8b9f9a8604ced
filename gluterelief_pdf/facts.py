"""content/facts.toml, regions.toml and the figures → checked facts."""

import re
from collections.abc import Mapping
from typing import Any

from gluterelief_pdf import infile, shapes, svg
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.model import PAPERS, Caution, Facts, Figure, Habit, Number, Position, Region, Technique
from gluterelief_pdf.tables import Content, Faults, leaves, read

WIDEST_MM = 150  # of a picture: more than a sheet's own, and less than a page's width
GROUPS = ("find", "press", "stretch", "strength", "care")  # in the order of the sheet
TABLES = ("version", "number", "safety", "applies", "technique", "caution", "limit-reason", "habit", "source")
TECHNIQUE_KEYS = (*("group", "equipment", "log", "instead_of", "one_picture", "cells", "source", "dose", "position"),)
POSITION_KEYS = ("figure", "equipment", "floor", "inline")
CAUTION_KEYS = ("bar", "change", "limit", "ask", "source")
NUMBER_KEYS = ("value", "min", "max", "unit", "lowest", "limit", "source")


def load(content: Content) -> Facts:
    """Read and check facts.toml, with a clinic's overrides.

    Raises:
        ContentError: with every fault, each with its key.
    """
    table = content.table("facts.toml")
    faults = Faults("facts.toml")
    for key in table.keys() - set(TABLES):
        faults.unknown(key, key, TABLES)
    shapes.check(faults, table, shapes.FACTS)
    faults.settle()
    sources = table.get("source", {})
    facts = Facts(
        version=str(table.get("version", "")),
        numbers={key: _number(faults, f"number.{key}", value) for key, value in table.get("number", {}).items()},
        safety={group: tuple(members) for group, members in table.get("safety", {}).items()},
        applies={group: tuple(uses) for group, uses in table.get("applies", {}).items()},
        techniques=tuple(_technique(faults, key, value) for key, value in table.get("technique", {}).items()),
        cautions=tuple(_caution(faults, key, value) for key, value in table.get("caution", {}).items()),
        reasons=table.get("limit-reason", {}),
        habits=tuple(Habit(key, value.get("figure")) for key, value in table.get("habit", {}).items()),
        sources=tuple(source["text"] for source in sources.values() if "text" in source),
    )
    if not re.fullmatch(r"\d{4}-\d{2}", facts.version):
        faults.add("version", "should be a year and a month, such as 2026-11")
    for key, cited in _citations(table):
        for name in cited:
            if name not in sources:
                faults.unknown(key, name, sources)
    _check_links(faults, facts)
    if content.is_own("facts.toml"):
        _check_bounds(faults, table, read(content.shipped / "facts.toml"))
    faults.settle()
    return facts


def _check_links(faults: Faults, facts: Facts) -> None:
    """What one fact says of another is there."""
    known = {technique.key for technique in facts.techniques}
    positions = {f"{technique.key}.{at.key}" for technique in facts.techniques for at in technique.positions}
    doses = {f"{technique.key}.{part}" for technique in facts.techniques for part in technique.dose}
    numbers = {f"number.{key}" for key in facts.numbers}
    for technique in facts.techniques:
        if technique.instead_of and technique.instead_of not in known:
            faults.unknown(f"technique.{technique.key}.instead_of", technique.instead_of, known)
    for group, uses in facts.applies.items():
        above, _, fact = group.partition(".")
        there = above in facts.safety and (not fact or fact in facts.safety[above])
        for name in (*(() if there else (group,)), *(set(uses) - known - {*GROUPS, "floor"})):
            faults.unknown(f"applies.{group}", name, (*facts.safety, *known, *GROUPS, "floor"))
    for caution in facts.cautions:
        for name in {*caution.bar, *caution.change} - known - positions:
            faults.unknown(f"caution.{caution.key}", name, known | positions)
        for name in caution.limit.keys() - doses - numbers:
            faults.unknown(f"caution.{caution.key}.limit", name, doses | numbers)


def _check_bounds(faults: Faults, table: Mapping[str, Any], shipped: Mapping[str, Any]) -> None:
    """A clinic may change a dose inside the safe limits, but not the limits themselves."""
    ours, theirs = leaves(table), leaves(shipped)
    for key, bound in theirs.items():
        narrower = {"lowest": lambda a, b: a >= b, "limit": lambda a, b: a <= b}.get(key.rpartition(".")[2])
        if narrower and isinstance(bound, (int, float)) and not narrower(ours[key], bound):
            faults.add(key, f"is {ours[key]:g}, outside the safe limit of {bound:g}, which cannot be widened")


def _citations(table: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """List who cites which sources: numbers and techniques by `source`, safety facts by their value."""
    cited = [
        (f"{kind}.{key}.source", entry.get("source", []))
        for kind in ("number", "technique", "caution")
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
        faults.add(f"{key}.position", "needs at least one position")
    return Technique(
        key=name,
        group=str(entry.get("group")),
        positions=tuple(
            _position(faults, f"{key}.position", where, value) for where, value in entry.get("position", {}).items()
        ),
        equipment=tuple(entry.get("equipment", ())),
        log=bool(entry.get("log")),
        one_picture=bool(entry.get("one_picture")),
        instead_of=entry.get("instead_of"),
        cells=tuple(entry.get("cells", ())),
        dose={part: _number(faults, f"{key}.dose.{part}", value) for part, value in entry.get("dose", {}).items()},
    )


def _position(faults: Faults, above: str, name: str, entry: Mapping[str, Any]) -> Position:
    for part in entry.keys() - set(POSITION_KEYS):
        faults.unknown(f"{above}.{name}", part, POSITION_KEYS)
    return Position(
        name,
        entry.get("figure"),
        tuple(entry.get("equipment", ())),
        floor=bool(entry.get("floor")),
        inline=bool(entry.get("inline")),
    )


def _caution(faults: Faults, name: str, entry: Mapping[str, Any]) -> Caution:
    for part in entry.keys() - set(CAUTION_KEYS):
        faults.unknown(f"caution.{name}", part, CAUTION_KEYS)
    return Caution(name, tuple(entry.get("bar", ())), dict(entry.get("change", {})), dict(entry.get("limit", {})))


def figures(content: Content) -> dict[str, Figure]:
    """Read the drawings that illustrations/index.toml names.

    Raises:
        ContentError: if one is missing, can't be themed, or is a clinic's own and does more than draw.
    """
    index = content.table("illustrations/index.toml")
    faults = Faults("illustrations/index.toml")
    scale = index.pop("mm_per_unit")
    shapes.check(faults, scale, "a number", "mm_per_unit")
    shapes.check(faults, index, shapes.FIGURES)
    faults.settle()
    found = {}
    for name, entry in index.items():
        file = f"illustrations/{entry['file']}"
        path = content.file(file)
        try:
            drawn = infile.text(path)
            if content.is_own(file):
                drawn = svg.clean(drawn.encode()).content.decode()
            elif not re.match(r'<svg [^>]*\bcolor="#[0-9a-f]{6}"', drawn):
                raise ValueError("has no color attribute at its root")
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            faults.add(name, f"{entry['file']}: {str(why).lower()}")
            continue
        shows = tuple(entry["shows"]) if "shows" in entry else None
        width_mm = round(entry["view_box"][0] * scale, 2)
        if not 0 < width_mm <= WIDEST_MM:
            faults.add(name, f"would print {width_mm:g} mm wide; up to {WIDEST_MM} mm fit")
        found[name] = Figure(name, width_mm, drawn, shows)
    faults.settle()
    return found


def regions(content: Content) -> dict[str, Region]:
    """Read every country that a clinic may stand in.

    Raises:
        ContentError: with every fault, each with its country.
    """
    table = content.table("regions.toml")
    faults = Faults("regions.toml")
    shapes.check(faults, table, shapes.REGIONS)
    faults.settle()
    for code, entry in table.items():
        if entry["paper"] not in PAPERS:
            faults.unknown(f"{code}.paper", entry["paper"], PAPERS)
        if not any(number.strip() for number in entry["emergency"]):
            faults.add(f"{code}.emergency", "names no number")
    faults.settle()
    return {
        code: Region(code, tuple(entry["emergency"]), tuple(entry.get("urgent", ())), entry["paper"])
        for code, entry in table.items()
    }


def region(content: Content, code: str) -> Region:
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

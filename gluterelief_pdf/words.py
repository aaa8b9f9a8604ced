"""content/languages.toml and words/<tag>.toml → one language's checked words, still with placeholders."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, get_args

from gluterelief_pdf import shapes
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.model import PAPERS, TIME_UNITS, Direction, Facts, Language
from gluterelief_pdf.tables import Content, Faults, leaves, read

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
REFERENCE = "en"  # the language whose keys and placeholders every other one has
ENGLISH = f"words/{REFERENCE}.toml"
BY_COUNTRY = "default"  # a table with this key holds one sentence, by country
CALENDAR = "calendar"
CALENDAR_PARTS = ("months", "date", "decimal", "and", "or", "comma")
PLURALS = ("zero", "one", "two", "few", "many", "other")


@dataclass(frozen=True, slots=True)
class Words:
    """One language and its words, as a tree of strings and lists of strings."""

    language: Language
    tree: Mapping[str, Any]


def languages(content: Content) -> dict[str, Language]:
    """Read every language there is, in the order of languages.toml.

    Raises:
        ContentError: with every fault of a clinic's own languages.toml.
    """
    table = content.table("languages.toml")
    if content.is_own("languages.toml"):
        _check_languages(table)
    found = {}
    for tag, entry in table.items():
        fixed: dict[str, Any] = {key: tuple(each) if isinstance(each, list) else each for key, each in entry.items()}
        found[tag] = Language(tag, **fixed)
    return found


def find(tag: str, content: Content, *, option: str = "--lang") -> Language:
    """Find a language by its tag.

    Raises:
        OptionError: if there is no such language, with the nearest one and the list.
    """
    known = languages(content)
    by_name = {name.lower(): name for name in known}
    by_name |= {alias.lower(): name for name, language in known.items() for alias in language.aliases}
    wanted = tag.strip().replace("_", "-").lower()
    while wanted and wanted not in by_name:  # BCP 47 lookup (RFC 4647, 3.4): es-MX is es where there is no other
        wanted = wanted.rpartition("-")[0]
    if not wanted:
        names = {
            name.lower(): key for key, language in known.items() for name in (key, language.english, language.name)
        }
        near = difflib.get_close_matches(tag.strip().lower(), list(names), n=1)
        hint = f"Did you mean {names[near[0]]!r}? " if near else ""
        raise OptionError(f"{option}: no words in {tag!r}", hint=f"{hint}There is: {', '.join(known)}.")
    return known[by_name[wanted]]


def load(tag: str, content: Content, facts: Facts) -> Words:
    """Read and check the words of one language, with a clinic's overrides.

    What is shipped is held against the shipped English; a clinic may change a sentence as it likes.

    Raises:
        OptionError: if there is no such language.
        ContentError: with every key that is missing, unknown or has a placeholder that English has not.
    """
    language = find(tag, content)
    tag = language.tag
    file = f"words/{tag}.toml"
    tree = content.table(file)
    faults = Faults(file)
    if content.is_own(file):
        _check_kinds(faults, tree, read(content.shipped / (file if _is_shipped(content, file) else ENGLISH)))
        faults.settle()
    _check_shape(faults, tree)
    _check_units(faults, tree)
    _check_calendar(faults, language, tree)
    _check_against_facts(faults, tree, facts)
    if tag != REFERENCE:
        reference = read(content.shipped / ENGLISH)
        checked = read(content.shipped / file) if _is_shipped(content, file) else tree
        ours = {key: value for key, value in checked.items() if key != CALENDAR}
        ours["unit"] = {key: value for key, value in ours.get("unit", {}).items() if key not in TIME_UNITS}
        _check_against_reference(faults, ours, reference)
    faults.settle()
    return Words(language, tree)


def _is_shipped(content: Content, file: str) -> bool:
    return (content.shipped / file).is_file()


def _check_languages(table: Mapping[str, Any]) -> None:
    """What the machine must know of each language can be used."""
    from gluterelief_pdf import fonts, layout, quantities

    faults = Faults("languages.toml")
    shapes.check(faults, table, shapes.LANGUAGES)
    faults.settle()
    chosen = {
        "direction": get_args(Direction),
        "paper": PAPERS,
        "font": [face.name for face in fonts.FACES],
        "digits": list(quantities.DIGITS),
    }
    for tag, entry in table.items():
        for key in entry.keys() - {field.name for field in fields(Language)}:
            faults.unknown(f"{tag}.{key}", key, [field.name for field in fields(Language)])
        for key, known in chosen.items():
            if entry[key] not in known:
                faults.unknown(f"{tag}.{key}", entry[key], known)
        if sorted(PLACEHOLDER.findall(entry["range"])) != ["a", "b"]:
            faults.add(f"{tag}.range", "should hold {a} and {b}, once each")
        if not quantities.is_known(entry["babel"]):
            faults.add(f"{tag}.babel", "is no locale of CLDR")
        if not all(each in range(layout.DENSEST + 1) for each in entry.get("density", ())):
            faults.add(f"{tag}.density", f"should be steps from 0 to {layout.DENSEST}")
    faults.settle()


def sentences(value: object) -> Iterator[str]:
    """Give every sentence of a leaf: itself, the items of a list, or the lines of each country."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (line for line in value.values() if isinstance(line, str))
    elif isinstance(value, list):
        yield from value


def flat(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Flatten to dotted keys; a sentence by country and a unit's plural forms count as one leaf."""
    merged: dict[str, Any] = {}
    for key, value in leaves(tree).items():
        above, _, last = key.rpartition(".")
        if above.startswith("unit.") or _at(tree, above).get(BY_COUNTRY):
            merged.setdefault(above, {})[last] = value
        else:
            merged[key] = value
    return merged


def _at(tree: Mapping[str, Any], dotted: str) -> Mapping[str, Any]:
    for key in filter(None, dotted.split(".")):
        tree = tree[key]
    return tree


def _check_shape(faults: Faults, tree: Mapping[str, Any]) -> None:
    for key, value in flat(tree).items():
        texts = list(sentences(value))
        if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
            faults.add(key, "should be a text or a list of texts, none of them empty")
        elif any("{" in PLACEHOLDER.sub("", text) or "}" in PLACEHOLDER.sub("", text) for text in texts):
            faults.add(key, "has a brace that is not part of a {placeholder}")


def _check_kinds(faults: Faults, ours: object, theirs: object, key: str = "") -> None:
    """A table lies over a table and a list over a list; one sentence may become one for each country."""
    both = [value for value in (ours, theirs) if isinstance(value, Mapping)]
    if len(both) == 2:
        for name in both[0].keys() & both[1].keys():
            _check_kinds(faults, both[0][name], both[1][name], f"{key}.{name}" if key else name)
    elif shapes.kind(ours) != shapes.kind(theirs) and not (len(both) == 1 and BY_COUNTRY in both[0]):
        faults.add(key, f"should be {shapes.kind(theirs)}, not {shapes.kind(ours)}")


def _check_units(faults: Faults, tree: Mapping[str, Any]) -> None:
    for unit, forms in tree["unit"].items():
        if not isinstance(forms, Mapping) or "other" not in forms:
            faults.add(f"unit.{unit}", "needs its form for any other number, other")
            continue
        for form, text in forms.items():
            if form not in PLURALS:
                faults.unknown(f"unit.{unit}", form, PLURALS)
            for name in _names(text) - {"n"}:
                faults.unknown(f"unit.{unit}.{form}", f"{{{name}}}", ["{n}"])


def _check_calendar(faults: Faults, language: Language, tree: Mapping[str, Any]) -> None:
    """A language that CLDR lacks brings its units of time and how it writes dates, decimals, lists; no other does."""
    own = {*(f"unit.{unit}" for unit in TIME_UNITS), *(f"{CALENDAR}.{part}" for part in CALENDAR_PARTS)}
    present = {key for key in flat(tree) if key in own or key.startswith(f"{CALENDAR}.")}
    wanted = set() if language.babel else own
    for key in sorted(wanted - present):
        faults.add(key, "is missing")
    for key in sorted(present - wanted):
        faults.unknown(key, key, wanted)


def _check_against_facts(faults: Faults, tree: Mapping[str, Any], facts: Facts) -> None:
    """Each fact has its words, and no words stand for a fact that is gone."""
    needed = {f"safety.{group}.{fact}" for group, members in facts.safety.items() for fact in members}
    optional = {f"safety.{group}.{part}" for group in facts.safety for part in ("title", "lead")}
    present = flat(tree).keys()
    for technique in facts.techniques:
        above = f"technique.{technique.key}"
        needed |= {f"{above}.name", f"group.{technique.group}.title"}
        optional |= {f"{above}.steps"} | ({f"{above}.pair"} if technique.instead_of else set())
        needed |= {f"cell.{cell}.{part}" for cell in technique.cells for part in ("value", "label")}
        for at in technique.positions:
            where = f"{above}.position.{at.key}"
            needed |= {f"{where}.{part}" for part in ("caption", "alt") if at.figure}
            needed |= {f"{where}.name"} if len(technique.positions) > 1 else set()
            optional |= {f"{where}.{part}" for part in ("name", "steps", "first")}
            if not present & {f"{above}.steps", f"{where}.steps", f"{where}.first"}:
                faults.add(f"{where}.steps", "is missing")
        things = {*technique.equipment, *(thing for at in technique.positions for thing in at.equipment)}
        needed |= {f"equipment.{thing}" for thing in things}
    for habit in facts.habits:
        parts = ("name", "text", "caption", "alt") if habit.figure else ("name", "text")
        needed |= {f"habit.{habit.key}.{part}" for part in parts}
    for caution in facts.cautions:
        needed |= {f"caution.{caution.key}.name", *(f"advice.{advice}" for advice in caution.change.values())}
        optional |= {f"caution.{caution.key}.note"}
    for key in sorted(needed - present):
        faults.add(key, "is missing")
    governed = ("safety.", "technique.", "cell.", "equipment.", "habit.", "group.", "caution.", "advice.")
    for key in sorted(present - needed - optional):
        if key.startswith(governed):
            faults.unknown(key, key, needed | optional)


def _check_against_reference(faults: Faults, tree: Mapping[str, Any], reference: Mapping[str, Any]) -> None:
    """The same keys as English, and no placeholder that the English twin has not."""
    ours, theirs = flat(tree), flat(reference)
    for key in sorted(theirs.keys() - ours.keys()):
        faults.add(key, "is missing")
    for key in sorted(ours.keys() - theirs.keys()):
        faults.unknown(key, key, theirs)
    for key in sorted(ours.keys() & theirs.keys()):
        if type(ours[key]) is not type(theirs[key]):
            faults.add(key, "is a list in one language and a text in the other")
        for name in sorted(_names(ours[key]) - _names(theirs[key])):
            faults.unknown(key, f"{{{name}}}", _names(theirs[key]))
        for name in sorted(_names(theirs[key]) - _names(ours[key])):
            faults.add(key, f"lacks the placeholder {{{name}}}")


def _names(value: object) -> set[str]:
    return {name for text in sentences(value) for name in PLACEHOLDER.findall(text)}

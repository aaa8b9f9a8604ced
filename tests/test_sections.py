"""Each section of the English sheet: a sixth grader can read it, and its steps say what to do."""

import re
import tomllib

import pytest

from tests.readability import grade, sentences, syllables
from tests.reading import plain
from tests.wording import CONTENT, fill, raw

VERBS = {
    *("Aim", "Feel", "Keep", "Lean", "Press", "Put", "See", "Sit", "Skip", "Squeeze", "Stand", "Start", "Stay", "Walk"),
    *("Bend", "Breathe", "Come", "Cross", "Do", "Draw", "Go", "Hold", "Kneel", "Lay", "Leave", "Lie", "Look", "Lower"),
    *(
        "Make",
        "Move",
        "Open",
        "Roll",
        "Slide",
        "Stop",
        "Use",
        "Wrap",
        "Let",
        "Tuck",
        "Point",
        "Add",
        "Lift",
        "Pause",
        "Push",
    ),
}
BEFORE_THE_VERB = ("Later, ", "Last, ", "Or ")


TOGETHER = {"safety.heat": "technique.heat", "safety.ice": "technique.ice", "help": "safety.visit"}  # on the page


def sections(filled: dict[str, str]) -> dict[str, list[str]]:
    """Group the English texts as a patient meets them."""
    found: dict[str, list[str]] = {}
    for key, text in filled.items():
        parts = key.split(".")
        if parts[-1] in ("alt", "sources") or parts[0] in ("term", "equipment", "log") or "cells" in parts:
            continue
        name = ".".join(parts[:2]) if parts[0] in ("safety", "technique") else parts[0]
        found.setdefault(TOGETHER.get(name, name), []).append(plain(text))
    return found


SECTIONS = sections(fill(CONTENT))


def test_the_syllable_rule_counts_words_of_this_sheet_right() -> None:
    known = {
        "buttock": 2,
        "muscle": 2,
        "tingling": 2,
        "emergency": 4,
        "bones": 1,
        "bruised": 1,
        "numbness": 2,
        "stretches": 2,
    }

    assert {word: syllables(word) for word in known} == known
    assert grade(["Myofascial pain syndromes necessitate individualised multidisciplinary rehabilitation."]) > 12


@pytest.mark.parametrize("name", SECTIONS)
def test_a_sixth_grader_can_read_every_section(name: str) -> None:
    lengths = [len(sentence) for sentence in sentences(SECTIONS[name])]

    assert grade(SECTIONS[name]) <= 6
    assert sum(lengths) / len(lengths) <= 12
    assert max(lengths) <= 20


def test_steps_are_few_and_each_begins_with_what_to_do() -> None:
    filled = fill(CONTENT)
    steps = {key: text for key, text in filled.items() if re.match(r"technique\.[^.]+\.steps\.", key)}

    strange = []
    for key, text in steps.items():
        for word in BEFORE_THE_VERB:
            text = text.removeprefix(word)
        if text.split()[0].rstrip(".,").capitalize() not in VERBS:
            strange.append((key, text))

    assert len(steps) > 30
    assert strange == []
    assert not [key for key in steps if int(key.rsplit(".", 1)[1]) >= 7]


def test_captions_begin_with_a_verb_and_alternative_texts_describe() -> None:
    filled = fill(CONTENT)
    captions = {key: text for key, text in filled.items() if key.endswith(".caption")}
    alternatives = {key: text for key, text in filled.items() if key.endswith(".alt")}

    assert len(captions) == len(alternatives) >= 18
    assert [text for text in captions.values() if text.split()[0].rstrip(".") not in VERBS] == []
    assert [text for text in alternatives.values() if len(text) < 40] == []


def test_every_number_of_the_facts_is_read_by_somebody() -> None:
    table = tomllib.loads((CONTENT / "facts.toml").read_text(encoding="utf-8"))
    used = " ".join(text for _, text in raw(CONTENT / "words/en.toml"))

    assert [key for key in table["number"] if f"{{number.{key}" not in used] == []

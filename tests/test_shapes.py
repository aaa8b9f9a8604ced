"""Whatever a clinic's own content holds in the wrong place is told with its file and key, never met as a traceback."""

import datetime
from collections.abc import Mapping
from pathlib import Path

import pytest

from gluterelief_pdf import facts, handout, words
from gluterelief_pdf.errors import ContentError
from gluterelief_pdf.model import Clinic
from gluterelief_pdf.tables import Content
from tests.overriding import own

WRONG = (
    ("facts.toml", "number.sore = 7", "facts.toml: number.sore: should be a table, not a number"),
    ("facts.toml", 'number.sore.value = "7"', "facts.toml: number.sore.value: should be a number, not a text"),
    ("facts.toml", "number.sore.value = true", "facts.toml: number.sore.value: should be a number, not true or false"),
    ("facts.toml", "number.sore.value = nan", "facts.toml: number.sore.value: should be a number, not a number"),
    ("facts.toml", "technique.squat = []", "facts.toml: technique.squat: should be a table, not a list"),
    ("facts.toml", 'caution.mine.bar = "ball"', "facts.toml: caution.mine.bar: should be a list of texts, not a text"),
    ("facts.toml", "caution.mine.limit.ball = {}", "facts.toml: caution.mine.limit.ball: should be a number, not a table"),
    ("facts.toml", "source = 2020-01-01", "facts.toml: source: should be a table, not a date"),
    ("regions.toml", 'XX.emergency = ["1"]', "regions.toml: XX.paper: is missing"),
    ("regions.toml", 'US.paper = "A3"', "regions.toml: US.paper: unknown 'A3'"),
    ("regions.toml", 'US.emergency = [" "]', "regions.toml: US.emergency: names no number"),
    ("languages.toml", 'en.range = "{a}"', "languages.toml: en.range: should hold {a} and {b}, once each"),
    ("languages.toml", 'en.babel = "xx-YY"', "languages.toml: en.babel: is no locale of CLDR"),
    ("languages.toml", 'en.fonts = "x"', "languages.toml: en.fonts: unknown 'fonts' (did you mean 'font'?)"),
    ("languages.toml", 'en.font = "Comic"', "languages.toml: en.font: unknown 'Comic'"),
    ("languages.toml", "en.density = [0, 9]", "languages.toml: en.density: should be steps from 0 to 4"),
    ("languages.toml", 'xx.name = "X"', "languages.toml: xx.english: is missing"),
    ("words/en.toml", 'technique.pigeon.steps = "x"', "words/en.toml: technique.pigeon.steps: should be a list, not a text"),
    ("words/en.toml", 'unit = "x"', "words/en.toml: unit: should be a table, not a text"),
    ("words/en.toml", 'unit.mine.one = "x"', "words/en.toml: unit.mine: needs its form for any other number, other"),
    ("words/en.toml", 'unit.time.other = "{m}"', "words/en.toml: unit.time.other: unknown '{m}' (did you mean '{n}'?)"),
    ("illustrations/index.toml", "mm_per_unit = 9", "illustrations/index.toml: anatomy: would print 3600 mm wide; up to 150 mm fit"),
    ("illustrations/index.toml", "mm_per_unit = []", "illustrations/index.toml: mm_per_unit: should be a number, not a list"),
    ("illustrations/index.toml", "wall = 1", "illustrations/index.toml: wall: should be a table, not a number"),
    ("illustrations/index.toml", 'mine.file = "x.svg"', "illustrations/index.toml: mine.view_box: is missing"),
    ("illustrations/index.toml", "anatomy.view_box = [1]", "illustrations/index.toml: anatomy.view_box: should be a list of two numbers, not a list"),
)  # fmt: skip


def _content(folder: Path, files: Mapping[str, str]) -> Content:
    for name, text in files.items():
        own(folder, name, text)
    return Content.of(folder / "own")


def _read(content: Content) -> None:
    known = facts.load(content)
    facts.regions(content)
    facts.figures(content)
    words.load("en", content, known)


@pytest.mark.parametrize(("file", "text", "message"), WRONG)
def test_a_value_of_the_wrong_kind_is_told_with_its_key(file: str, text: str, message: str, tmp_path: Path) -> None:
    content = _content(tmp_path, {file: text})

    with pytest.raises(ContentError) as error:
        _read(content)

    assert message in str(error.value).splitlines()
    assert error.value.hint == "Correct the file and try again."


def test_a_sentence_may_become_one_for_each_country(tmp_path: Path) -> None:
    content = _content(tmp_path, {"words/en.toml": 'prevention.title = { default = "Prevent", GB = "Stay well" }'})

    assert words.load("en", content, facts.load(content)).tree["prevention"]["title"]["GB"] == "Stay well"


def test_a_language_of_a_clinic_s_own_is_told_what_it_lacks(tmp_path: Path) -> None:
    table = "\n".join(
        f'xx.{key} = "{value}"'
        for key, value in {
            "name": "X", "english": "X", "direction": "ltr", "paper": "a4", "font": "Fira Sans",
            "range": "{a}-{b}", "digits": "latn", "babel": "en",
        }.items()
    )  # fmt: skip
    content = _content(tmp_path, {"languages.toml": table, "words/xx.toml": '[unit.time]\nother = "{n}"'})

    with pytest.raises(ContentError, match=r"words/xx.toml: sheet.title: is missing"):
        words.load("xx", content, facts.load(content))


def test_a_drawing_without_a_file_does_not_hinder_the_reading_of_the_words(tmp_path: Path) -> None:
    content = _content(tmp_path, {"illustrations/index.toml": "mine.view_box = [1, 1]"})

    assert handout.seal("en", Clinic(), content, (), datetime.date(2026, 1, 1)).digest

"""A clinic changes a word, a dose, a picture or a template without touching what is shipped."""

from pathlib import Path

import pytest

from gluterelief_pdf import facts, handout
from gluterelief_pdf.errors import ContentError
from gluterelief_pdf.model import Clinic
from gluterelief_pdf.tables import Content, merged
from tests.conftest import Run
from tests.overriding import filled, own
from tests.reading import Reading, plain
from tests.verapdf import failures

DRAWN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 200" color="#1f7a8c"><circle cx="9" cy="9" r="9"/></svg>'
)
SQUAT = """
[technique.squat]
group = "strength"
equipment = ["chair"]
log = true
cells = ["sets-of", "days"]
source = ["ours"]
dose.sets = { value = 2, lowest = 1, limit = 3, unit = "set" }
dose.repeats = { value = 8, lowest = 5, limit = 15 }
dose.days = { value = 2, lowest = 1, limit = 3, unit = "day" }
position.standing = { figure = "squat" }
"""
SQUAT_WORDS = """
[technique.squat]
name = "Sit to stand"
steps = ["Sit on a firm chair.", "Stand up slowly."]
[technique.squat.position.standing]
caption = "Stand up without your hands."
alt = "A person rises from a firm chair, with the arms crossed on the chest."
"""


def squat(folder: Path) -> None:
    own(folder, "facts.toml", SQUAT)
    own(folder, "words/en.toml", SQUAT_WORDS)
    own(folder, "illustrations/index.toml", '[squat]\nfile = "squat.svg"\nview_box = [400, 200]\n')
    own(folder, "illustrations/squat.svg", DRAWN)


def test_single_keys_change_and_all_else_stays(tmp_path: Path) -> None:
    own(tmp_path, "words/en.toml", '[prevention]\ntitle = "Stay well"\n')
    own(
        tmp_path, "facts.toml", "[technique.pigeon.dose.hold]\nmin = 15\nmax = 20\n[number.sitting-break]\nvalue = 20\n"
    )

    sheet = filled(tmp_path)

    assert sheet.texts.prevention.title == "Stay well"
    assert plain(vars(sheet.texts.technique)["pigeon"].cells[0].value) == "15–20 seconds"
    assert "every 20 minutes" in plain(sheet.texts.summary.prevention)
    assert sheet.texts.log.title == handout.fill("en", Clinic()).texts.log.title


def test_a_technique_of_the_clinics_own_is_on_the_sheet_and_in_the_log(tmp_path: Path) -> None:
    squat(tmp_path)

    sheet = filled(tmp_path, techniques=("squat", "ball.wall"))
    rendered = handout.render(sheet)

    reading = Reading(rendered.pdf)
    assert reading.says("Stand up without your hands.")
    assert sheet.texts.log.rows == ("Sit to stand", sheet.texts.technique.ball.name)
    (tmp_path / "squat.pdf").write_bytes(rendered.pdf)
    assert failures([tmp_path / "squat.pdf"]) == {"squat.pdf": []}


def test_more_than_eight_exercises_are_warned_about(tmp_path: Path) -> None:
    squat(tmp_path)

    assert filled(tmp_path).plan.warnings == (
        "9 exercises: the more there are, the fewer people do; 8 or fewer is better",
    )


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        ("words/en.toml", '[prevention]\ntitel = "x"\n', None),
        ("words/en.toml", "[technique.pigeon]\nname = 5\n", "technique.pigeon.name: should be a text"),
        ("words/en.toml", '[technique.pigeon]\nnmae = "x"\n', "technique.pigeon.nmae: unknown"),
        ("words/en.toml", '[log]\ntitle = "{number.none}"\n', "log.title: nothing fills {number.none}"),
        ("words/en.toml", "[log\n", "en.toml: "),
        ("facts.toml", "[technique.pigeon.dose.hold]\nvalue = 300\n", "lowest ≤ min ≤ max ≤ limit does not hold"),
        (
            "facts.toml",
            "[technique.pigeon.dose.hold]\nvalue = 300\nlimit = 400\n",
            "technique.pigeon.dose.hold.limit: is 400, outside the safe limit of 60, which cannot be widened",
        ),
        ("facts.toml", '[caution.nerve]\nbar = ["foam-rollr"]\n', "unknown 'foam-rollr' (did you mean 'foam-roller'?)"),
        (
            "illustrations/walk.svg",
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><script/></svg>",
            "script",
        ),
        ("illustrations/walk.svg", "no drawing", "is not a valid svg file"),
    ],
)
def test_overrides_are_checked_as_what_is_shipped(tmp_path: Path, file: str, text: str, fault: str | None) -> None:
    own(tmp_path, file, text)

    if fault is None:
        assert filled(tmp_path)
        return
    with pytest.raises(ContentError) as error:
        filled(tmp_path)

    assert fault in str(error.value)


def test_a_range_gives_way_to_a_value_and_the_other_way_round() -> None:
    assert merged({"min": 1, "max": 2, "unit": "x"}, {"value": 3}) == {"unit": "x", "value": 3}
    assert merged({"value": 3}, {"min": 1, "max": 2}) == {"min": 1, "max": 2}
    assert merged({"a": {"b": [1, 2]}}, {"a": {"b": [3]}}) == {"a": {"b": [3]}}


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("illustrations/index.toml", b'[ball-wall]\nfile = "none.svg"\n', "none.svg: cannot be read: no such file"),
        ("templates/handout.html", b"\xff\xfe", "handout.html: is not UTF-8 text"),
        ("templates/css/90-ours.css", None, "90-ours.css: cannot be read: is a pipe or a device"),
        ("templates/ours.html", None, "ours.html: cannot be read: is a pipe or a device"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    run: Run, tmp_path: Path, file: str, content: bytes | None, said: str
) -> None:
    """By the command: it digests the files before it uses them."""
    path = tmp_path / "own" / file
    path.parent.mkdir(parents=True)
    if content is None:
        path.symlink_to("/dev/zero")
    else:
        path.write_bytes(content)

    result = run("--country", "US", "--overrides", "own")

    assert result.code == 3
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(tmp_path.glob("*.pdf"))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="there is no such folder of overrides"):
        Content.of(tmp_path / "nowhere")


def test_what_is_shipped_is_not_changed_by_an_override(tmp_path: Path) -> None:
    squat(tmp_path)
    facts.load(Content.of(tmp_path / "own"))

    assert "squat" not in [technique.key for technique in facts.load(Content.of()).techniques]

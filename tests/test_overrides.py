"""A clinic changes a word, a dose, a picture or a template without touching what is shipped."""

from dataclasses import replace
from pathlib import Path

import pytest

from gluterelief_pdf import facts, handout
from gluterelief_pdf.errors import ContentError, RenderError
from gluterelief_pdf.model import Choice, Clinic, Patient, Sheet
from gluterelief_pdf.tables import Content, merged
from tests.conftest import Run
from tests.reading import Reading, plain
from tests.test_signoff import own
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


def filled(folder: Path, **choice: object) -> Sheet:
    content = Content.of(folder / "own")
    return handout.fill("en", Clinic(), content=content, choice=Choice(**choice))  # type: ignore[arg-type]


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


def test_a_template_extends_the_shipped_one(tmp_path: Path) -> None:
    own(
        tmp_path,
        "templates/partials/what.html",
        "{% include 'shipped/partials/what.html' %}<p>{{ clinic.name }}!</p>\n",
    )
    own(tmp_path, "templates/css/90-ours.css", "h1 { letter-spacing: 0 }\n")

    sheet = filled(tmp_path, techniques=("pigeon",))
    html, css, _ = handout.source(sheet)

    assert sheet.texts.what.title in html
    assert "<p>!</p>" in html
    assert "h1 { letter-spacing: 0 }" in css


def test_a_page_extends_the_shipped_page(tmp_path: Path) -> None:
    own(tmp_path, "templates/handout.html", "{% extends 'shipped/handout.html' %}{% block log %}{% endblock %}\n")

    reading = Reading(handout.render(filled(tmp_path, techniques=("pigeon",))).pdf)

    assert not reading.says("Keep track")
    assert reading.says("Pigeon")


# Where Python's stack ends while it tells of its end, it gives up its process: then that is what is told.
ENDLESS = ("recursion", "the process that makes the sheet died")


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ("{% if %}", "partials/what.html, line 1: "),
        ("\n{{ nothing.here }}", "partials/what.html, line 2: 'nothing' is undefined"),
        ("{{ ''.__class__.__mro__ }}", "access to attribute '__class__' of 'str' object is unsafe"),
        ("{% include '../../../../etc/passwd' %}", "etc/passwd"),
        ("{% for i in range(999999) %}x{% endfor %}", "Range too big"),
        ("{{ 1 // 0 }}", "integer division"),
        ("{{ clinic.logo | logo }}", "partials/what.html, line 1: "),  # there is none
        ("{% include 'partials/what.html' %}", "recursion"),
    ],
)
def test_a_template_that_is_wrong_or_wants_too_much_is_refused(tmp_path: Path, template: str, fault: str) -> None:
    own(tmp_path, "templates/partials/what.html", template)

    with pytest.raises((ContentError, RenderError)) as error:
        handout.render(filled(tmp_path))

    assert fault in str(error.value) or (fault, str(error.value)) == ENDLESS


UNNAMED = "To be told more, make a sheet without a patient: what is wrong may quote what stands on it."
CORRECT = f"Correct the template in the overrides folder and try again. {UNNAMED}"


@pytest.mark.parametrize(
    ("template", "named", "hint", "alone"),
    [
        ("{{ {}[patient.name] }}", "what.html, line 1: UndefinedError", CORRECT, "has no attribute ''"),
        ("{% include patient.name %}", "what.html, line 1: TemplateNotFound", CORRECT, "what.html, line 1: "),
        (
            '<img alt="x" src="https://qr.example/?{{ patient.name }}">',
            "the page asks for something that is not shipped",
            UNNAMED,
            "shipped: https://qr.example/?",
        ),
        (
            '<a href="#{{ patient.name or 1 }}">x</a>',
            "the page cannot be laid out as written",
            UNNAMED,
            "as written: No anchor #1 for internal URI reference",
        ),
    ],
)
def test_a_template_that_is_wrong_about_a_patient_is_told_without_quoting_one(
    tmp_path: Path, template: str, named: str, hint: str, alone: str
) -> None:
    own(tmp_path, "templates/partials/what.html", template)
    sheet = filled(tmp_path)

    with pytest.raises((ContentError, RenderError)) as error:
        handout.render(replace(sheet, patient=Patient("Zaphod Lee")))
    with pytest.raises((ContentError, RenderError)) as more:
        handout.render(sheet)

    assert str(error.value).endswith(named)
    assert error.value.hint == hint
    assert alone in str(more.value)


def test_a_name_that_a_template_does_not_know_is_told_beside_a_patient_too(tmp_path: Path) -> None:
    own(tmp_path, "templates/partials/what.html", "\n{{ pateint.name }}")

    with pytest.raises(ContentError, match=r"what\.html, line 2: 'pateint' is undefined$"):
        handout.render(replace(filled(tmp_path), patient=Patient("Zaphod Lee")))


@pytest.mark.parametrize("source", ["file:///etc/passwd", "http://127.0.0.1:9/x.png"])
def test_a_template_opens_no_file_and_no_address(tmp_path: Path, source: str) -> None:
    own(tmp_path, "templates/partials/what.html", f'<img src="{source}" alt="x">\n')

    with pytest.raises(RenderError, match="asks for something that is not shipped"):
        handout.render(filled(tmp_path))


def test_a_template_that_loops_for_ever_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loops = "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}\n"
    own(tmp_path, "templates/partials/what.html", loops)
    monkeypatch.setattr(handout, "TIMEOUT_S", 2.0)

    with pytest.raises(RenderError, match=r"^the sheet took longer than 2 seconds to make$"):
        handout.render(filled(tmp_path))


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


def test_a_template_that_leaves_out_a_level_of_headings_or_draws_without_a_text_is_refused(tmp_path: Path) -> None:
    block = "{% block what %}<h6>Deep</h6><svg></svg><h3>Three</h3>{% endblock %}"
    own(tmp_path, "templates/handout.html", '{% extends "shipped/handout.html" %}' + block)
    sheet = handout.fill("en", Clinic(), content=Content.of(tmp_path / "own"))

    with pytest.raises(ContentError) as error:
        handout.source(sheet)

    assert str(error.value).splitlines() == [
        "templates: <h6> stands below <h2>: a level of headings is left out",
        'templates: <svg> has no text in place of it: put it into illustrations/, and use <img alt="…">',
    ]


def test_a_style_sheet_that_the_page_breaks_on_is_told_to_be_the_clinic_s_own(tmp_path: Path) -> None:
    own(tmp_path, "templates/css/10-page.css", "")  # in which lengths are set that others reckon with
    sheet = handout.fill("en", Clinic(), content=Content.of(tmp_path / "own"))

    with pytest.raises(ContentError) as error:
        handout.render(sheet)

    assert str(error.value) == "a template or style sheet of your own cannot be laid out (AssertionError)"

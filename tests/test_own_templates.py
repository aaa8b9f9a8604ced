"""A clinic's own templates: they extend the shipped ones, and what is wrong with them is told without a patient."""

from dataclasses import replace
from pathlib import Path

import pytest

from gluterelief_pdf import handout
from gluterelief_pdf.errors import ContentError, RenderError
from gluterelief_pdf.model import Clinic, Patient
from gluterelief_pdf.tables import Content
from tests.overriding import filled, own
from tests.reading import Reading


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
        ("{{ 1 // 0 }}", "by zero"),
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


@pytest.mark.parametrize("block", ["<style>p { color: #123 }</style><p>Sore.</p>", "<!--whole--><p>Sore.</p>"])
def test_a_sheet_whose_parts_cannot_be_told_is_laid_out_as_it_is(tmp_path: Path, block: str) -> None:
    own(
        tmp_path,
        "templates/handout.html",
        f"{{% extends 'shipped/handout.html' %}}{{% block what %}}{block}{{% endblock %}}",
    )

    made = handout.render(filled(tmp_path, techniques=("ball", "foam-roller", "fingers", "figure-four")))

    assert made.pages <= 4
    assert Reading(made.pdf).says("Sore.")

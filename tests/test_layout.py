"""Lists in two columns, reckoned before they are laid out."""

import re
import subprocess

import pytest

from gluterelief_pdf import clinic, facts, handout
from gluterelief_pdf.layout import halves
from gluterelief_pdf.model import PAPERS, Choice, Paper
from gluterelief_pdf.tables import Content
from tests.conftest import NAMED, SAMPLE_LOGO, Made
from tests.reading import Reading

WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="[\d.]+" yMax="[\d.]+">([^<]*)')


@pytest.mark.parametrize(
    ("texts", "left"),
    [
        (["one", "two", "three", "four"], 2),
        (["one", "two", "three"], 2),
        (["a text that takes more than one line because it goes on and on for ever", "two", "three"], 1),
        (["one", "two", "a text that takes more than one line because it goes on and on for ever"], 2),
        (["only one"], 1),
        ([], 0),
    ],
)
def test_a_list_is_split_into_two_of_about_as_many_lines(texts: list[str], left: int) -> None:
    first, second = halves(texts, "letter", boxed=False)

    assert [*first, *second] == texts
    assert len(first) == left


def test_japanese_breaks_after_any_letter_and_korean_after_words() -> None:
    japanese, korean = "痛" * 21, "아" * 19 + " " + "아" * 2

    for text in (japanese, korean):
        assert len(halves([text, "一", "二", "三"], "letter", boxed=False)[0]) == 2


@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_both_columns_of_a_list_begin_at_one_height(paper: Paper, letter: Made, a4: Made) -> None:
    pdf = (letter if paper == "letter" else a4).pdf
    done = subprocess.run(
        ["pdftotext", "-bbox", "-f", "1", "-l", "2", "-", "-"], input=pdf, capture_output=True, check=True, timeout=60
    )

    for page in done.stdout.decode().split("<page ")[1:]:
        bullets = [(float(x), float(y)) for x, y, text in WORD.findall(page) if text == "•"]
        left, right = ([y for x, y in bullets if (x < 250) is side] for side in (True, False))
        assert len([y for y in right if any(abs(y - other) < 0.5 for other in left)]) >= 3


LARGEST = (  # of the plans of six techniques those that need most room, seen among all of them
    "ball,foam-roller,fingers,pigeon,heat,ice",
    "ball,foam-roller,pigeon,hip-flexor,glute-bridge,heat",
    "ball,figure-four,pigeon,glute-bridge,heat,ice",
    "ball,foam-roller,pigeon,glute-bridge,clamshell,ice",
    "ball,fingers,hip-flexor,clamshell,heat,ice",
    "ball,foam-roller,figure-four,figure-four-chair,pigeon,ice",
)


LATER = (pytest.mark.matrix, *[pytest.mark.soak] * (len(LARGEST) - 2))  # half a minute each on a slow machine


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(
    "plan",
    [LARGEST[0], *(pytest.param(plan, marks=mark) for plan, mark in zip(LARGEST[1:], LATER, strict=True))],
)
def test_six_techniques_fit_four_pages(plan: str, paper: Paper) -> None:
    who, _ = clinic.make(region=facts.region(Content.of(), "US"), logo=SAMPLE_LOGO, **NAMED)  # type: ignore[arg-type]
    sheet = handout.fill("en", who, paper=paper, choice=Choice(tuple(plan.split(","))))

    rendered = handout.render(sheet)

    assert rendered.pages <= 4
    reading = Reading(rendered.pdf)
    for group, members in sheet.safety.items():
        for fact in members:
            assert reading.says(vars(vars(sheet.texts.safety)[group])[fact])


ON_A4 = ("it", "pl", "fr", "vi", "ht", "ar", "fa", "hi", "zh-Hans", "ko")  # and most on Letter: docs/measured.md


@pytest.mark.parametrize(
    ("tag", "paper"),
    [
        *(pytest.param("es", paper, marks=pytest.mark.matrix) for paper in PAPERS),
        *(pytest.param(tag, "a4", marks=pytest.mark.soak) for tag in ON_A4),
    ],
)
def test_the_largest_fit_in_longer_languages_too(tag: str, paper: Paper) -> None:
    """Of German, Russian, Ukrainian, Portuguese and Japanese the very largest take five pages: docs/measured.md."""
    who, _ = clinic.make(region=facts.region(Content.of(), "US"), logo=SAMPLE_LOGO, **NAMED)  # type: ignore[arg-type]
    plan = Choice(tuple(LARGEST[1].split(",")))

    assert handout.render(handout.fill(tag, who, paper=paper, choice=plan)).pages <= 4

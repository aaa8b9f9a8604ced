"""Everything a patient must be told is on the sheet, on each paper, with and without a clinic."""

import re

import pytest

from gluterelief_pdf import facts as fact_files
from gluterelief_pdf import handout
from gluterelief_pdf.clinic import make as make_clinic
from gluterelief_pdf.model import Clinic
from gluterelief_pdf.tables import Content
from tests.conftest import Made
from tests.reading import leaves, plain
from tests.rendering import pictures

FACTS = fact_files.load(Content.of())
REGIONS = fact_files.regions(Content.of())
SAFETY = [(group, fact) for group, members in FACTS.safety.items() for fact in members]
TECHNIQUES = [technique.key for technique in FACTS.techniques]


def test_there_are_facts_to_look_for() -> None:
    assert len(SAFETY) > 70
    assert len(TECHNIQUES) == 12


@pytest.mark.parametrize(("group", "fact"), SAFETY, ids=[".".join(pair) for pair in SAFETY])
def test_a_patient_reads_every_safety_fact(made: Made, group: str, fact: str) -> None:
    assert made.reading.says(vars(vars(made.sheet.texts.safety)[group])[fact])


@pytest.mark.parametrize("key", TECHNIQUES)
def test_a_patient_finds_picture_caption_steps_and_dose_of_every_technique(made: Made, key: str) -> None:
    technique = next(entry for entry in FACTS.techniques if entry.key == key)
    words = vars(made.sheet.texts.technique)[key]

    sentences = [*words.how, *(f"{cell.value} {cell.label}" for cell in words.cells)]
    pictured = [at for at in technique.positions if at.figure][: 1 if technique.one_picture else None]
    captions = [vars(words.position)[at.key].caption for at in pictured]
    alternatives = [vars(words.position)[at.key].alt for at in pictured]

    assert [text for text in (*sentences, *captions) if not made.reading.says(text)] == []
    printed = {plain(str(node.entry.get("/Alt"))) for node in made.reading.all("/Figure")}
    assert {plain(text) for text in alternatives} <= printed
    assert words.cells or technique.group == "find"


UNPRINTED = {
    "sheet.logo": "only where there is a logo and a name",
    "sheet.logo-unnamed": "only where there is a logo and no name",
    "help.contact": "only where there is somebody to ask",
    "help.contact-unnamed": "only where there is nobody to ask",
    "log.either": "filled into the log's rows",
    "technique.find.name": "the section's heading says it; `make-handout techniques` prints it",
}


def test_no_word_is_written_for_nothing(made: Made) -> None:
    alternatives = " ".join(plain(str(node.entry.get("/Alt"))) for node in made.reading.all("/Figure"))
    printed_pieces = ("term.", "equipment.")  # stand inside sentences, or in another country's

    texts = [(key, text) for key, text in leaves(made.sheet.texts) if not key.startswith(printed_pieces)]
    texts = [(key, text) for key, text in texts if text and not ONLY_AT_TIMES.search(key)]
    texts = [(key, re.sub("[\ue000\ue001].*", "", text)) for key, text in texts]
    unseen = [key for key, text in texts if not made.reading.says(text) and plain(text) not in alternatives]

    assert len(texts) > 200
    assert set(unseen) <= set(UNPRINTED)


ONLY_AT_TIMES = re.compile(
    r"\.position\.[^.]+\.(name|first\.\d+)$"  # for the clinician's list; where the position comes first
    r"|^mail\.|\.position\.side-lying\.(caption|alt)$|^side\.|^sheet\.(note|just-for-you|for-you)$|^help\.book$|^qr\.|^log\.more$|^fine\.reviewed$"
)


SCOPE = {
    "1 purpose": ["summary.title", "sheet.lead"],
    "2 what trigger points are": ["what.text.0"],
    "3 safety": ["help-first.title", "safety.emergency-nerve.title", "safety.same-day.title", "safety.do-not.title"],
    "4 finding the spots": ["group.find.title", "technique.find.steps.0"],
    "5 tennis ball": ["technique.ball.name", "technique.ball.how.3"],
    "6 foam roller": ["technique.foam-roller.name"],
    "7 fingers": ["technique.fingers.name"],
    "8 stretches": [f"technique.{key}.name" for key in ("figure-four", "figure-four-chair", "pigeon", "hip-flexor")],
    "9 heat and ice": ["group.care.title", "technique.heat.name", "technique.ice.name"],
    "10 prevention": ["prevention.title", "habit.move.text", "habit.sit.text", "habit.active.text"],
    "11 strength": ["technique.glute-bridge.name", "technique.clamshell.name"],
    "12 professional help": ["safety.visit.title", "help.therapist"],
    "13 record": ["log.title", "log.notes", *(f"log.days.{day}" for day in range(7))],
    "14 disclaimer": ["fine.disclaimer", "fine.evidence", "fine.sources"],
}


@pytest.mark.parametrize("row", SCOPE)
def test_every_row_of_the_scope_is_there(made: Made, row: str) -> None:
    texts = dict(leaves(made.sheet.texts))

    assert [key for key in SCOPE[row] if not made.reading.says(texts[key])] == []


def test_what_stops_a_patient_comes_before_what_she_is_to_do(made: Made) -> None:
    texts, page = dict(leaves(made.sheet.texts)), " ".join(made.reading.pages)

    places = [
        page.index(plain(texts[key])) for key in ("help-first.title", "safety.same-day.title", "group.find.title")
    ]

    assert places == sorted(places)
    assert plain(texts["safety.emergency-other.title"]) in made.reading.pages[0]


def test_nobody_is_told_to_lie_face_down_on_a_ball(made: Made) -> None:
    ball = vars(made.sheet.texts.technique)["ball"]

    assert "face down" not in " ".join(text for _, text in leaves(ball)).lower()


def test_the_sources_are_printed(made: Made) -> None:
    assert len(FACTS.sources) >= 8
    assert [source for source in FACTS.sources if not made.reading.says(source)] == []


@pytest.mark.parametrize("code", REGIONS)
def test_the_emergency_number_follows_the_country(code: str) -> None:
    sheet = handout.fill("en", Clinic(region=REGIONS[code]))

    heading = vars(sheet.texts.safety)["emergency-nerve"].title
    numbers = " or ".join(REGIONS[code].emergency)

    assert heading.startswith(f"Call {numbers} now.")
    others = {number for region in REGIONS.values() for number in region.emergency} - set(REGIONS[code].emergency)
    everything = " ".join(text for key, text in leaves(sheet.texts) if key.startswith("safety.emergency"))
    assert not set(re.findall(r"\b\d+\b", everything)) & others


def test_the_numbers_that_are_easily_mistaken_are_right() -> None:
    known = {code: REGIONS[code].emergency for code in ("US", "GB", "SA", "AE", "VN", "NO", "UA", "HT", "FR", "AU")}

    assert known == {
        "US": ("911",),
        "GB": ("999",),
        "SA": ("997",),
        "AE": ("998",),
        "VN": ("115",),
        "NO": ("113",),
        "UA": ("103", "112"),
        "HT": ("116",),
        "FR": ("15", "112"),
        "AU": ("000",),
    }


def test_without_a_country_no_number_is_chosen_for_the_patient(bare: Made) -> None:
    assert bare.reading.says(
        "Call your emergency number (911 in the US and Canada, 999 in the UK, 112 in the EU) now. "
        "Or go to an emergency department."
    )


def test_a_british_patient_reads_british_words(a4: Made) -> None:
    assert a4.reading.says("A physiotherapist checks you")
    assert a4.reading.says("Call 999 now. Or go to A&E.")
    assert a4.reading.says("Call your doctor or 111 (in Northern Ireland, your GP’s out-of-hours line) if you have:")


def test_the_paper_follows_the_country_and_else_the_language() -> None:
    papers = [handout.fill("en", Clinic(region=REGIONS.get(code))).paper for code in ("US", "GB", "none")]

    assert papers == ["letter", "a4", "letter"]


def test_the_sheet_is_short_and_light_enough_to_hand_out(made: Made) -> None:
    assert len(made.reading.pages) <= 6
    assert len(made.pdf) <= 500_000


def test_a_long_header_does_not_cost_a_page() -> None:
    clinic, _ = make_clinic(
        name="Riverside Physical Therapy and Sports Medicine Center",
        address=["Suite 400, North Building", "12 Mill Lane", "Springfield, Illinois 62701"],
        phone="+1 217 555-0100",
        website="www.riverside-physical-therapy.example",
    )

    assert handout.make("en", clinic, paper="letter").pages <= 6


def test_no_type_is_too_small_to_read(made: Made) -> None:
    sizes = made.reading.sizes

    assert len(sizes) > 200
    assert [(size, text) for size, text in sizes if size < 9.95] == []
    body = sum(len(text) for size, text in sizes if size >= 11.95)
    assert body > 0.7 * sum(len(text) for _, text in sizes)


def test_nothing_is_lost_at_the_edge_of_the_paper_and_no_page_is_left_empty(made: Made) -> None:
    for number, page in enumerate(pictures(made.pdf, dpi=50), start=1):
        ink = page.convert("L").point(lambda value: 255 if value < 250 else 0)
        left, top, right, bottom = ink.getbbox() or (0, 0, 0, 0)
        mm = 25.4 / 50
        assert left * mm >= 14, number
        assert (page.width - right) * mm >= 14, number
        assert top * mm >= (11 if number == 1 else 14), number
        assert (page.height - bottom) * mm >= 6, number
        rows = [y for y in range(int(page.height * 0.94)) if ink.crop((0, y, page.width, y + 1)).getbbox()]
        assert max(rows) > page.height / 3, number

"""Every language there is: whole, in its own letters, tagged as itself, within its pages. A new one is tested by being there."""

import itertools
import re
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from gluterelief_pdf import clinic, facts, handout, pdf, words
from gluterelief_pdf.layout import allowed, layouts
from gluterelief_pdf.model import EDITIONS, Choice, Clinic, Edition, Paper, Sheet
from gluterelief_pdf.tables import Content
from tests.conftest import NAMED, SAMPLE_LOGO
from tests.reading import Reading, leaves, plain, squeezed
from tests.rendering import ink, pictures
from tests.verapdf import failures

LANGUAGES = words.languages(Content.of())
TAGS = tuple(LANGUAGES)
AT_ONCE = ("en", "es", "ar", "hi", "ja")  # one a script; CI tries the others as well
PAPERS: tuple[Paper, ...] = ("letter", "a4")
INVISIBLE = re.compile("[\u200b-\u200f\u2060\u2066-\u2069\u00ad]")
WORD_BOX = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')
LATIN = re.compile(r"[A-Za-z]{3,}")
NAMES_AND_SOURCES = ("fine.sources", "help.contact", "roster")
LATIN_EVERYWHERE = {"PDF", "Raynaud", *str(NAMED["name"]).split(), "first"}  # {first} is filled where it is used
HELP_BOXES = ("emergency-nerve", "emergency-other", "same-day")
NEVER_FIRST = set("、。，．：；？！）」』”’〉》】ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ")


def filled(tag: str, paper: Paper | None = None, edition: Edition = "standard", beside: str | None = None) -> Sheet:
    """Fill a sheet of a clinic in the United States, whose emergency number every language has to print."""
    region = facts.region(Content.of(), "US")
    who, _ = clinic.make(region=region, logo=SAMPLE_LOGO, **NAMED)  # type: ignore[arg-type]
    return handout.fill(tag, who, paper=paper or LANGUAGES[tag].paper, edition=edition, beside=beside)


def letters(text: str) -> Counter[str]:
    """Count letters: what is left to compare where the order in the file is not that of reading."""
    folded = unicodedata.normalize("NFKC", INVISIBLE.sub("", text))
    return Counter(c for c in folded if c.isalpha())


def lines(pdf: bytes) -> list[str]:
    """Give the lines of text by poppler, which honours ActualText and the order of two directions."""
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True, timeout=60)
    return done.stdout.decode().splitlines()


def read(pdf: bytes, *, poppler: bool) -> str:
    """Give the text without white space."""
    return INVISIBLE.sub("", squeezed(" ".join(lines(pdf))) if poppler else Reading(pdf).text)


def collisions(pdf: bytes) -> list[tuple[int, str, str]]:
    """Name the words that are printed over each other. Not for Arabic script, whose vowel marks widen boxes that do not touch."""
    done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True, timeout=60)
    found = []
    for number, page in enumerate(done.stdout.decode().split("<page ")[1:], start=1):
        boxes = sorted((float(b), float(a), float(d), float(c), text) for a, b, c, d, text in WORD_BOX.findall(page))
        for place, (top, left, bottom, right, text) in enumerate(boxes):
            for other_top, other_left, other_bottom, other_right, other in boxes[place + 1 :]:
                if other_top >= bottom:
                    break
                wide = min(right, other_right) - max(left, other_left)
                high = min(bottom, other_bottom) - other_top
                if wide > 1 and high > 0.42 * min(bottom - top, other_bottom - other_top):
                    found.append((number, text, other))
    return found


def safety(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Give every safety fact with its key."""
    for group, members in sheet.safety.items():
        for fact in members:
            yield f"{group}.{fact}", INVISIBLE.sub("", plain(vars(vars(sheet.texts.safety)[group])[fact]))


def unsaid(sheet: Sheet, pdf: bytes, *, poppler: bool = False) -> list[str]:
    """Name the safety facts that are not found in a PDF."""
    if sheet.language.direction == "rtl":  # pypdf gives lines in another order: no letter may be missing or too many
        expected = letters(" ".join(text for _, text in safety(sheet)))
        found = letters(" ".join(Reading(pdf).pages))
        return [letter for letter, count in expected.items() if found[letter] < count]
    text = read(pdf, poppler=poppler or sheet.language.tag == "hi")
    return [key for key, sentence in safety(sheet) if squeezed(sentence) not in text]


def broken(sheet: Sheet, pdf: bytes) -> list[str]:
    """Name the help boxes whose facts stand on more than one page: the second part would have no heading."""
    pages = [INVISIBLE.sub("", squeezed(page)) for page in Reading(pdf).pages]
    found: dict[str, set[int]] = {}
    for key, sentence in safety(sheet):
        box = key.partition(".")[0]
        if box in HELP_BOXES:
            found.setdefault(box, set()).update(n for n, page in enumerate(pages) if squeezed(sentence) in page)
    assert len(found) == len(HELP_BOXES)
    return [box for box, where in found.items() if len(where) != 1]


@cache
def made(tag: str) -> bytes:
    """Make the sheet of a language once."""
    return handout.render(filled(tag)).pdf


@pytest.mark.parametrize(
    "tag", [tag if tag in AT_ONCE else pytest.param(tag, marks=pytest.mark.matrix) for tag in TAGS]
)
def test_the_sheet_is_whole_and_tagged_as_its_language(tag: str, tmp_path: Path) -> None:
    sheet, pdf = filled(tag), made(tag)
    (tmp_path / "sheet.pdf").write_bytes(pdf)
    reading = Reading(pdf)

    assert unsaid(sheet, pdf) == []
    assert str(reading.reader.trailer["/Root"]["/Lang"]) == tag
    assert len(reading.pages) <= allowed(sheet)
    assert len(pdf) <= 500_000
    if sheet.language.direction == "ltr":
        assert collisions(pdf) == []
        assert tag == "hi" or broken(sheet, pdf) == []  # pypdf gives Hindi in other letters
    assert failures([tmp_path / "sheet.pdf"]) == {"sheet.pdf": []}


@pytest.mark.parametrize("tag", [tag for tag in TAGS if tag != "en"])
def test_nothing_is_left_in_english(tag: str) -> None:
    english, ours = dict(leaves(filled("en").texts)), dict(leaves(filled(tag).texts))
    same = {key for key, text in ours.items() if len(text.split()) > 3 and english.get(key) == text}
    latin = unicodedata.name(LANGUAGES[tag].name[0]).startswith("LATIN")
    written = {key: text for key, text in ours.items() if not latin and not key.startswith(NAMES_AND_SOURCES)}

    assert same <= {"fine.sources", "help.contact"}
    assert {word for text in written.values() for word in LATIN.findall(text)} <= LATIN_EVERYWHERE


EVERY_KIND = list(itertools.product(TAGS, PAPERS, EDITIONS))
# every third language in another edition, on the paper that is not its own; all of them take half an hour
SOME_KINDS = [
    (tag, next(paper for paper in PAPERS if paper != LANGUAGES[tag].paper), EDITIONS[1 + number % 3])
    for number, tag in enumerate(TAGS[::3])
]


@pytest.mark.parametrize(
    ("tag", "paper", "edition"),
    [pytest.param(*kind, marks=pytest.mark.matrix if kind in SOME_KINDS else pytest.mark.soak) for kind in EVERY_KIND],
)
def test_every_edition_of_every_language(tag: str, paper: Paper, edition: Edition, tmp_path: Path) -> None:
    sheet = filled(tag, paper, edition)
    rendered = handout.render(sheet)
    (tmp_path / "sheet.pdf").write_bytes(rendered.pdf)

    assert unsaid(sheet, rendered.pdf) == []
    assert rendered.pages <= allowed(sheet)
    assert failures([tmp_path / "sheet.pdf"]) == {"sheet.pdf": []}
    if sheet.language.direction == "ltr":
        assert collisions(rendered.pdf) == []
        assert edition != "standard" or tag == "hi" or broken(sheet, rendered.pdf) == []
    if "low-ink" in edition:
        assert max(ink(rendered.pdf)) < 0.05


@pytest.mark.parametrize(
    "tag",
    [
        pytest.param(tag, marks=pytest.mark.matrix if tag in AT_ONCE else pytest.mark.soak)
        for tag in TAGS
        if tag != "en"
    ],
)
def test_every_language_beside_english(tag: str, tmp_path: Path) -> None:
    sheet = filled(tag, beside="en")
    rendered = handout.render(sheet)
    (tmp_path / "both.pdf").write_bytes(rendered.pdf)

    assert unsaid(filled(tag), rendered.pdf) == []
    assert unsaid(filled("en"), rendered.pdf, poppler=LANGUAGES[tag].direction == "rtl") == []
    assert rendered.pages <= allowed(sheet)
    assert failures([tmp_path / "both.pdf"]) == {"both.pdf": []}


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("pt", "pt-BR"),
        ("pt-PT", "pt-BR"),
        ("tl", "fil"),
        ("es-MX", "es"),
        ("fr-CA", "fr"),
        ("FR_ca", "fr"),
        ("de-CH-1996", "de"),
    ],
)
def test_a_tag_with_region_or_script_finds_its_language(asked: str, given: str) -> None:
    assert words.find(asked, Content.of()).tag == given


@pytest.mark.parametrize("tag", ["ar", pytest.param("fa", marks=pytest.mark.matrix)])
def test_text_from_right_to_left_is_read_letter_by_letter_and_keeps_numbers_in_order(tag: str) -> None:
    pages = Reading(made(tag)).pages
    written = letters(" ".join(text for _, text in leaves(filled(tag).texts)))

    assert set(letters(" ".join(pages))) <= set(written) | set(letters("".join(str(value) for value in NAMED.values())))
    # glyphs stand in the file from left to right, so that a number turned round would be read as 0100-555
    assert all("555-0100" in page and "2026-11" in page for page in pages)
    assert "riverside.example" in pages[0]


def test_the_log_of_a_tight_large_print_sheet_keeps_room_for_names() -> None:
    pdf = handout.render(filled("de", "a4", "large-print")).pdf
    done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True, timeout=60)
    monday = next(float(left) for left, _, _, _, text in WORD_BOX.findall(done.stdout.decode()) if text == "Mo")

    assert monday > 180  # points; a column of equal width would begin at 80


@pytest.mark.parametrize(
    "tag", [tag if tag in ("en", "ar") else pytest.param(tag, marks=pytest.mark.matrix) for tag in TAGS]
)
def test_the_days_of_the_narrowest_log_stand_apart(tag: str, tmp_path: Path) -> None:
    sheet = handout.fill(tag, Clinic(), choice=Choice(("ball", "pigeon")), paper="a4")
    *_, narrowest = layouts(sheet)
    html, css, folders = handout.source(sheet, narrowest, tmp_path)
    days = [sorted(day) for day in sheet.texts.log.days]  # poppler gives letters of Arabic in another order

    found = collisions(pdf.render(html, css=css, folders=folders).pdf)

    assert narrowest.smallest
    assert [words for _, *words in found if any(sorted(word) in days for word in words)] == []


@pytest.mark.soak
def test_chinese_and_japanese_have_their_own_shapes_of_one_character() -> None:
    shapes = set()
    for tag in ("zh-Hans", "zh-Hant", "ja"):
        region = facts.region(Content.of(), "US")
        who, _ = clinic.make(name="直", region=region)
        first = pictures(handout.render(handout.fill(tag, who, paper="a4")).pdf, dpi=150)[0]
        shapes.add(first.crop((85, 60, 160, 120)).convert("1").tobytes())

    assert len(shapes) > 1


@pytest.mark.parametrize(
    "tag", ["ja", *(pytest.param(tag, marks=pytest.mark.matrix) for tag in ("zh-Hans", "zh-Hant"))]
)
def test_no_line_begins_with_punctuation_in_chinese_and_japanese(tag: str) -> None:
    found = lines(made(tag))

    assert len(found) > 100
    assert [line for line in found if line.strip()[:1] in NEVER_FIRST] == []

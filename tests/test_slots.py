"""A patient's lines, written into a finished PDF: nobody can tell it from one that was rendered with them."""

import datetime
import io
import os
import random
import subprocess
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from PIL import ImageChops, ImageStat

from gluterelief_pdf import handout, slots, words
from gluterelief_pdf.model import Choice, Clinic, Edition, Patient, Rendered, Sheet
from gluterelief_pdf.pdf import Press
from gluterelief_pdf.quantities import Quantities, plain
from gluterelief_pdf.shelf import Shelf
from gluterelief_pdf.tables import Content
from tests.conftest import Run, homes
from tests.rendering import pictures
from tests.verapdf import failures

LANGUAGES = [tag for tag, one in words.languages(Content.of()).items() if slots.alphabet(one)]
ANN = Patient("Łukasz O’Brien", "Dr. Ada Moss", datetime.date(2026, 9, 30))
ONE = ("--technique", "pigeon", "--country", "US")
SCRIPTS = {  # names by chance are made of these
    "Latin": "abcdefghijklmnopqrstuvwxyzéüñçøåłőąžșțßæœđ",
    "Vietnamese": "ăâđêôơưếộởữựáàảãạ",
    "Cyrillic": "абвгдежзийклмнопрстуфхцчшщъыьэюяєіїґ",
    "Greek": "αβγδεζηθικλμνξοπρστυφχψω",
    "Arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "Hebrew": "אבגדהוזחטיכלמנסעפצקרשת",
    "Devanagari": "अआइईउऊकखगघचछजझटठडढणतथदधन",
    "Thai": "กขคงจฉชซญดตถทธนบปผ",
    "Han": "王李張劉陳楊黃趙吳周",
    "Hangul": "김이박최정강조윤장임",
}


def sheet(tag: str, patient: Patient = ANN, *, edition: Edition = "standard") -> Sheet:
    choice = Choice(("pigeon",))
    return handout.fill(tag, Clinic(), patient=patient, choice=choice, edition=edition)


def whole(one: Sheet) -> Rendered:
    """Render a sheet with the patient's lines laid out by WeasyPrint."""
    return handout.render(replace(one, titled=True))


@pytest.fixture(scope="module")
def blanks() -> dict[str, Rendered]:
    """Sheets with room for three lines, in languages with letters of their own."""
    return {tag: handout.render(slots.blank(sheet(tag))) for tag in ("en", "ru", "vi")}


def check_looks(written: bytes, rendered: bytes) -> None:
    for one, other in zip(pictures(written, dpi=90), pictures(rendered, dpi=90), strict=True):
        difference = ImageChops.difference(one.convert("L"), other.convert("L"))
        assert ImageStat.Stat(difference).extrema[0][1] < 100, difference.getbbox()  # the edge of a letter, at most


@pytest.mark.parametrize(
    ("tag", "edition"),
    [("en", "standard"), ("ru", "low-ink"), ("vi", "standard"), ("pl", "large-print")],
)
def test_written_and_rendered_look_and_read_the_same(tag: str, edition: Edition, tmp_path: Path) -> None:
    one = sheet(tag, edition=edition)

    written, rendered = handout.render(one), whole(one)

    assert written.written
    assert not rendered.written
    check_looks(written.pdf, rendered.pdf)
    first, second = (
        plain(pypdf.PdfReader(io.BytesIO(made.pdf)).pages[0].extract_text()) for made in (written, rendered)
    )
    assert first == second
    assert "Łukasz O’Brien" in first
    (tmp_path / "written.pdf").write_bytes(written.pdf)
    assert failures([tmp_path / "written.pdf"]) == {"written.pdf": []}


@pytest.mark.parametrize("line", ["name", "clinician"])
@pytest.mark.parametrize(
    "text",
    [
        "Maximiliana Wolfeschlegelstein",
        "W" * 20,
        "سارة",
        "王小明",
        "Ann 🦊",
        "Σοφία",
        "e\u0304\u0304",
        "S\u0307a\u0323",
    ],
)
def test_what_has_no_room_or_needs_other_letters_is_rendered(line: str, text: str, press: Press) -> None:
    one = sheet("en", Patient(name=text) if line == "name" else Patient(clinician=text))

    made = handout.render(one, press=press)

    assert not made.written
    assert b"%room" not in made.pdf


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_day_is_written_as_babel_writes_it(tag: str) -> None:
    known = Shelf(Content.of()).words(tag)
    quantities = Quantities(known.language, known.tree["unit"], known.tree.get("calendar"))
    days = [datetime.date(2028, 1, 1) + datetime.timedelta(days=number) for number in range(366)]

    months = quantities.months()

    written = [slots.of(Patient(date=day), months)["date"] for day in days]
    assert written == [plain(quantities.day(day)) for day in days]


def test_a_name_in_any_script_is_written_as_it_is_or_not_at_all(blanks: dict[str, Rendered]) -> None:
    chance, made = random.Random(7), 0
    for tag, blank in blanks.items():
        letters = {f"{glyph:04x}": letter for letter, (glyph, _) in blank.slots["name"].glyphs.items()}
        for _ in range(700):
            name = by_chance(chance)
            written = slots.written(blank, {"name": name, "date": "1", "clinician": "A"})
            if written is None:
                continue
            made += 1
            slot = blank.slots["name"]
            line = written.pdf[slot.place : slot.place + slot.length].decode()
            shown = line.split("<")[1].split(">")[0]
            assert [letters[shown[at : at + 4]] for at in range(0, len(shown), 4)] == [
                *unicodedata.normalize("NFC", name)
            ]
            assert len(written.pdf) == len(blank.pdf), tag
    assert made > 400


def by_chance(chance: random.Random) -> str:
    """Make up a name, now and then with letters of two scripts."""
    known = [SCRIPTS[chance.choice([*SCRIPTS, "Latin", "Latin", "Vietnamese", "Cyrillic"])] for _ in range(2)]
    letters = known[0] if chance.random() < 0.9 else "".join(known)
    parts = ["".join(chance.choices(letters, k=chance.randint(2, 9))).title() for _ in range(chance.randint(1, 3))]
    name = chance.choice((" ", "-", "’")).join(parts)
    return unicodedata.normalize("NFD", name) if chance.random() < 0.2 else unicodedata.normalize("NFC", name)


@pytest.mark.soak
def test_two_thousand_names_read_back_and_look_as_they_should(blanks: dict[str, Rendered], tmp_path: Path) -> None:
    chance, looked = random.Random(11), []
    for number in range(2000):
        tag = chance.choice(["en", "en", "ru", "vi"])
        name = unicodedata.normalize("NFC", by_chance(chance))
        one = sheet(tag, replace(ANN, name=name))
        made = slots.written(blanks[tag], slots.lines(one)) if slots.lines(one) else None
        if made is None:
            continue
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(made.pdf)
        read = subprocess.run(["pdftotext", "-l", "1", path, "-"], capture_output=True, text=True, check=True).stdout
        assert name in read
        looked.append((one, path))
    assert len(looked) > 400
    sample = chance.sample(looked, 40)
    for one, path in sample:
        check_looks(path.read_bytes(), whole(one).pdf)
    verdicts = failures([path for _, path in chance.sample(looked, 100)])
    assert not [name for name, failed in verdicts.items() if failed]


def test_the_same_sheet_for_another_patient_needs_no_renderer(run: Run, tmp_path: Path) -> None:
    first = run(*ONE, "--patient", "Ann Lee", "--date", "2026-11-25", "-o", "first.pdf")
    code = (
        "import sys\nfrom gluterelief_pdf.cli import main\n"
        f"try: main([*{ONE!r}, '--patient', 'Bob Ray', '--date', '2026-12-24', '-o', 'second.pdf'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "print([name for name in ('weasyprint', 'jinja2', 'babel', 'PIL') if name in sys.modules])"
    )

    second = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, **homes(tmp_path)}, capture_output=True, text=True, check=False
    )  # fmt: skip
    anew = run(*ONE, "--patient", "Bob Ray", "--date", "2026-12-24", "-o", "anew.pdf", "--no-cache")

    assert (first.code, anew.code) == (0, 0), first.stderr + anew.stderr
    assert second.stdout == "second.pdf\n[]\n", second.stderr
    assert second.stderr == first.stderr
    assert (tmp_path / "second.pdf").read_bytes() == (tmp_path / "anew.pdf").read_bytes()
    text = pypdf.PdfReader(tmp_path / "second.pdf").pages[0].extract_text()
    assert "Bob Ray" in text
    assert "December 24, 2026" in text
    assert "Ann" not in text


def test_what_no_font_can_print_is_told_as_without_lines(run: Run) -> None:
    noted = run(*ONE, "--patient", "Ann Lee", "--note", "Slowly 🦊", "-o", "noted.pdf")
    fox = run(*ONE, "--patient", "Ann Lee", "--clinic-name", "Fox 🦊", "-o", "fox.pdf")

    assert noted.code == 0
    assert "Note: --note: no shipped font can print it, so there is a line to write on.\n" in noted.stderr
    assert "🦊" not in noted.stderr
    assert (fox.code, fox.stderr.startswith("Error: --clinic-name: no shipped font has")) == (2, True)


def test_a_sheet_with_rooms_for_other_lines_is_not_written_into(blanks: dict[str, Rendered]) -> None:
    assert slots.written(blanks["en"], {"name": "Ann"}) is None
    assert slots.written(blanks["en"], {"name": "Ann", "date": "1", "clinician": "Ada"})


def test_a_batch_renders_what_its_rows_share_once(run: Run, tmp_path: Path) -> None:
    names = ["Ann Lee", "Bob Ray", "王小明", "Maximiliana Wolfeschlegelstein", "Eve Moss"]
    (tmp_path / "r.csv").write_text("\n".join(["name", *names]), encoding="utf-8")

    one = run("batch", "r.csv", *ONE, "--out", "one")
    again = run("batch", "r.csv", *ONE, "--out", "again", "--no-cache", "--jobs", "1")

    assert (one.code, again.code) == (0, 0), one.stderr + again.stderr
    assert "5 sheets are there, 5 of them made now (2 rendered whole for one patient)" in one.stderr
    made = [sorted((tmp_path / folder).glob("*.pdf")) for folder in ("one", "again")]
    assert [path.read_bytes() for path in made[0]] == [path.read_bytes() for path in made[1]]
    for name, path in zip(names, made[0], strict=True):
        text = " ".join(pypdf.PdfReader(path).pages[0].extract_text().split())
        assert name in text

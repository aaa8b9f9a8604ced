"""Large print, low ink, two languages, a QR code, a sheet to fill in: each is the same sheet, with nothing lost."""

import itertools
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gluterelief_pdf import clinic, facts, handout
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.model import EDITIONS, Choice, Clinic, Edition, Patient, Rendered, Sheet
from gluterelief_pdf.pdf import Press
from gluterelief_pdf.tables import Content
from tests.conftest import NAMED, SAMPLE_LOGO
from tests.reading import Reading, squeezed
from tests.rendering import ink, pictures
from tests.verapdf import failures

PLANS = {"all": Choice(), "one": Choice(techniques=("ball.wall",)), "cautions": Choice(cautions=("nerve", "balance"))}
PAPERS = {"letter": "US", "a4": "GB"}
MOST_PAGES = {"standard": 6, "low-ink": 6, "large-print": 14, "large-print-low-ink": 14}


def filled(paper: str = "letter", plan: str = "all", **given: Any) -> Sheet:
    region = facts.region(Content.of(), PAPERS[paper])
    who, _ = clinic.make(region=region, logo=SAMPLE_LOGO, **NAMED)  # type: ignore[arg-type]
    return handout.fill("en", who, choice=PLANS[plan], **given)


def made(sheet: Sheet, press: Press | None = None) -> tuple[Rendered, Reading]:
    rendered = handout.render(sheet, press=press)
    return rendered, Reading(rendered.pdf)


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_edition_holds_every_word_of_the_standard_one(edition: Edition) -> None:
    _, standard = made(filled())
    _, other = made(filled(edition=edition))

    def words(reading: Reading) -> list[str]:
        text = " ".join(re.sub(r"Version \S+ · Page \d+ of \d+", "", page) for page in reading.pages)
        return sorted(set(re.findall(r"\w+", text)))

    assert words(other) == words(standard)
    assert len(other.pages) <= MOST_PAGES[edition]


@pytest.mark.parametrize("edition", ["large-print", "large-print-low-ink"])
def test_large_print_is_large_everywhere(edition: Edition) -> None:
    _, reading = made(filled(edition=edition, patient=Patient(name="Ann Lee", note="Slowly.")))

    sizes = reading.sizes
    assert min(size for size, _ in sizes) >= 15.95
    large = sum(len(text) for size, text in sizes if size >= 17.95)
    assert large > 0.7 * sum(len(text) for _, text in sizes)


@pytest.mark.parametrize("edition", ["low-ink", "large-print-low-ink"])
@pytest.mark.parametrize("paper", PAPERS)
def test_low_ink_uses_less_than_a_twentieth_of_each_page(edition: Edition, paper: str) -> None:
    rendered, _ = made(filled(paper, edition=edition))

    shares = ink(rendered.pdf)

    assert shares
    assert max(shares) < 0.05


def test_low_ink_pictures_are_lines_and_marks_only() -> None:
    html, _, _ = handout.source(filled(edition="low-ink"))
    import base64

    drawings = [base64.b64decode(data).decode() for data in re.findall(r"data:image/svg\+xml;base64,([^\"]+)", html)]
    fills = {fill for drawing in drawings for fill in re.findall(r'fill="([^"]*)"', drawing)}

    assert len(drawings) > 15
    assert fills == {"none", "#fff", "#c8464b", "#6e777d"}


def test_the_qr_code_opens_the_booking_address(tmp_path: Path) -> None:
    address = "https://riverside.example/book?new=1"
    rendered, reading = made(filled(link=address))

    read = []
    for number, page in enumerate(pictures(rendered.pdf, dpi=150)):
        page.save(tmp_path / f"{number}.png")
        done = subprocess.run(["zbarimg", "-q", "--raw", tmp_path / f"{number}.png"], capture_output=True, text=True)
        read += done.stdout.split()

    assert read == [address]
    assert reading.says(address)
    (picture,) = [node for node in reading.all("/Figure") if address in str(node.entry.get("/Alt"))]
    left, bottom, right, top = (float(side) for side in picture.entry["/A"]["/BBox"])
    assert min(right - left, top - bottom) >= 20 / 25.4 * 72


def test_a_qr_code_never_holds_the_patients_data_and_only_a_web_address() -> None:
    from gluterelief_pdf import qr

    sheet = filled(link="https://riverside.example", patient=Patient(name="Ann Lee"))
    assert "Ann" not in qr.code(sheet.link)
    for wrong in (
        "javascript:alert(1)",
        "file:///etc/passwd",
        "nowhere",
        "a b.example",
        "https://x.example/" + "y" * 300,
    ):
        with pytest.raises(OptionError, match=r"^--link: "):
            qr.check("--link", wrong)


def test_a_sheet_to_fill_in_has_a_named_field_for_every_line_and_box() -> None:
    sheet = filled(fillable=True)
    rendered, reading = made(sheet)

    fields = [
        annotation.get_object()
        for page in reading.reader.pages
        for annotation in page.get("/Annots", ())
        if annotation.get_object()["/Subtype"] == "/Widget"
    ]
    names = [str(field["/TU"]) for field in fields]
    rows, days = sheet.texts.log.rows, sheet.texts.log.days
    assert len(fields) == 3 + 2 + len(rows) * len(days)
    assert {f"{row}, {day}" for row, day in itertools.product(rows, days)} <= set(names)
    assert {"Name", "Date", "Your clinician"} <= set(names)
    assert rendered.pages <= 6
    spoken = [text for group, facts_of in sheet.safety.items() for text in _texts(sheet, group, facts_of)]
    assert [text for text in spoken if squeezed(text) not in reading.text] == []  # ligatures, such as in "floor", too


def _texts(sheet: Sheet, group: str, members: tuple[str, ...]) -> list[str]:
    return [vars(vars(sheet.texts.safety)[group])[fact] for fact in members]


def test_what_is_known_is_printed_and_needs_no_field() -> None:
    _, reading = made(filled(plan="one", fillable=True, patient=Patient(name="Ann Lee")))

    names = [str(a.get_object().get("/TU")) for a in reading.reader.pages[0].get("/Annots", ())]
    assert "Name" not in names
    assert "Date" in names
    assert reading.says("Name Ann Lee")


@pytest.mark.parametrize("half", [pytest.param(0, marks=pytest.mark.matrix), pytest.param(1, marks=pytest.mark.soak)])
def test_every_edition_passes_and_says_every_safety_fact(half: int, press: Press, tmp_path: Path) -> None:
    extras: dict[str, dict[str, Any]] = {
        **{edition: {"edition": edition} for edition in EDITIONS},
        "fillable": {"fillable": True},
        "fillable-large": {"fillable": True, "edition": "large-print"},
        "qr": {"link": "https://riverside.example/book"},
        "qr-low-ink": {"link": "https://riverside.example/book", "edition": "low-ink"},
    }
    files, unsaid = [], []
    kinds = list(
        itertools.product(PAPERS, extras.items(), PLANS)
    )  # a half has each on both papers, with one plan or two
    for paper, (name, given), plan in kinds[half::2]:
        sheet = filled(paper, plan, **given)
        rendered, reading = made(sheet, press)
        files.append(tmp_path / f"{name}-{paper}-{plan}.pdf")
        files[-1].write_bytes(rendered.pdf)
        for group, members in sheet.safety.items():
            if group in ("heat", "ice") and group not in sheet.plan.uses:
                continue
            for fact in members:
                text = vars(vars(sheet.texts.safety)[group])[fact]
                if not reading.says(text):
                    unsaid.append((files[-1].name, group, fact))

    found = failures(files)

    assert len(found) == len(files) == 3 * 8
    assert {name: rules for name, rules in found.items() if rules} == {}
    assert unsaid == []


def test_a_second_language_has_to_be_another_one() -> None:
    with pytest.raises(OptionError, match="is the language of the sheet itself"):
        handout.fill("en", Clinic(), beside="en")
    with pytest.raises(OptionError, match=r"^--with: no words in 'xx'$"):
        handout.fill("en", Clinic(), beside="xx")


@pytest.fixture(scope="module")
def bilingual() -> tuple[Sheet, Rendered, Reading]:
    """The whole sheet in Spanish, with English."""
    region = facts.region(Content.of(), "US")
    who, _ = clinic.make(region=region, logo=SAMPLE_LOGO, **NAMED)  # type: ignore[arg-type]
    sheet = handout.fill("es", who, beside="en")
    return (sheet, *made(sheet))


def test_a_bilingual_sheet_says_every_safety_fact_in_both_languages(
    bilingual: tuple[Sheet, Rendered, Reading],
) -> None:
    sheet, rendered, reading = bilingual
    unsaid = []
    for language in ("es", "en"):
        alone = handout.fill(language, sheet.clinic)
        for group, members in alone.safety.items():
            for fact in members:
                text = vars(vars(alone.texts.safety)[group])[fact]
                unsaid += [] if reading.says(text) else [(language, group, fact)]

    assert unsaid == []
    assert rendered.pages <= 10


def test_each_language_is_tagged_as_its_own(bilingual: tuple[Sheet, Rendered, Reading], tmp_path: Path) -> None:
    _, rendered, reading = bilingual
    tagged = [node for node in reading.root.walk() if str(node.entry.get("/Lang", "")) == "en"]
    (tmp_path / "both.pdf").write_bytes(rendered.pdf)

    assert str(reading.reader.trailer["/Root"]["/Lang"]) == "es"
    assert len(tagged) > 150
    assert {node.kind for node in reading.root.walk() for node in node.kids if node.parent.kind == "/LI"} <= {  # type: ignore[union-attr]
        "/Lbl",
        "/LBody",
    }
    assert failures([tmp_path / "both.pdf"]) == {"both.pdf": []}


def test_what_machines_read_is_in_the_first_language_alone(bilingual: tuple[Sheet, Rendered, Reading]) -> None:
    _, _, reading = bilingual

    assert reading.reader.metadata is not None
    assert reading.reader.metadata.title == "Calme puntos dolorosos de las nalgas"
    alternatives = [str(node.entry.get("/Alt")) for node in reading.all("/Figure")]
    assert not [text for text in alternatives if "A person" in text]

"""What a screen reader meets, and what veraPDF can't see."""

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf.generic import ContentStream

from gluterelief_pdf import limits, pdf
from gluterelief_pdf.errors import RenderError
from tests.conftest import Made
from tests.reading import Reading, plain

PICTURE = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 10 10'%3E%3Crect width='10' height='10'/%3E%3C/svg%3E"
SMALL = f"""<!doctype html><html lang="en"><head><title>Small</title><style>
@page {{ size: 100mm 100mm; margin: 10mm; @bottom-center {{ content: "footer" }} }} .two {{ columns: 2 }} </style></head><body>
<h1>Heading</h1><p>Text <span lang="fr">bonjour</span> and <a href="https://clinic.example">our site</a></p>
<img src="{PICTURE}" alt="" style="width: 5mm"><img src="{PICTURE}" alt="A black square" style="width: 20mm; height: 20mm">
<ul class="two"><li>one</li><li>two</li></ul>
<table><thead><tr><th>What</th><th>Mon</th></tr></thead><tbody><tr><th scope="row">Ball</th><td>x</td></tr></tbody></table>
</body></html>"""


def repaired(html: str = SMALL) -> Reading:
    return Reading(limits.run(pdf.render, 60, 2**31, html, css="", folders=()).pdf)


def unrepaired() -> Reading:
    """Make the small page by WeasyPrint alone, with Debian's fonts, in a process in which nothing was repaired."""
    program = (
        "import sys, weasyprint as w; w.HTML(string=sys.stdin.read()).write_pdf('/dev/stdout', pdf_variant='pdf/ua-1')"
    )
    environment = {name: value for name, value in os.environ.items() if name != "FONTCONFIG_FILE"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=SMALL.encode(),
        capture_output=True,
        check=True,
        env=environment,
        timeout=60,
    )
    return Reading(done.stdout)


@pytest.fixture(scope="module")
def before() -> Reading:
    """The small page as WeasyPrint makes it."""
    return unrepaired()


@pytest.fixture(scope="module")
def after() -> Reading:
    """The small page as we make it; no font is sealed in, so this page has Debian's."""
    from gluterelief_pdf import fonts

    face = fonts.FACES[:1]
    return Reading(limits.run(pdf.render, 60, 2**31, SMALL, css=fonts.css(face), folders=fonts.folders(face)).pdf)


def artifacts(reading: Reading) -> int:
    """Count the marks on a page that a screen reader passes over and that hold text or a picture."""
    found = 0
    for page in reading.reader.pages:
        stream = ContentStream(page.get_contents(), reading.reader)
        found += sum(operator == b"BDC" and operands[0] == "/Artifact" for operands, operator in stream.operations)
    return found


def unreachable(reading: Reading) -> int:
    """Count marked contents that no element of the tree holds: a footer would be read into the text."""
    held = {place for node in reading.root.walk() for place in node.content}
    marked = set()
    for number, page in enumerate(reading.reader.pages):
        stream = ContentStream(page.get_contents(), reading.reader)
        for operands, operator in stream.operations:
            if operator == b"BDC" and operands[0] != "/Artifact" and "/MCID" in operands[1]:
                marked.add((number, int(operands[1]["/MCID"])))
    assert marked
    return len(marked - held)


def test_footers_and_decorative_pictures_are_passed_over(before: Reading, after: Reading) -> None:
    pages = len(after.reader.pages)

    assert unreachable(before) == pages
    assert unreachable(after) == 0
    assert artifacts(after) == artifacts(before) + pages + 1
    assert len(before.all("/Figure")) == 2
    assert len(after.all("/Figure")) == 1


def test_table_headers_tell_what_they_head(before: Reading, after: Reading) -> None:
    assert [node.entry["/A"].get("/Scope") for node in before.all("/TH")] == [None, None, None]
    assert [node.entry["/A"].get("/Scope") for node in after.all("/TH")] == ["/Column", "/Column", "/Row"]


def test_the_box_of_a_figure_lies_where_the_figure_is(before: Reading, after: Reading) -> None:
    height = float(after.reader.pages[0].mediabox.height)

    left, bottom, right, top = (float(value) for value in after.all("/Figure")[0].entry["/A"]["/BBox"])
    wrong = [float(value) for value in before.all("/Figure")[1].entry["/A"]["/BBox"]]

    assert right - left == pytest.approx(20 / 25.4 * 72, abs=0.1)
    assert top - bottom == pytest.approx(20 / 25.4 * 72, abs=0.1)
    assert 0 < bottom < top < height
    assert wrong[2] - wrong[0] != pytest.approx(20 / 25.4 * 72, abs=0.1)


def test_words_in_another_language_are_read_in_it(before: Reading, after: Reading) -> None:
    assert "/Lang" not in {key for node in before.root.walk() for key in node.entry}
    assert [node.entry["/Lang"] for node in after.root.walk() if "/Lang" in node.entry] == ["fr"]


def test_a_link_is_read_by_its_text(before: Reading, after: Reading) -> None:
    def contents(reading: Reading) -> list[str]:
        return [str(entry.get_object().get("/Contents")) for entry in reading.reader.pages[0]["/Annots"]]

    assert contents(before) == ["https://clinic.example"]
    assert contents(after) == ["our site"]


def test_a_list_in_two_columns_is_one_list(before: Reading, after: Reading) -> None:
    assert [kid.kind for kid in before.all("/L")[0].kids] == ["/L", "/L"]
    assert [[kid.kind for kid in node.kids] for node in after.all("/L")] == [["/LI", "/LI"]]


def test_the_headings_of_the_sheet_lead_through_it(made: Made) -> None:
    levels = [int(node.kind[2]) for node in made.reading.root.walk() if node.kind in {"/H1", "/H2", "/H3", "/H4"}]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert len(levels) > 20
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


def test_every_list_of_the_sheet_is_a_list(made: Made) -> None:
    lists = made.reading.all("/L")

    assert len(lists) > 20
    assert {kid.kind for node in lists for kid in node.kids} == {"/LI"}
    assert {kid.kind for node in made.reading.all("/LI") for kid in node.kids} <= {"/Lbl", "/LBody"}


def test_every_figure_of_the_sheet_is_described_and_captioned(made: Made) -> None:
    figures = made.reading.all("/Figure")
    heights = [float(page.mediabox.height) for page in made.reading.reader.pages]

    assert len(figures) >= 17
    assert [
        node for node in figures if len(str(node.entry.get("/Alt", ""))) < 20 and "Logo" not in node.entry["/Alt"]
    ] == []
    assert len(made.reading.all("/Caption")) == len(made.sheet.figures) - 4 - 1  # icons, and the one not printed
    for node in figures:
        left, bottom, right, top = (float(value) for value in node.entry["/A"]["/BBox"])
        assert 0 <= left < right
        assert 0 <= bottom < top <= max(heights)


def test_the_log_is_a_table_with_headers(made: Made) -> None:
    (table,) = made.reading.all("/Table")
    rows = [node for node in table.walk() if node.kind == "/TR"]

    assert len(rows) == 1 + len(made.sheet.texts.log.rows)
    assert [len(row.kids) for row in rows] == [8] * len(rows)
    assert [node.entry["/A"]["/Scope"] for node in rows[0].kids] == ["/Column"] * 8
    assert [row.kids[0].entry["/A"]["/Scope"] for row in rows[1:]] == ["/Row"] * (len(rows) - 1)


def test_a_screen_reader_does_not_read_the_footers_of_the_sheet(made: Made) -> None:
    assert unreachable(made.reading) == 0
    assert all(f"Page {n} of {len(made.reading.pages)}" in page for n, page in enumerate(made.reading.pages, start=1))


def test_the_file_says_what_it_is_and_nothing_of_when(letter: Made, bare: Made) -> None:
    about = letter.reading.reader.metadata
    assert about is not None

    assert (about.title, about.author) == ("Ease sore spots in your buttocks", "Riverside Physical Therapy")
    assert letter.reading.reader.trailer["/Root"]["/Lang"] == "en"
    assert about.creation_date is None
    assert about.modification_date is None
    assert bare.reading.reader.metadata is not None
    assert bare.reading.reader.metadata.author is None


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, letter: Made) -> None:
    made = []
    for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        out = tmp_path / f"{seed}.pdf"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}
        command = [sys.executable, "-m", "gluterelief_pdf", "--clinic-name", "Łukasz & Söhne", "--output", str(out)]
        command += ["--patient", "Ann Lee", "--no-cache"]  # else the second would be a copy of the first
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)
        made.append(out.read_bytes())

    assert made[0] == made[1]
    assert made[0] != letter.pdf


def test_another_weasyprint_is_refused_and_not_half_repaired() -> None:
    def work() -> None:
        from weasyprint.pdf import tags as theirs

        from gluterelief_pdf import tags

        theirs._build_box_tree = lambda box, parent: None  # a later version's function, not ours
        tags.install()

    with pytest.raises(RenderError) as error:
        limits.run(work, 60, 2**31)

    assert str(error.value) == "this version of WeasyPrint is not known"


def test_captions_stand_in_the_text(made: Made) -> None:
    assert plain(made.sheet.texts.figure.anatomy.caption) in " ".join(made.reading.pages)

"""A roster is read as it was meant, or what is wrong is told by line and column, without what stands there."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from gluterelief_pdf import columns, roster
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.roster import Roster, RosterError
from gluterelief_pdf.tables import Content

FIXTURES = Path(__file__).parent / "fixtures" / "rosters"
GERMAN: list[dict[str, Any]] = [
    {
        "patient": "Jürgen Groß",
        "lang": "de",
        "side": "left",
        "date": "2026-11-25",
        "technique": ("ball.wall", "fingers"),
        "dose": ("ball.hold=45s",),
    },
    {"patient": "Zoë Çelik", "lang": "en", "side": "right", "date": "2026-12-01"},
]
ENGLISH: list[dict[str, Any]] = [
    {
        "patient": 'José "Pepe" Núñez',
        "lang": "es",
        "side": "left",
        "date": "2026-11-25",
        "note": "Line one\nline two; with, signs",
        "technique": ("ball.wall", "stretch"),
    },
    {"patient": "Łukasz Żółć", "lang": "pl", "side": "right", "date": "2026-12-01"},
    {"patient": "Ann O'Brien", "lang": "en", "side": "both", "date": "2026-11-25", "technique": ("fingers",)},
]
AMERICAN: list[dict[str, Any]] = [
    {"patient": "Ann Lee", "lang": "en", "side": "left", "date": "2026-11-25", "technique": ("ball.wall", "stretch")},
    {"patient": "José Ruiz", "lang": "es", "side": "right", "date": "2026-12-31"},
    {"patient": "Short Row", "lang": "en"},
]
FRENCH: list[dict[str, Any]] = [
    {"patient": "Élodie Lefèvre", "lang": "fr", "side": "left", "date": "2026-11-25", "note": "Doucement"}
]
MEANT: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "libreoffice-en-comma.csv": (ENGLISH, {}),
    "libreoffice-en-all-quoted.csv": (ENGLISH, {}),
    "libreoffice-en-tab-utf16.csv": (ENGLISH, {}),
    "libreoffice-de-semicolon.csv": (GERMAN, {}),
    "libreoffice-de-windows-1252.csv": (GERMAN, {"encoding": "cp1252"}),
    "libreoffice-fr-semicolon.csv": (FRENCH, {"dates": "day-first"}),
    "libreoffice-us-short-date.csv": (FRENCH, {}),
    "libreoffice-ar-comma.csv": ([{"patient": "ليلى حداد", "lang": "ar", "side": "left"}], {}),
    "excel-de-csv-utf8.csv": (GERMAN, {}),
    "excel-de-csv-windows-1252.csv": (GERMAN, {"encoding": "cp1252"}),
    "excel-us-csv-utf8.csv": (AMERICAN, {}),
    "excel-us-unicode-text.txt": (AMERICAN, {}),
    "excel-pl-sep-line.csv": ([{"patient": "Łukasz Żółć", "lang": "pl", "side": "right"}], {}),
    "mac-cr-line-ends.csv": ([{"patient": "Ann Lee", "lang": "en"}, {"patient": "Bo Li", "lang": "zh-Hans"}], {}),
}
REFUSED = {
    "libreoffice-de-windows-1252.csv": "roster, line 1: is not UTF-8",
    "excel-de-csv-windows-1252.csv": "roster, line 1: is not UTF-8",
    "libreoffice-fr-semicolon.csv": "line 2, Date: could be more than one day",
    "libreoffice-ja-comma.csv": "line 2, 日付: is not a day",
}


def read(content: str | bytes, **options: Any) -> Roster:
    raw = content.encode() if isinstance(content, str) else content
    return roster.load("roster", raw, Content.of(), **options)


def wrong(content: str | bytes, **options: Any) -> list[str]:
    try:
        return [str(fault) for fault in read(content, **options).faults]
    except OptionError as error:
        return str(error).splitlines()


def test_every_fixture_has_its_meaning_written_down() -> None:
    assert {path.name for path in FIXTURES.iterdir()} - {"README.md"} == {*MEANT, *REFUSED}


@pytest.mark.parametrize("name", MEANT)
def test_what_a_spreadsheet_exports_is_read_as_it_was_meant(name: str) -> None:
    meant, options = MEANT[name]

    found = read((FIXTURES / name).read_bytes(), **options)

    assert found.faults == ()
    assert [row.given for row in found.rows] == meant


@pytest.mark.parametrize("name", REFUSED)
def test_what_could_mean_two_things_is_refused_and_never_guessed(name: str) -> None:
    told = wrong((FIXTURES / name).read_bytes())

    assert len(told) == 1
    assert REFUSED[name] in told[0]


@pytest.mark.parametrize("encoding", ["latin-99", "\\n", "\U0001f600", "base64", "\0"])
def test_an_encoding_that_there_is_not_is_told(encoding: str) -> None:
    assert wrong("name\nAnn\n", encoding=encoding) == [f"--encoding: {encoding!r} is not known"]


def test_every_word_for_a_column_is_understood_in_every_language() -> None:
    content = Content.of()
    vocabulary = columns.Vocabulary(content)
    tags = [path.stem for path in (content.shipped / "words").glob("*.toml")]
    assert len(tags) > 15
    for tag in tags:
        words = content.table(f"words/{tag}.toml")["roster"]
        for key in columns.BY_KEY.keys() & words.keys():
            for word in words[key]:
                assert vocabulary.headers([word.upper(), words["language"][0]])[columns.folded(word)] == key, (
                    tag,
                    word,
                )
        for meaning in ("yes", "no", "left", "right", "both"):
            pool = columns.SIDES if meaning in columns.SIDES else ("yes", "no")
            for word in words[meaning]:
                assert vocabulary.word(f" {word} ", pool) == meaning, (tag, word)


def test_every_option_of_one_handout_is_a_column_or_holds_for_the_whole_run() -> None:
    from gluterelief_pdf.cli.one import command

    options = {parameter.name for parameter in command.params} - {"help"}
    covered = {column.option for column in columns.COLUMNS}
    run = {name.replace("-", "_") for name in columns.FOR_THE_RUN} | {"open_it", "no_cache", "print_to", "copies"}

    assert options - covered - run == set()


def test_mistyped_headers_are_told_with_what_they_may_have_meant() -> None:
    assert wrong("name,techniqes,Phone,logo\n") == [
        "roster, line 1, column 2: 'techniqes' is not known. Did you mean 'techniques'? Or leave it out with --ignore 'techniqes'.",
        "roster, line 1, column 3: 'Phone' is not known. The clinic's own is 'clinic-phone'. Or leave it out with --ignore 'Phone'.",
        "roster, line 1, column 4: 'logo' holds for the whole run. Give it as an option instead.",
    ]
    assert read("name,Phone\nAnn,555\n", ignored=["phone"]).rows[0].given == {"patient": "Ann"}


def test_a_list_without_a_header_line_does_not_show_its_first_patient() -> None:
    told = wrong("Ann Lee,ann@example.org\nBo Li,bo@example.org\n")

    assert told == [
        "roster, line 1: names no column that is known. The first line has to name the columns; --template FILE makes an example."
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("name,patient\n", "line 1, column 2: patient stands in column 1 already."),
        ("name\nAnn,x\n", "line 2: has 2 cells, but the header 1. A cell that holds the delimiter needs quotation marks around it."),
        ('name\n"Ann\n', "line 2: a quotation mark is not closed."),
        ('name\n"A"nn\n', "line 2: a quotation mark stands inside a cell."),
        ("name\nA\0nn\n", "line 2: has a NUL character: the file is damaged, or UTF-16 without its mark."),
        ("name,\nAnn,x\n", "line 2, column 2: something stands in a column without a name."),
        ("name,side\nAnn,middle\n", "line 2, side: is no side. Write left, right or both."),
        ("name,fillable\nAnn,perhaps\n", "line 2, fillable: is neither yes nor no. Write yes or no."),
        ("id\n../../x\n", "line 2, id: is no id. Use up to 64 letters, digits and . _ - + @."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_line_and_column(content: str, told: str) -> None:
    assert [each.removeprefix("roster, ") for each in wrong(content)] == [told]


def test_lines_are_those_of_the_file_after_breaks_in_cells_and_empty_rows() -> None:
    found = read('sep=,\r\nname,side\r\n"Ann\r\nLee",left\r\n,\r\n\r\nBo,x\r\nCy,left\r\n')

    assert [(row.number, row.line) for row in found.rows] == [(1, 3), (3, 8)]
    assert [fault.line for fault in found.faults] == [7]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"PK\3\4rest", "is an Excel or LibreOffice file, not a CSV file"),
        ("name\nŁukasz".encode("cp1250"), "line 2: is not UTF-8"),
        ("name\nAnn".encode("utf-16-le"), "has a NUL character"),
    ],
)
def test_what_is_no_csv_file_is_told(content: bytes, told: str) -> None:
    assert told in wrong(content)[0]


def test_ten_thousand_rows_and_a_cell_of_a_megabyte_are_read() -> None:
    text = io.StringIO()
    write = csv.writer(text)
    write.writerows(
        [["name", "note"], *([f"Patient {number}", ""] for number in range(10_000)), ["Last", "x" * 1_000_000]]
    )

    found = read(text.getvalue())

    assert len(found.rows) == 10_001
    assert len(found.rows[-1].given["note"]) == 1_000_000


def test_the_example_is_read_without_a_fault() -> None:
    found = read(roster.example())

    assert found.faults == ()
    assert [row.given["lang"] for row in found.rows] == ["en", "es"]
    assert [(row.id, row.email, row.consent) for row in found.rows] == [
        ("A-1", "ann@example.org", True),
        ("A-2", "", False),
    ]


def test_a_fault_shows_nothing_of_the_row() -> None:
    secret = "Zaphod"
    lines = [f"{secret},{secret},{secret},{secret},{secret},{secret},{secret} {secret}"]

    with pytest.raises(RosterError) as error:
        raise RosterError.of(
            "roster", read("\n".join(["name,language,side,edition,date,consent,email", *lines])).faults
        )

    assert str(error.value).count("\n") == 4
    assert secret not in str(error.value)

"""The words: plain, without numbers of their own, and complete."""

import re
import shutil
from pathlib import Path

import pytest

from gluterelief_pdf import facts as fact_files
from gluterelief_pdf import handout, words
from gluterelief_pdf.errors import ContentError, OptionError
from gluterelief_pdf.model import Clinic
from gluterelief_pdf.tables import Content
from tests.reading import plain
from tests.wording import CONTENT, fill, raw

FILES = sorted((CONTENT / "words").glob("*.toml"))
NUMBER_WORDS = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
    r"|twice|thrice|hundred|thousand)\b",
    re.IGNORECASE,
)
NAMES = ("figure four",)  # the name of a stretch, not a number
NEVER = re.compile(r"\b(cure[sd]?|heals?|healed|relieves?|guarantees?|keeps? away|eliminates?)\b", re.IGNORECASE)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the content that a test may spoil."""
    copy = tmp_path / "content"
    shutil.copytree(CONTENT, copy)
    return copy


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def numbers_in(text: str) -> list[str]:
    """Find digits outside placeholders, and numbers in words."""
    bare = words.PLACEHOLDER.sub("", text)
    for name in NAMES:
        bare = re.sub(name, "", bare, flags=re.IGNORECASE)
    return re.findall(r"\d+", bare) + NUMBER_WORDS.findall(bare)


def test_there_are_words() -> None:
    assert FILES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_sentence_holds_a_number_that_the_facts_do_not_give(file: Path) -> None:
    assert [(key, text) for key, text in raw(file) if numbers_in(text)] == []


def test_a_number_typed_into_a_sentence_would_be_found() -> None:
    assert numbers_in("Hold for 30 seconds") == ["30"]
    assert numbers_in("Do it twice, for {dose.hold}") == ["twice"]
    assert numbers_in("Figure four, for {dose.hold}") == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_cure_is_promised(file: Path) -> None:
    assert [(key, text) for key, text in raw(file) if NEVER.search(text)] == []


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        (
            "max = 60, lowest = 10, limit = 90",
            "max = 75, lowest = 10, limit = 90",
            "safety.hold.move-on",
            "30–75 seconds",
        ),
        ("[number.sore]\nvalue = 24", "[number.sore]\nvalue = 23", "safety.amount.rest", "23 hours"),
        ("[number.adult]\nvalue = 18", "[number.adult]\nvalue = 19", "safety.same-day.under-age", "under 19"),
        ("[number.numb]\nvalue = 30", "[number.numb]\nvalue = 1\nlimit = 30 #", "safety.feel.still-numb", "1 minute"),
    ],
)
def test_a_number_changed_in_the_facts_changes_for_the_patient(
    content: Path, old: str, new: str, key: str, says: str
) -> None:
    before = fill(content)[key]

    change(content / "facts.toml", old, new)
    if "lowest = 5\nlimit = 30" in new or "limit = 30 #" in new:
        change(content / "facts.toml", '#\nunit = "minute"\nlowest = 5\nlimit = 30', '#\nunit = "minute"\nlowest = 1')

    after = fill(content)[key]
    assert says in plain(after)
    assert says not in plain(before)


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("words/en.toml", "accident =", "acident =", "words/en.toml: safety.emergency-other.accident: is missing"),
        (
            "words/en.toml",
            "accident =",
            "acident =",
            "words/en.toml: safety.emergency-other.acident: unknown 'safety.emergency-other.acident' "
            "(did you mean 'safety.emergency-other.accident'?)",
        ),
        (
            "words/en.toml",
            "over {number.sore}.",
            "over {number.soer}.",
            "words/en.toml: safety.amount.next-position: nothing fills {number.soer}",
        ),
        (
            "words/en.toml",
            'name = "Pigeon"',
            'name = ""',
            "words/en.toml: technique.pigeon.name: should be a text or a list of texts, none of them empty",
        ),
        (
            "words/en.toml",
            "over {number.sore}.",
            "over {number.sore.",
            "words/en.toml: safety.amount.next-position: has a brace that is not part of a {placeholder}",
        ),
        (
            "facts.toml",
            'group = "press"',
            'group = "pres"',
            "facts.toml: technique.ball.group: unknown 'pres' (did you mean 'press'?)",
        ),
        (
            "facts.toml",
            "limit = 90",
            "limt = 90",
            "facts.toml: number.hold-most: unknown 'limt' (did you mean 'limit'?)",
        ),
        (
            "facts.toml",
            "[number.sore]\nvalue = 24",
            "[number.sore]\nvalue = 99",
            "facts.toml: number.sore: lowest ≤ min ≤ max ≤ limit does not hold: 12, 99, 99, 24",
        ),
        (
            "facts.toml",
            'saddle = ["S1"',
            'saddle = ["S99"',
            "facts.toml: safety.emergency-nerve.saddle: unknown 'S99' (did you mean 'S9'?)",
        ),
        (
            "facts.toml",
            'version = "2026-11"',
            'version = "new"',
            "facts.toml: version: should be a year and a month, such as 2026-11",
        ),
    ],
)
def test_a_fault_in_the_content_is_named_with_file_and_key(
    content: Path, file: str, old: str, new: str, fault: str
) -> None:
    change(content / file, old, new)

    with pytest.raises(ContentError) as error:
        fill(content)

    found = re.sub(r" \(did you mean 'S\d+'\?\)", "", str(error.value)).splitlines()
    assert re.sub(r" \(did you mean 'S\d+'\?\)", "", fault) in found


def test_all_faults_are_told_at_once(content: Path) -> None:
    change(content / "words/en.toml", "accident =", "acident =")
    change(content / "words/en.toml", 'name = "Pigeon"\n', "")

    with pytest.raises(ContentError) as error:
        fill(content)

    assert len(str(error.value).splitlines()) == 3


def test_a_translation_that_lags_behind_is_refused(content: Path) -> None:
    table = (content / "languages.toml").read_text(encoding="utf-8")
    english = table[table.index("[en]") :].split("\n\n")[0]
    (content / "languages.toml").write_text(f"{table}\n{english.replace('[en]', '[tlh]')}\n", encoding="utf-8")
    shutil.copy(content / "words/en.toml", content / "words/tlh.toml")
    change(content / "words/tlh.toml", "over {number.sore}? Rest", "for long? Rest")
    change(content / "words/tlh.toml", '[log]\ntitle = "Keep track"\n', "[log]\n")
    known = fact_files.load(Content(content))

    with pytest.raises(ContentError) as error:
        words.load("tlh", Content(content), known)

    assert str(error.value).splitlines() == [
        "words/tlh.toml: log.title: is missing",
        "words/tlh.toml: safety.amount.rest: lacks the placeholder {number.sore}",
    ]


def test_the_name_of_a_language_leads_to_its_tag() -> None:
    for name, tag in {"spanish": "es", "Deutsch": "de", "Haitian creole": "ht"}.items():
        with pytest.raises(OptionError) as error:
            handout.fill(name, Clinic())

        assert error.value.hint.startswith(f"Did you mean {tag!r}? ")


def test_an_unknown_language_tells_which_there_are() -> None:
    with pytest.raises(OptionError) as error:
        handout.fill("eng", Clinic())

    assert str(error.value) == "--lang: no words in 'eng'"
    assert error.value.hint.startswith("Did you mean 'en'? There is: en, ")

"""The words of every language: plain, promising nothing, short enough for their places."""

import re

import pytest

from tests.plain import printed
from tests.readability import SCALES, UNSPACED, score, sentence_length
from tests.reading import leaves, plain
from tests.test_languages import TAGS, filled

# "cure", "heal", "guarantee" and their twins; a language that is not here fails, so that nobody forgets it
PROMISES = {
    "en": r"\b(cure[sd]?|heals?|healed|guarantees?|eliminates?)\b",
    "es": r"\b(cura|curan|curar|sanará\w*|garantiza\w*|elimina\w*)\b",
    "fr": r"\b(guéri\w*|garanti\w*|élimine\w*)\b",
    "de": r"\b(heil\w*|garantier\w*|beseitig\w*)\b",
    "it": r"\b(guari\w+|garanti\w*|elimina\w*)\b",
    "pt-BR": r"\b(cura|curam|curar|sara|sarar|garant\w*|elimina\w*)\b",
    "pl": r"\b(wylecz\w*|uleczy\w*|uzdraw\w*|gwarant\w*)\b",
    "ru": r"\b(излеч\w*|вылеч\w*|исцел\w*|гарант\w*)\b",
    "uk": r"\b(вилік\w*|зціл\w*|гарант\w*)\b",
    "vi": r"chữa khỏi|khỏi hẳn|chữa lành|đảm bảo khỏi",
    "fil": r"\b(gagaling|nagpapagaling|lunas|garantisado\w*|mawawala ang sakit)\b",
    "ht": r"\b(geri|gerizon|garanti)\b",
    "ar": r"يشفي|شفاء|يضمن|مضمون",
    "fa": r"شفا|درمان قطعی|تضمین",
    "hi": r"ठीक कर देता|ठीक हो जाएगा|गारंटी",
    "zh-Hans": r"治愈|根治|治好|保证",
    "zh-Hant": r"治癒|根治|治好|保證",
    "ja": r"治り|治る|治す|完治|保証",
    "ko": r"완치|낫습니다|치료됩니다|보장",
}
MEAN, LONGEST = (
    12,
    25,
)  # words; standards ask for 20 at most, which languages that write syllables or particles apart exceed
MEAN_CHARACTERS, LONGEST_CHARACTERS = 35, 65  # where words are not spaced
FITS = {  # characters that are seen, as each place has room for
    r"^cell\.|\.cells\.\d+\.value$": 22,
    r"\.cells\.\d+\.label$": 26,
    r"^log\.days\.\d$": 5,
    r"^safety\.(pressure|place|hold|amount|feel|floor)\.title$": 16,
    r"^(group|summary|prevention|what|log)\.(\w+\.)?title$": 40,
    r"^figure\.pressure-scale\.caption$": 68,
}


@pytest.mark.parametrize("tag", TAGS)
def test_nothing_is_promised(tag: str) -> None:
    said = leaves(filled(tag).texts)

    assert [key for key, text in said if re.search(PROMISES[tag], text, re.IGNORECASE)] == []


def test_a_promise_would_be_found() -> None:
    promises = {
        "en": "This cures pain",
        "de": "Das heilt",
        "ru": "Это вылечит",
        "ja": "痛みが治ります",
        "ar": "هذا شفاء",
    }

    assert all(re.search(PROMISES[tag], text, re.IGNORECASE) for tag, text in promises.items())


@pytest.mark.parametrize("tag", TAGS)
def test_sentences_are_short_in_every_language(tag: str) -> None:
    mean, longest = sentence_length(tag, [text for key, text in printed(tag) if key != "summary.equipment"])

    assert mean <= (MEAN_CHARACTERS if tag in UNSPACED else MEAN)
    assert longest <= (LONGEST_CHARACTERS if tag in UNSPACED else LONGEST)


@pytest.mark.parametrize("tag", SCALES)
def test_a_language_with_a_formula_of_its_own_reads_as_plain(tag: str) -> None:
    assert score(tag, [text for _, text in printed(tag)]) >= SCALES[tag].plain


def test_a_hard_text_would_score_low() -> None:
    hard = "Das myofasziale Schmerzsyndrom erfordert individualisierte interdisziplinäre Rehabilitationsmaßnahmen."

    assert score("de", [hard]) < SCALES["de"].plain


@pytest.mark.parametrize("tag", TAGS)
def test_what_stands_in_a_narrow_place_is_short(tag: str) -> None:
    long = [
        (key, len(plain(text)), text)
        for key, text in leaves(filled(tag).texts)
        for place, most in FITS.items()
        if re.search(place, key) and len(plain(text)) > most
    ]

    assert long == []

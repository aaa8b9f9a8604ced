"""How hard a text is to read: the formula of its language where one is in use, and the length of its sentences.

Syllables are counted by vowel groups, which in English is exact for about nine words in ten.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

WORD = re.compile(r"[\w\u0900-\u097f'’\u200c–-]+")
SENTENCE = re.compile(r"(?<=[.!?:;؟؛।])\s+|(?<=[。！？：；])")
UNSPACED = ("zh-Hans", "zh-Hant", "ja")  # sentences are measured in characters
VOWELS = {
    "es": "aeiouáéíóúü",
    "fr": "aeiouyàâæéèêëîïôœùûü",
    "de": "aeiouyäöü",
    "it": "aeiouàèéìòù",
    "pt-BR": "aeiouáâãàéêíóôõú",
    "ru": "аеёиоуыэюя",
}


@dataclass(frozen=True, slots=True)
class Scale:
    """A formula of sentence length and word length, and the value at which a text counts as plain."""

    name: str
    score: Callable[[float, float, float], float]  # words a sentence, syllables a word, letters a word
    plain: float  # at least


SCALES: Mapping[str, Scale] = {
    "es": Scale("Fernández-Huerta", lambda asl, asw, _: 206.84 - 60 * asw - 1.02 * asl, 60),
    "fr": Scale("Kandel-Moles", lambda asl, asw, _: 207 - 1.015 * asl - 73.6 * asw, 60),
    "de": Scale("Amstad", lambda asl, asw, _: 180 - asl - 58.5 * asw, 50),
    "it": Scale("Gulpease", lambda asl, _, letters: 89 + 300 / asl - 10 * letters, 60),
    "pt-BR": Scale("Martins", lambda asl, asw, _: 248.835 - 1.015 * asl - 84.6 * asw, 50),
    "ru": Scale("Oborneva", lambda asl, asw, _: 206.835 - 1.3 * asl - 60.1 * asw, 50),
}


def sentences(texts: Iterable[str]) -> list[list[str]]:
    """Split texts into sentences of words; an item of a list is a sentence of its own."""
    parts = (WORD.findall(part) for text in texts for part in SENTENCE.split(text))
    return [words for words in parts if words]


def syllables(word: str) -> int:
    """Count the syllables of an English word: vowel groups, less a silent e."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    count = len(re.findall(r"[aeiouy]+", letters))
    silent = letters.endswith("e") and not letters.endswith(("le", "ee"))
    silent |= letters.endswith("es") and not letters.endswith(
        ("les", "ses", "xes", "zes", "ces", "ges", "ches", "shes")
    )
    silent |= letters.endswith("ed") and not letters.endswith(("ted", "ded"))
    return max(1, count - silent)


def grade(texts: Iterable[str]) -> float:
    """Give the Flesch-Kincaid grade of English."""
    found = sentences(texts)
    words = [word for sentence in found for word in sentence]
    per_sentence = len(words) / len(found)
    return 0.39 * per_sentence + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def score(tag: str, texts: Iterable[str]) -> float:
    """Give the score by the formula of a language; the higher, the easier.

    Raises:
        KeyError: if none is in use for it.
    """
    found = sentences(texts)
    words = [word for sentence in found for word in sentence]
    groups = re.compile(f"[{VOWELS[tag]}]+") if tag in VOWELS else None
    count = sum(max(1, len(groups.findall(word.lower()))) for word in words) if groups else 0
    if tag == "fr":  # a silent e at the end of a word of more than one syllable
        count -= sum(len(groups.findall(word.lower())) > 1 and bool(re.search(r"(e|es|ent)$", word)) for word in words)  # type: ignore[union-attr]
    letters = sum(map(len, words))
    return SCALES[tag].score(len(words) / len(found), count / len(words), letters / len(words))


def sentence_length(tag: str, texts: Iterable[str]) -> tuple[float, int]:
    """Give the mean and the longest sentence, in words, or in characters where words are not spaced."""
    if tag in UNSPACED:
        lengths = [len(part.strip()) for text in texts for part in SENTENCE.split(text) if part.strip()]
    else:
        lengths = [len(sentence) for sentence in sentences(texts)]
    return sum(lengths) / len(lengths), max(lengths)

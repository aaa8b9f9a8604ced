"""The English words as they are written and as they are filled in: what the tests of words share."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from gluterelief_pdf import facts as fact_files
from gluterelief_pdf import plan, texts, words
from gluterelief_pdf.model import Clinic
from gluterelief_pdf.resources import shipped
from gluterelief_pdf.tables import Content
from tests.reading import leaves

CONTENT = shipped("content")


def fill(content: Path) -> dict[str, str]:
    """Fill the English words from a folder."""
    source = Content(content)
    known = fact_files.load(source)
    spoken = words.load("en", source, known)
    filler = texts.Filler(spoken, known, plan.make(known), Clinic(), fact_files.regions(source))
    return dict(leaves(filler.tree()))


def raw(file: Path) -> Iterator[tuple[str, str]]:
    for key, value in words.flat(tomllib.loads(file.read_text(encoding="utf-8"))).items():
        for sentence in words.sentences(value):
            yield key, sentence

"""Content that is read once, and used for many sheets."""

from collections.abc import Mapping
from functools import cached_property

from gluterelief_pdf import facts, words
from gluterelief_pdf.model import Facts, Figure, Region
from gluterelief_pdf.tables import Content
from gluterelief_pdf.words import Words


class Shelf:
    """The content as it was when it was first asked for."""

    def __init__(self, content: Content | None = None) -> None:
        self.content = content or Content.of()
        self._words: dict[str, Words] = {}

    @cached_property
    def facts(self) -> Facts:
        """All numbers, and all that must be on a sheet."""
        return facts.load(self.content)

    @cached_property
    def figures(self) -> Mapping[str, Figure]:
        """The drawings."""
        return facts.figures(self.content)

    @cached_property
    def regions(self) -> Mapping[str, Region]:
        """Every country that a clinic may stand in."""
        return facts.regions(self.content)

    def words(self, tag: str) -> Words:
        """Give the words of one language."""
        if tag not in self._words:
            self._words[tag] = words.load(tag, self.content, self.facts)
        return self._words[tag]

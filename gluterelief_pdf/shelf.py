"""Content that is read once, and used for many sheets."""

from collections.abc import Mapping
from functools import cached_property

from gluterelief_pdf import facts, fonts, words
from gluterelief_pdf.model import Facts, Figure, Language, Region
from gluterelief_pdf.tables import Content
from gluterelief_pdf.words import Words


class Shelf:
    """The content as it was when it was first asked for."""

    def __init__(self, content: Content | None = None) -> None:
        self.content = content or Content.of()
        self._words: dict[str, Words] = {}
        self._languages: dict[tuple[str, str], Language] = {}

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

    def language(self, tag: str, *, option: str = "--lang") -> Language:
        """Find a language whose words can be read, and whose font is here.

        Raises:
            OptionError: if there is no such language.
            ContentError: if its words are wrong.
            RenderError: if its font is not installed.
        """
        if (tag, option) not in self._languages:
            found = words.find(tag, self.content, option=option)
            fonts.of(found)
            self.words(found.tag)
            self._languages[tag, option] = found
        return self._languages[tag, option]

    def words(self, tag: str) -> Words:
        """Give the words of one language."""
        if tag not in self._words:
            self._words[tag] = words.load(tag, self.content, self.facts)
        return self._words[tag]

"""Two languages on one sheet: each text carries its twin, so that one template tree prints both."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, Self

from markupsafe import escape

from gluterelief_pdf.model import Language

ONLY_FIRST = ("alt", "footer", "version", "logo", "logo-unnamed", "sources")  # read by machines, or said once


class Both(str):
    """A text in the sheet's language, with its twin in the other one; as HTML it is both, else only the first."""

    twin: str
    language: Language

    def __new__(cls, text: str, twin: str, language: Language) -> Self:
        """Pair two texts."""
        pair = super().__new__(cls, text)
        pair.twin, pair.language = twin, language
        return pair

    def __getnewargs__(self) -> tuple[str, str, Language]:  # type: ignore[override]
        """Tell what it is made of, so that a sheet can be sent to another process."""
        return str(self), self.twin, self.language

    def __html__(self) -> str:
        """Write both; the twin is tagged with its language."""
        opening = f'<span class="twin" lang="{self.language.tag}" dir="{self.language.direction}">'
        return f"{escape(str.__str__(self))}{opening}{escape(self.twin)}</span>"


def merge(tree: Any, other: Any, language: Language, key: str = "") -> Any:
    """Pair all texts of two filled trees; where both say the same, or only one is needed, it stands once."""
    if isinstance(tree, SimpleNamespace):
        pairs = {name: (value, getattr(other, name, "")) for name, value in vars(tree).items()}
        return SimpleNamespace(**{name: merge(mine, theirs, language, name) for name, (mine, theirs) in pairs.items()})
    if isinstance(tree, tuple):
        same = isinstance(other, tuple) and len(other) == len(tree)
        return tuple(merge(mine, other[place], language, key) if same else mine for place, mine in enumerate(tree))
    if key in ONLY_FIRST or not other or str(tree) == str(other) or not tree:
        return tree
    return Both(tree, other, language)


def first(text: str) -> str:
    """Give a text in the sheet's language alone."""
    return str.__str__(text)


def ended(text: str, stop: str) -> str:
    """End a name with the full stop of its language, as it stands before a sentence."""
    ended = f"{first(text)}{stop}"
    return Both(ended, f"{text.twin}{text.language.stop}", text.language) if isinstance(text, Both) else ended


def together(texts: Iterable[str], between: str = " ") -> str:
    """Join sentences to one text; those of two languages to one text with one twin."""
    texts = list(texts)
    joined = between.join(first(text) for text in texts)
    languages = [text.language for text in texts if isinstance(text, Both)]
    if not languages:
        return joined
    twins = (text.twin if isinstance(text, Both) else text for text in texts)
    return Both(joined, languages[0].between.join(twins), languages[0])

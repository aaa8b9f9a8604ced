"""The marks that templates put round parts of a sheet, and what stands between them.

`<!--whole-->` and `<!--/whole-->` stand round what is never broken over the page's end, `<!--broken-->` round what is
where the page ends in it, and `<!--measured-->` round what stays in place, since its neighbours make way for it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

WHOLE, BROKEN, MEASURED, END = "<!--whole-->", "<!--broken-->", "<!--measured-->", "<!--/whole-->"
TOKEN = re.compile(rf"{WHOLE}|{BROKEN}|{MEASURED}|{END}|<(/?)([a-z][a-z0-9]*)\b[^>]*>")
TEXT = re.compile(r"(?<=>)[^<>{}]+(?=<)")  # not the style sheet's
DIGIT = re.compile(r"\d")
EMPTY = frozenset(("br", "hr", "img", "input", "link", "meta"))  # elements without an end


@dataclass(slots=True)
class Found:
    """A part in a page of HTML, with the parts in it."""

    start: int
    end: int
    around: tuple[str, ...]  # the elements it stands in, below the body
    inner: list["Found"]
    kind: str  # of its beginning
    content: str = ""  # with room for what is in it
    name: str = ""  # of all that its boxes depend on: not what stands in the rooms, but how high they are
    filled: list["Found"] = field(default_factory=list)  # those in it that have a room

    @property
    def level(self) -> int:
        """How many parts are nested in it."""
        return max((part.level + 1 for part in self.inner), default=0)


def found(html: str, begun: int) -> list[Found]:
    """Find the parts of a page; none if a template is not nested as it should be."""
    around: list[str] = []
    found: list[Found] = []
    begins: list[tuple[re.Match[str], tuple[str, ...], int]] = []
    for token in TOKEN.finditer(html, begun):
        if token[0] in (WHOLE, BROKEN, MEASURED):
            begins.append((token, tuple(around), len(found)))
        elif token[0] == END and begins:
            start, held, inner = begins.pop()
            if len(around) == len(held):
                found[inner:] = [Found(start.end(), token.start(), held, found[inner:], start[0])]
        elif token[1]:
            if not around:
                break  # the end of the body
            around.pop()
        elif token[2] and token[2] not in EMPTY:
            around.append(token[0])
    return found


def every(found: Iterable[Found]) -> Iterator[Found]:
    """Give parts, and after each those in it."""
    for part in found:
        yield part
        yield from every(part.inner)


def alike(html: str) -> str:
    """Put zeros, of the same script, in place of all digits in the texts of a page."""
    return TEXT.sub(
        lambda text: DIGIT.sub(lambda digit: chr(ord(digit[0]) - unicodedata.digit(digit[0])), text[0]), html
    )

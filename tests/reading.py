"""A PDF read back: its text, its structure tree, the type on its pages."""

import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from pypdf import PdfReader
from pypdf.generic import IndirectObject


def plain(text: str) -> str:
    """Fold white space and drop what can't be seen, so that a line break is no difference."""
    return " ".join(text.replace("\N{WORD JOINER}", "").replace("\N{NO-BREAK SPACE}", " ").split())


def squeezed(text: str) -> str:
    """Drop all white space: a range of numbers may break over two lines."""
    return re.sub(r"\s", "", plain(text))


def leaves(tree: Any, above: str = "") -> Iterator[tuple[str, str]]:
    """Walk all texts of a filled tree, each with its dotted key."""
    if isinstance(tree, SimpleNamespace):
        for key, below in vars(tree).items():
            yield from leaves(below, f"{above}.{key}" if above else key)
    elif isinstance(tree, tuple):
        for number, below in enumerate(tree):
            yield from leaves(below, f"{above}.{number}")
    else:
        yield above, str(tree)


@dataclass(frozen=True)
class Node:
    """An element of the structure tree."""

    kind: str
    entry: Any  # a dictionary of the PDF
    parent: "Node | None"
    kids: list["Node"] = field(default_factory=list)
    content: list[tuple[int, int]] = field(default_factory=list)  # page number, marked content

    def walk(self) -> Iterator["Node"]:
        yield self
        for kid in self.kids:
            yield from kid.walk()


class Reading:
    """What is in a PDF."""

    def __init__(self, pdf: bytes) -> None:
        self.reader: Any = PdfReader(io.BytesIO(pdf))

    @cached_property
    def pages(self) -> list[str]:
        """The text of each page."""
        return [plain(page.extract_text()) for page in self.reader.pages]

    @cached_property
    def text(self) -> str:
        return squeezed(" ".join(self.pages))

    def says(self, sentence: str) -> bool:
        """Tell whether a sentence stands on the sheet, whole or going on on the next page."""
        if squeezed(sentence) in self.text:
            return True
        pages, words = [squeezed(page) for page in self.pages], plain(sentence).split()
        parts = [(squeezed(" ".join(words[:n])), squeezed(" ".join(words[n:]))) for n in range(1, len(words))]
        return any(
            begun in page and rest in following
            for page, following in itertools.pairwise(pages)
            for begun, rest in parts
        )

    @cached_property
    def sizes(self) -> list[tuple[float, str]]:
        """Every run of text with its size in points."""
        found: list[tuple[float, str]] = []

        def note(text: str, _user: list[float], matrix: list[float], _font: Any, size: float) -> None:
            if text.strip():
                found.append((round(size * abs(matrix[3]) * abs(_user[3]), 2), text))

        for page in self.reader.pages:
            page.extract_text(visitor_text=note)
        return found

    @cached_property
    def root(self) -> Node:
        """The structure tree."""
        catalog = self.reader.trailer["/Root"]
        pages = {
            page.indirect_reference.idnum: n for n, page in enumerate(self.reader.pages) if page.indirect_reference
        }
        return self._node(catalog["/StructTreeRoot"]["/K"][0].get_object(), None, pages)

    def _node(self, entry: Any, parent: Node | None, pages: dict[int, int]) -> Node:
        node = Node(str(entry["/S"]), entry, parent)
        kids = entry.get("/K", [])
        for kid in kids if isinstance(kids, list) else [kids]:
            if isinstance(kid, int):
                place = entry.raw_get("/Pg")
                assert isinstance(place, IndirectObject)
                node.content.append((pages[place.idnum], kid))
            else:
                below = kid.get_object()
                if "/S" in below:
                    node.kids.append(self._node(below, node, pages))
        return node

    def all(self, kind: str) -> list[Node]:
        """Every element of a kind."""
        return [node for node in self.root.walk() if node.kind == kind]

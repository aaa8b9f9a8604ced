"""Parts of a sheet that are laid out once and put into many: steps, boxes, whatever depends on nothing around it.

The templates put `<!--whole-->` and `<!--/whole-->` round what is never broken over the page's end. Each such part is
laid out by itself, always at the same place, and the sheet with an empty box of its height in place of it; then the
part's boxes are moved there. So it gives the same bytes whether it was laid out for this sheet or for another.

Besides WeasyPrint's public interface this needs the boxes of a page, and `layout_box_backgrounds`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from weasyprint.document import Page
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder
from weasyprint.layout.background import layout_box_backgrounds

START, END = "<!--whole-->", "<!--/whole-->"
TOKEN = re.compile(rf"{START}|{END}|<(/?)([a-z][a-z0-9]*)\b[^>]*>")
EMPTY = frozenset(("br", "hr", "img", "input", "link", "meta"))  # elements without an end
STEPS, PICTURE = '<div class="how">', '<div class="pic"></div>'  # a picture beside the steps makes them narrower
PAPER = re.compile(r"@page \{\s*size: (letter|a4);")
WIDTHS = {"letter": "8.5in", "a4": "210mm"}
ENDLESS = "@page {{ size: {width} 20000mm; @bottom-left {{ content: none }} @bottom-right {{ content: none }} }}"
MM_PER_PX = 25.4 / 96
HIGHEST_PX = 560  # 148 mm: what is higher stays in place, and may have to be broken
MOST = 300  # parts kept in memory; a sheet has some thirty
NAME = "data-part"


@dataclass(frozen=True, slots=True)
class _Found:
    """A part in a page of HTML."""

    name: str
    start: int
    end: int
    around: tuple[str, ...]  # the elements it stands in, below the body
    content: str

    @property
    def alone(self) -> str:
        """Write it by itself, at the top of the page."""
        after = [f"</{TOKEN.fullmatch(tag)[2]}>{PICTURE if tag == STEPS else ''}" for tag in reversed(self.around)]  # type: ignore[index]
        inside = f'<div {NAME}="{self.name}" style="display: flow-root">{self.content}</div>'
        top = '<div style="position: absolute; top: 0; left: 0; right: 0">'
        return "".join([top, *self.around, inside, *after, "</div>"])


@dataclass(frozen=True, slots=True)
class _Part:
    """What was laid out: its boxes, and the margins that go through to its neighbours, in px."""

    box: Any
    above: float
    height: float  # without them
    below: float


class Parts:
    """The parts of the sheets made so far."""

    def __init__(self) -> None:
        self._kept: dict[str, _Part] = {}

    def clear(self) -> None:
        """Forget them."""
        self._kept.clear()

    def laid_out(self, html: str, style: str, render: Callable[[str], Any]) -> Any:
        """Lay a page out; its parts are still missing then, until `fill` puts them in."""
        if not (found := self._prepared(html, style, render)):
            return render(html)
        document = render(self._with_room(html, found))
        document.parts = {part.name: self._kept[part.name] for part in found}
        return document

    def height(self, html: str, style: str, render: Callable[[str], Any]) -> float:
        """Tell how high the parts of a page are together, in mm."""
        return sum(self._kept[part.name].height for part in self._prepared(html, style, render)) * MM_PER_PX

    def _prepared(self, html: str, style: str, render: Callable[[str], Any]) -> list[_Found]:
        """Find the parts of a page, and lay out those that are new."""
        paper = PAPER.search(html)
        found = list(_found(html, style)) if paper else []
        if len(self._kept) > MOST:
            self.clear()
        if new := {part.name: part for part in found if part.name not in self._kept}:
            assert paper
            for name, part in _laid_out(html, WIDTHS[paper[1]], new.values(), render):
                self._kept.setdefault(name, part)  # boxes without an element of their own have their parent's name
        return found

    def _with_room(self, html: str, found: Iterable[_Found]) -> str:
        """Put empty boxes in place of the parts."""
        pieces, done = [], 0
        for part in found:
            made = self._kept[part.name]
            if made.height > HIGHEST_PX:
                continue
            room = f"height: {made.height!r}px; margin: {made.above!r}px 0 {made.below!r}px; break-inside: avoid"
            pieces += [html[done : part.start], f'<div {NAME}="{part.name}" style="{room}"></div>']
            done = part.end
        return "".join([*pieces, html[done:]])


def fill(document: Any) -> None:
    """Put the parts into a page that was laid out with room for them."""
    known: dict[str, _Part] = getattr(document, "parts", {})
    for number, page in enumerate(document.pages if known else ()):
        rooms = [box for box in page._page_box.descendants() if _name(box) in known]
        for room in rooms:
            part = known[_name(room)]
            right = room.content_box_x() - part.box.content_box_x()
            down = room.content_box_y() - part.box.content_box_y() - part.above
            room.children = [_moved(child, right, down, page._page_box) for child in part.box.children]
        if rooms:
            document.pages[number] = Page(page._page_box)  # which reads the headings and links in them


def _found(html: str, style: str) -> Iterator[_Found]:
    """Find the parts of a page; none if a template is not nested as it should be."""
    root, head, body = (html.find(tag) for tag in ("<html", "<style>", "<body"))
    if not 0 <= root < head < body:
        return
    begun = html.index(">", body) + 1
    known = sha256("\0".join((style, html[root : html.index(">", root)], html[head:begun])).encode())
    around: list[str] = []
    start = None
    for token in TOKEN.finditer(html, begun):
        if token[0] == START:
            start, held = token, tuple(around)
        elif token[0] == END:
            if start and len(around) == len(held):
                content = html[start.end() : token.start()]
                name = known.copy()
                name.update("\0".join((*held, content)).encode())
                yield _Found(name.hexdigest(), start.start(), token.end(), held, content)
            start = None
        elif token[1]:
            if not around:
                return  # the end of the body
            around.pop()
        elif token[2] not in EMPTY:
            around.append(token[0])


def _laid_out(
    html: str, width: str, parts: Iterable[_Found], render: Callable[[str], Any]
) -> Iterator[tuple[str, _Part]]:
    head = html[: html.index(">", html.index("<body")) + 1]
    page = head.replace("</head>", f"<style>{ENDLESS.format(width=width)}</style></head>", 1)
    document = render("".join([page, *(part.alone for part in parts), "</body></html>"]))
    for box in document.pages[0]._page_box.descendants(placeholders=True):
        if name := _name(box):
            yield name, _measured(box)


def _measured(box: Any) -> _Part:
    flow = [child for child in box.children if child.is_in_normal_flow()]
    top = min(child.border_box_y() for child in flow[:1]) if flow else box.content_box_y()
    bottom = max(child.border_box_y() + child.border_height() for child in flow[-1:]) if flow else top
    above = top - box.content_box_y()
    below = box.content_box_y() + box.height - bottom
    return _Part(box, above, box.height - above - below, below)


def _name(box: Any) -> str:
    named = isinstance(box, boxes.BlockBox) and box.element is not None and box.element_tag == "div"
    return box.element.get(NAME, "") if named else ""


def _moved(box: Any, right: float, down: float, page: Any) -> Any:
    """Copy a box with all that is in it to another place."""
    if isinstance(box, AbsolutePlaceholder):
        box = box._box
    new = box.copy()
    new.position_x += right
    new.position_y += down
    if isinstance(new, boxes.ParentBox):
        new.children = [_moved(child, right, down, page) for child in box.children]
    if isinstance(new, boxes.TableBox):
        new.column_positions = [position + right for position in box.column_positions]
        new.column_groups = tuple(_moved(group, right, down, page) for group in box.column_groups)
    if getattr(new, "background", None):
        layout_box_backgrounds(page, new, None, layout_children=False)
    return new

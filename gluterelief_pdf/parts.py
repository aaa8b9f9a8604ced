"""Parts of a sheet that are laid out once and put into many: steps, boxes, whatever depends on nothing around it.

The templates put `<!--whole-->` and `<!--/whole-->` round what is never broken over the page's end, `<!--box-->` round
what is not in most layouts, and `<!--broken-->` round what is only measured. Each such part is laid out by itself,
always at the same place, and the sheet with empty boxes of the height of those that are not broken; then their boxes
are moved there. So they give the same bytes whether they were laid out for this sheet or for another.

Besides WeasyPrint's public interface this needs the boxes of a page, and `layout_box_backgrounds`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from weasyprint.document import Page
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder
from weasyprint.layout.background import layout_box_backgrounds

START, BOX, BROKEN, END = "<!--whole-->", "<!--box-->", "<!--broken-->", "<!--/whole-->"
TOKEN = re.compile(rf"{START}|{BOX}|{BROKEN}|{END}|<(/?)([a-z][a-z0-9]*)\b[^>]*>")
EMPTY = frozenset(("br", "hr", "img", "input", "link", "meta"))  # elements without an end
BESIDE = {  # what stands before and after an element and makes it narrower
    '<div class="how">': ("", '<div class="pic"></div>'),
    "<tbody>": (f"<thead><tr>{'<th></th>' * 8}</tr></thead>", ""),
    '<ul class="left">': ("", "<ul></ul>"),
    '<ul class="right">': ("<ul></ul>", ""),
}
PAPER = re.compile(r"@page \{\s*size: (letter|a4);")
WIDTHS = {"letter": "8.5in", "a4": "210mm"}
ENDLESS = "@page {{ size: {width} 20000mm; @bottom-left {{ content: none }} @bottom-right {{ content: none }} }}"
MM_PER_PX = 25.4 / 96
LOG_BESIDE = '<section class="logbook beside">'
HIGHEST_PX = 560  # 148 mm: what is higher stays in place, and may have to be broken
MOST = 500  # parts kept in memory, some 100 kB each; a sheet has some sixty in each layout
ONCE = 10  # sheets after which a part is forgotten that was in one only, as a dose of its own is
NAME = "data-part"
NOTHING = ("", "")
TOP = '<div style="position: absolute; top: 0; left: 0; right: 0">'
LOW = '<div style="display: block; height: 0">'  # so that the next one is no lower


@dataclass(slots=True)
class _Found:
    """A part in a page of HTML, with the parts in it."""

    start: int
    end: int
    around: tuple[str, ...]  # the elements it stands in, below the body
    inner: list["_Found"]
    kind: str  # of its beginning
    content: str = ""  # with room for what is in it
    name: str = ""  # of all that its boxes depend on: not what stands in the rooms, but how high they are
    filled: list["_Found"] = field(default_factory=list)  # those in it that have a room

    @property
    def level(self) -> int:
        """How many parts are nested in it."""
        return max((part.level + 1 for part in self.inner), default=0)


@dataclass(frozen=True, slots=True)
class _Part:
    """What was laid out: its boxes, and the margins that go through to its neighbours, in px."""

    box: Any
    above: float
    height: float  # without them
    below: float


_Filling = Sequence[tuple[_Part, "_Filling"]]  # what stands in the rooms of a page or part, by their numbers


class Parts:
    """The parts of the sheets made so far."""

    def __init__(self) -> None:
        self._kept: dict[str, _Part] = {}
        self._used: dict[str, tuple[int, int]] = {}  # the first and the last sheet that had it; the last used is last
        self._sheet = 0

    def begin(self) -> None:
        """Begin a sheet: forget what other sheets will hardly need."""
        self._sheet += 1
        for name, (first, last) in list(self._used.items()):
            if len(self._used) > MOST or (first == last and last < self._sheet - ONCE):
                del self._kept[name], self._used[name]

    def clear(self) -> None:
        """Forget them."""
        self._kept.clear()
        self._used.clear()

    def laid_out(self, html: str, style: str, render: Callable[[str], Any]) -> Any:
        """Lay a page out; its parts are still missing then, until `fill` puts them in."""
        if not (found := self._prepared(html, style, render)):
            return render(html)
        made, filled = self._with_rooms(html, 0, len(html), found)
        document = render(made)
        document.filling = self._filling(filled)
        return document

    def pieces(self, html: str, style: str, render: Callable[[str], Any]) -> Iterator[Mapping[str, Any]]:
        """Tell how high the parts of a page are that stand in no other, from top to bottom: see `layout.Piece`."""
        start = 0
        for part in self._prepared(html, style, render):
            made = self._kept[part.name]
            yield {
                **{name: getattr(made, name) * MM_PER_PX for name in ("above", "height", "below")},
                "box": part.kind == BOX,
                "broken": part.kind == BROKEN,
                "headings": html.count("<h2", start, part.start),
                "beside": LOG_BESIDE in part.around,
            }
            start = part.end

    def _prepared(self, html: str, style: str, render: Callable[[str], Any]) -> list[_Found]:
        """Find the parts of a page, and lay out those that are new, the innermost first."""
        paper = PAPER.search(html)
        root, head, body = (html.find(tag) for tag in ("<html", "<style>", "<body"))
        if not paper or not 0 <= root < head < body:
            return []
        found = _found(html, html.index(">", body) + 1)
        known = sha256(
            "\0".join((style, html[root : html.index(">", root)], html[head : html.index(">", body)])).encode()
        )
        levels: dict[int, list[_Found]] = {}
        for part in _all(found):
            levels.setdefault(part.level, []).append(part)
        for _, parts in sorted(levels.items()):
            for part in parts:
                part.content, part.filled = self._with_rooms(html, part.start, part.end, part.inner)
                name = known.copy()
                name.update("\0".join((*part.around, part.content)).encode())
                part.name = name.hexdigest()
            new = {part.name: part for part in parts if part.name not in self._kept}
            if new:
                self._kept |= _laid_out(html, WIDTHS[paper[1]], new, render)
            for part in parts:
                first, _ = self._used.pop(part.name, (self._sheet, 0))
                self._used[part.name] = first, self._sheet  # as the last
        return found

    def _with_rooms(self, html: str, start: int, end: int, found: Iterable[_Found]) -> tuple[str, list[_Found]]:
        """Put empty boxes in place of the parts, and tell which; in place of those in a part that is too high."""
        pieces: list[str] = []
        filled: list[_Found] = []
        for part in self._low(found):
            made = self._kept[part.name]
            room = f"height: {made.height!r}px; margin: {made.above!r}px 0 {made.below!r}px; break-inside: avoid"
            pieces += [html[start : part.start], f'<div {NAME}="{len(filled)}" style="{room}"></div>']
            filled.append(part)
            start = part.end
        return "".join([*pieces, html[start:end]]), filled

    def _low(self, found: Iterable[_Found]) -> Iterator[_Found]:
        for part in found:
            if part.kind == BROKEN or self._kept[part.name].height > HIGHEST_PX:
                yield from self._low(part.inner)
            else:
                yield part

    def _filling(self, filled: Iterable[_Found]) -> _Filling:
        return [(self._kept[part.name], self._filling(part.filled)) for part in filled]


def fill(document: Any) -> None:
    """Put the parts into a page that was laid out with room for them."""
    filling: _Filling = getattr(document, "filling", ())
    for number, page in enumerate(document.pages if filling else ()):
        box = page._page_box
        box.children = _filled(box.children, filling, box)
        document.pages[number] = Page(box)  # which reads the headings and links in it


def _filled(children: Iterable[Any], filling: _Filling, page: Any) -> list[Any]:
    """Put what belongs into rooms in place of them, at any depth."""
    done: list[Any] = []
    for child in children:
        if (number := _room(child, filling)) is not None:
            part, inner = filling[number]
            right = child.content_box_x() - part.box.content_box_x()
            down = child.content_box_y() - part.box.content_box_y() - part.above
            done += _filled([_moved(each, right, down, page) for each in part.box.children], inner, page)
            continue
        if isinstance(child, boxes.ParentBox):
            child.children = _filled(child.children, filling, page)
        done.append(child)
    return done


def _room(box: Any, filling: _Filling) -> int | None:
    """Tell which room a box is."""
    name = _name(box)
    return int(name) if name.isdecimal() and int(name) < len(filling) else None


def _found(html: str, begun: int) -> list[_Found]:
    """Find the parts of a page; none if a template is not nested as it should be."""
    around: list[str] = []
    found: list[_Found] = []
    begins: list[tuple[re.Match[str], tuple[str, ...], int]] = []
    for token in TOKEN.finditer(html, begun):
        if token[0] in (START, BOX, BROKEN):
            begins.append((token, tuple(around), len(found)))
        elif token[0] == END and begins:
            start, held, inner = begins.pop()
            if len(around) == len(held):
                found[inner:] = [_Found(start.end(), token.start(), held, found[inner:], start[0])]
        elif token[1]:
            if not around:
                break  # the end of the body
            around.pop()
        elif token[2] and token[2] not in EMPTY:
            around.append(token[0])
    return found


def _all(found: Iterable[_Found]) -> Iterator[_Found]:
    for part in found:
        yield part
        yield from _all(part.inner)


def _laid_out(html: str, width: str, parts: Mapping[str, _Found], render: Callable[[str], Any]) -> dict[str, _Part]:
    head = html[: html.index(">", html.index("<body")) + 1]
    page = head.replace("</head>", f"<style>{ENDLESS.format(width=width)}</style></head>", 1)
    groups: dict[tuple[str, ...], list[_Found]] = {}
    for part in parts.values():
        groups.setdefault(part.around, []).append(part)
    document = render("".join([page, *map(_alone, groups, groups.values()), "</body></html>"]))
    made: dict[str, _Part] = {}
    for box in document.pages[0]._page_box.descendants(placeholders=True):
        if (name := _name(box)) in parts and name not in made:  # boxes without an element have their parent's name
            made[name] = _measured(box)
    return made


def _alone(around: Sequence[str], parts: Iterable[_Found]) -> str:
    """Write parts by themselves, each at the top of the page."""
    before = [f"{BESIDE.get(tag, NOTHING)[0]}{tag}" for tag in around]
    after = [f"</{TOKEN.fullmatch(tag)[2]}>{BESIDE.get(tag, NOTHING)[1]}" for tag in reversed(around)]  # type: ignore[index]
    each = (f'{LOW}<div {NAME}="{part.name}" style="display: flow-root">{part.content}</div></div>' for part in parts)
    return "".join([TOP, *before, *each, *after, "</div>"])


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

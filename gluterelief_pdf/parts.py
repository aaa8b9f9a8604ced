"""Parts of a sheet that are laid out once and put into many: steps, boxes, whatever depends on nothing around it.

Each part that a template marks (marks.py) is laid out by itself, always at the same place, and the sheet with empty
boxes of the height of those that no page ends in; then their boxes are moved there. So they give the same bytes
whether they were laid out for this sheet or for another.

Besides WeasyPrint's public interface this needs the boxes of a page, and `layout_box_backgrounds`.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

from weasyprint.document import Page
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder
from weasyprint.layout.background import layout_box_backgrounds

from gluterelief_pdf import marks, states
from gluterelief_pdf.layout import Ends, Piece
from gluterelief_pdf.marks import BROKEN, END, MEASURED, TOKEN, WHOLE, Found

BESIDE = {  # what stands before and after an element and makes it narrower
    '<div class="how">': ("", '<div class="pic"></div>'),
    "<tbody>": (f"<thead><tr>{'<th></th>' * 8}</tr></thead>", ""),
    '<ul class="left">': ("", "<ul></ul>"),
    '<ul class="right">': ("<ul></ul>", ""),
}
PAPER = re.compile(r"@page \{\s*size: (letter|a4);")
WIDTHS = {"letter": "8.5in", "a4": "210mm"}
PAGE = re.compile(r"@page \{\n.*?\n\}", re.DOTALL)
ENDLESS = "<style>@page {{ size: {width} 20000mm }}</style>"
MM_PER_PX = 25.4 / 96
LOG_BESIDE = '<section class="logbook beside">'
HIGHEST_PX = 560  # 148 mm: what is higher stays in place, and may have to be broken
MOST = 900  # parts kept in memory, some 55 kB each; a sheet has some sixty in each layout
LAYOUTS = frozenset(("tight", "tighter", "smallest", "closest"))  # classes of the body by which layouts differ
BODY = re.compile(r'<body class="([^"]*)"')
NAME = "data-part"
NOTHING = ("", "")
STYLE = f"""
div[{NAME}] {{ display: flow-root; break-inside: avoid }}
div[{NAME}=top] {{ display: block; position: absolute; top: 0; left: 0; right: 0 }}
div[{NAME}=low] {{ display: block; height: 0 }}
"""  # of each page that has parts
TOP = f'<div {NAME}="top">'
LOW = f'<div {NAME}="low">'  # so that the next one is no lower


@dataclass(frozen=True, slots=True)
class _Size:
    """How high a part is, and the margins that go through to its neighbours, in px."""

    above: float
    height: float  # without them
    below: float

    @property
    def style(self) -> str:
        """The declarations of a room for it."""
        lengths = {"margin-top": self.above, "height": self.height, "margin-bottom": self.below}
        return "; ".join(f"{name}: {px!r}px" for name, px in lengths.items() if px or name == "height")


@dataclass(frozen=True, slots=True)
class _Part:
    """What was laid out."""

    box: Any
    size: _Size


_Filling = Sequence[tuple[_Part, "_Filling"]]  # what stands in the rooms of a page or part, by their numbers


class Parts:
    """The parts of the sheets made so far."""

    def __init__(self) -> None:
        self._kept: dict[str, _Part] = {}
        self._sizes: dict[str, _Size] = {}  # of those too that are not kept: these are small
        self._depends: dict[str, frozenset[str]] = {}  # on which of LAYOUTS each does
        self._uses: Counter[str] = Counter()  # how many sheets had each, those forgotten included

    def begin(self) -> None:
        """Begin a sheet: forget what the fewest had, and of these what was laid out first."""
        for name in sorted(self._kept, key=self._uses.__getitem__)[: max(0, len(self._kept) - MOST)]:
            del self._kept[name]

    def clear(self) -> None:
        """Forget them."""
        self._kept.clear()
        self._sizes.clear()
        self._depends.clear()
        self._uses.clear()

    def laid_out(self, html: str, style: str, render: Callable[[str], Any], ends: Ends | None = None) -> Any:
        """Lay a page out; its parts are still missing then, until `fill` puts them in.

        Of the parts that may be broken those are laid out in place in which a page ends: `ends` foretells their
        numbers, and where it did not, the page is laid out again. Without it, all are.
        """
        if not (found := self._prepared(html, style, render, self._kept)):
            return render(html)
        foretold = ends(self._pieces(html, found)) if ends else range(len(found))
        broken = {part.start for part in marks.every(found[number] for number in foretold)}
        while True:
            made, filled = self._with_rooms(html, 0, len(html), found, broken)
            document = render(made)
            document.filling = self._filling(filled)
            if not (more := {filled[room].start for room in _first(document) if filled[room].kind == BROKEN}):
                return document
            broken |= more

    def pieces(self, html: str, style: str, render: Callable[[str], Any], *, alike: bool = False) -> list[Piece]:
        """Tell about how high the parts of a page are that stand in no other, from top to bottom.

        With `alike` they are measured with other numbers in their texts, so that what was found of one dose holds for
        all; without it, what was found is what the page needs.
        """
        html = marks.alike(html) if alike else html
        return self._pieces(html, self._prepared(html, style, render, self._sizes))

    def _pieces(self, html: str, found: Sequence[Found]) -> list[Piece]:
        pieces: list[Piece] = []
        end = 0
        for part in found:
            size = self._sizes[part.name]
            piece = Piece(
                size.above * MM_PER_PX,
                size.height * MM_PER_PX,
                size.below * MM_PER_PX,
                broken=part.kind != WHOLE,
                headings=html.count("<h2", end, part.start),
                beside=LOG_BESIDE in part.around,
            )
            pieces.append(piece)
            end = part.end
        return pieces

    def _prepared(
        self, html: str, style: str, render: Callable[[str], Any], known: Mapping[str, object]
    ) -> list[Found]:
        """Find the parts of a page, and lay out those that are not known, the innermost first."""
        paper = PAPER.search(html)
        root, head, body = (html.find(tag) for tag in ("<html", "<style>", "<body"))
        if not paper or not 0 <= root < head < body or html.find("<style", body) >= 0:
            return []
        found = marks.found(html, html.index(">", body) + 1)
        classed = BODY.match(html, body)
        own = classed[1].split() if classed else []
        others = " ".join(name for name in own if name not in LAYOUTS)
        outside = html[root : html.index(">", root)], f'<body class="{others}"'
        css = style + html[head:body]
        begun = sha256("\0".join((css, *outside)).encode())
        levels: dict[int, list[Found]] = {}
        for part in marks.every(found):
            levels.setdefault(part.level, []).append(part)
        for _, parts in sorted(levels.items()):
            for part in parts:
                part.content, part.filled = self._with_rooms(html, part.start, part.end, part.inner)
                digest = begun.copy()
                digest.update("\0".join((*part.around, part.content)).encode())
                part.name = self._name(digest.hexdigest(), (*outside, *part.around, part.content), css, own)
            new = {part.name: part for part in parts if part.name not in known}
            if new:
                made = _laid_out(html, WIDTHS[paper[1]], new, render)
                self._kept |= made
                self._sizes |= {name: part.size for name, part in made.items()}
            if known is self._kept:  # what is only measured needs no box
                self._uses.update(part.name for part in parts)
        return found

    def _name(self, digest: str, texts: Sequence[str], css: str, own: Iterable[str]) -> str:
        """Name a part by all that its boxes depend on: of the classes of the layout, only those that matter to it."""
        if digest not in self._depends:
            beside = (beside for text in texts for beside in BESIDE.get(text, NOTHING))
            self._depends[digest] = states.of(css, (*texts, *beside), LAYOUTS)
        return " ".join((digest, *(name for name in own if name in self._depends[digest])))

    def _with_rooms(
        self, html: str, start: int, end: int, found: Iterable[Found], broken: Collection[int] = ()
    ) -> tuple[str, list[Found]]:
        """Put empty boxes in place of the parts, and tell which; of one that is broken or too high, of those in it."""
        pieces: list[str] = []
        filled: list[Found] = []
        for part in self._low(found, broken):
            room = f'<div {NAME}="{len(filled)}" style="{self._sizes[part.name].style}"></div>'
            pieces += [html[start : part.start - len(part.kind)], room]
            filled.append(part)
            start = part.end + len(END)
        return "".join([*pieces, html[start:end]]), filled

    def _low(self, found: Iterable[Found], broken: Collection[int]) -> Iterator[Found]:
        for part in found:
            in_place = part.kind == MEASURED or (part.kind == BROKEN and part.start in broken)
            if in_place or self._sizes[part.name].height > HIGHEST_PX:
                yield from self._low(part.inner, broken)
            else:
                yield part

    def _filling(self, filled: Iterable[Found]) -> _Filling:
        return [(self._kept[part.name], self._filling(part.filled)) for part in filled]


def _first(document: Any) -> Iterator[int]:
    """Give the first room on each page but the first: if that may be broken, it might have begun on the page before."""
    for page in document.pages[1:]:
        rooms = (_room(box, document.filling) for box in page._page_box.descendants())
        yield from islice((room for room in rooms if room is not None), 1)


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
            down = child.content_box_y() - part.box.content_box_y() - part.size.above
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


def _laid_out(html: str, width: str, parts: Mapping[str, Found], render: Callable[[str], Any]) -> dict[str, _Part]:
    head, style, body = (html.index(tag) for tag in ("<head", "<style>", "<body"))
    variables = PAGE.sub("", html[style:body].replace("</head>", ENDLESS.format(width=width), 1))
    page = f"{html[:head]}<head>{variables}</head>{html[body : html.index('>', body) + 1]}"
    groups: dict[tuple[str, ...], list[Found]] = {}
    for part in parts.values():
        groups.setdefault(part.around, []).append(part)
    document = render("".join([page, *map(_alone, groups, groups.values()), "</body></html>"]))
    made: dict[str, _Part] = {}
    for box in document.pages[0]._page_box.descendants(placeholders=True):
        if (name := _name(box)) in parts and name not in made:  # boxes without an element have their parent's name
            made[name] = _measured(box)
    return made


def _alone(around: Sequence[str], parts: Iterable[Found]) -> str:
    """Write parts by themselves, each at the top of the page."""
    before = [f"{BESIDE.get(tag, NOTHING)[0]}{tag}" for tag in around]
    after = [f"</{TOKEN.fullmatch(tag)[2]}>{BESIDE.get(tag, NOTHING)[1]}" for tag in reversed(around)]  # type: ignore[index]
    each = (f'{LOW}<div {NAME}="{part.name}">{part.content}</div></div>' for part in parts)
    return "".join([TOP, *before, *each, *after, "</div>"])


def _measured(box: Any) -> _Part:
    flow = [child for child in box.children if child.is_in_normal_flow()]
    top = min(child.border_box_y() for child in flow[:1]) if flow else box.content_box_y()
    bottom = max(child.border_box_y() + child.border_height() for child in flow[-1:]) if flow else top
    above = top - box.content_box_y()
    below = box.content_box_y() + box.height - bottom
    return _Part(box, _Size(above, box.height - above - below, below))


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

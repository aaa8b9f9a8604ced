"""The lines and areas that a page of a PDF draws, where they lie on the paper, and their colours: read from its content."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from pypdf import PageObject
from pypdf.generic import ContentStream

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, bottom, right, top, in points from the paper's lower left corner
PAINTS = {"S": "s", "s": "s", "f": "f", "F": "f", "f*": "f", "B": "fs", "B*": "fs", "b": "fs", "b*": "fs", "n": ""}
THICKEST_PT = 3.0  # of a line; what is thicker is an area
UNCLIPPED: Box = (-1e6, -1e6, 1e6, 1e6)


@dataclass(frozen=True, slots=True)
class Mark:
    """One line or area: what it covers, how thick its thinnest side is, and its colour as RGB from 0 to 1."""

    box: Box
    thin_pt: float
    colour: tuple[float, ...]
    stroke: bool
    points: tuple[Point, ...]  # on its line
    drawing: bool  # part of a figure

    @property
    def straight(self) -> bool:
        """Whether it runs along the paper's edges."""
        left, bottom, right, top = self.box
        return not self.drawing and min(right - left, top - bottom) <= self.thin_pt + 0.01 < THICKEST_PT


@dataclass(frozen=True, slots=True)
class _State:
    matrix: Matrix = (1, 0, 0, 1, 0, 0)
    width: float = 1
    line: tuple[float, ...] = (0,)
    area: tuple[float, ...] = (0,)
    line_alpha: float = 1
    area_alpha: float = 1
    clip: Box = UNCLIPPED


@dataclass(slots=True)
class _Path:
    points: list[Point] = field(default_factory=list)
    clips: bool = False


def of(page: PageObject) -> Iterator[Mark]:
    """Give what a page draws, in order, without its text and its pictures made of pixels."""
    content = page.get_contents()
    if content is not None:
        yield from _run(content, page, _State(), drawing=False)


def _run(content: ContentStream, holder: Any, state: _State, *, drawing: bool) -> Iterator[Mark]:
    resources = holder.get("/Resources", {}).get_object()
    saved: list[_State] = []
    path = _Path()
    for operands, operator in content.operations:
        name = operator.decode("latin-1")
        match name:
            case "q":
                saved.append(state)
            case "Q":
                state = saved.pop()
            case "cm":
                state = replace(state, matrix=_times([float(each) for each in operands], state.matrix))
            case "w":
                state = replace(state, width=float(operands[0]))
            case "RG" | "G":
                state = replace(state, line=_rgb(operands))
            case "rg" | "g":
                state = replace(state, area=_rgb(operands))
            case "gs":
                about = resources["/ExtGState"][operands[0]].get_object()
                state = replace(
                    state,
                    line_alpha=float(about.get("/CA", state.line_alpha)),
                    area_alpha=float(about.get("/ca", state.area_alpha)),
                )
            case "m" | "l" | "c" | "v" | "y":
                x, y = (float(each) for each in operands[-2:])
                path.points.append(_at(state.matrix, x, y))
            case "re":
                x, y, width, height = (float(each) for each in operands)
                corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y))
                path.points += [_at(state.matrix, *corner) for corner in corners]
            case "W" | "W*":
                path.clips = True
            case "Do":
                form = resources["/XObject"][operands[0]].get_object()
                if form["/Subtype"] == "/Form":
                    inner = [float(each) for each in form.get("/Matrix", (1, 0, 0, 1, 0, 0))]
                    inside = replace(state, matrix=_times(inner, state.matrix))
                    yield from _run(ContentStream(form, None), form, inside, drawing=True)
            case _ if name in PAINTS:
                if path.points:
                    yield from _painted(path, PAINTS[name], state, drawing=drawing)
                    if path.clips:
                        state = replace(state, clip=_within(_box(path.points), state.clip))
                path = _Path()


def _painted(path: _Path, how: str, state: _State, *, drawing: bool) -> Iterator[Mark]:
    covered = _box(path.points)
    points = tuple(path.points)
    if "f" in how and state.area_alpha:
        box = _within(covered, state.clip)
        thin = min(box[2] - box[0], box[3] - box[1])
        if thin > 0:
            yield Mark(box, thin, _thinned(state.area, state.area_alpha), False, points, drawing)
    if "s" in how and state.line_alpha:
        a, b, c, d, *_ = state.matrix
        width = state.width * abs(a * d - b * c) ** 0.5
        left, bottom, right, top = covered
        box = _within((left - width / 2, bottom - width / 2, right + width / 2, top + width / 2), state.clip)
        if box[2] > box[0] and box[3] > box[1]:
            yield Mark(box, width, _thinned(state.line, state.line_alpha), True, points, drawing)


def _thinned(colour: tuple[float, ...], alpha: float) -> tuple[float, ...]:
    """Give what a colour that lets white through looks like."""
    return tuple(1 - alpha * (1 - each) for each in colour)


def _rgb(operands: Any) -> tuple[float, ...]:
    values = tuple(float(each) for each in operands)
    return values if len(values) == 3 else values * 3


def _times(inner: Any, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    g, h, i, j, k, n = outer
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + n)


def _at(matrix: Matrix, x: float, y: float) -> Point:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _box(points: list[Point]) -> Box:
    across, up = [x for x, _ in points], [y for _, y in points]
    return min(across), min(up), max(across), max(up)


def _within(box: Box, clip: Box) -> Box:
    return max(box[0], clip[0]), max(box[1], clip[1]), min(box[2], clip[2]), min(box[3], clip[3])

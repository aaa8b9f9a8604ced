"""Every language and every edition: the program's press against plain WeasyPrint, each warm in a process of its own."""

import statistics
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from benchmarks import batches, sample, stock
from gluterelief_pdf import handout, words
from gluterelief_pdf.model import EDITIONS, Sheet
from gluterelief_pdf.pdf import Press
from gluterelief_pdf.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Kind:
    """What was measured of one kind of sheet."""

    pages: int
    size_kb: int
    tries: int  # layouts, until it keeps to its pages
    ours_s: float  # CPU
    stock_s: float  # of plain WeasyPrint that tries as many
    told_s: float  # of plain WeasyPrint that is told the layout


def languages(shelf: Shelf) -> dict[str, Sheet]:
    """Give the complete sheet in every language."""
    return {f"`{tag}`": sample.filled(shelf, tag) for tag in words.languages(shelf.content)}


def editions(shelf: Shelf) -> dict[str, Sheet]:
    """Give the complete sheet in every edition."""
    return {
        **{edition: sample.filled(shelf, edition=edition) for edition in EDITIONS},
        "Spanish with English": sample.filled(shelf, "es", beside="en"),
        "to fill in": sample.filled(shelf, fillable=True),
    }


def measured(folder: Path, sheets: Mapping[str, Sheet], rounds: int) -> dict[str, Kind]:
    """Make every kind once a round by each in turn, and give the medians."""
    press = Press()
    found: dict[str, Kind] = {}
    with (
        ProcessPoolExecutor(1, get_context("spawn")) as own,
        ProcessPoolExecutor(1, get_context("spawn")) as peer,
    ):
        for name, sheet in sheets.items():
            scratch = folder / str(len(found))
            scratch.mkdir(parents=True)
            pages, css = stock.tried(sheet, scratch, press)
            rendered, _ = own.submit(_ours, sheet).result()
            peer.submit(batches.by_stock, (pages[-1:], css)).result()
            times = []
            for _ in range(rounds):
                own_s = own.submit(_ours, sheet).result()[1]
                stock_s = told_s = peer.submit(batches.by_stock, (pages, css)).result()[0]
                if len(pages) > 1:
                    told_s = peer.submit(batches.by_stock, (pages[-1:], css)).result()[0]
                times.append((own_s, stock_s, told_s))
            medians = (statistics.median(values) for values in zip(*times, strict=True))
            found[name] = Kind(rendered[0], rendered[1] // 1000, len(pages), *medians)
    return found


@cache
def _press() -> Press:
    return Press()


def _ours(sheet: Sheet) -> tuple[tuple[int, int], float]:
    began = time.process_time()
    rendered = handout.render(sheet, press=_press())
    return (rendered.pages, len(rendered.pdf)), time.process_time() - began


def table(found: Mapping[str, Kind]) -> str:
    """Write CPU as ratios: to the first kind, and to plain WeasyPrint on the same sheet."""
    first = next(iter(found.values()))
    head = (
        f"| | pages | kB | layouts tried | × {next(iter(found))} | × plain WeasyPrint, trying | × plain WeasyPrint, told |\n"
        "|---|---|---|---|---|---|---|\n"
    )
    return head + "".join(
        f"| {name} | {kind.pages} | {kind.size_kb} | {kind.tries} | {kind.ours_s / first.ours_s:.2f} "
        f"| {kind.ours_s / kind.stock_s:.2f} | {kind.ours_s / kind.told_s:.2f} |\n"
        for name, kind in found.items()
    )

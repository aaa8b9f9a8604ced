"""The program side by side with plain WeasyPrint and Typst, on real sheets: `make bench` writes docs/benchmarks.md.

Read the ratios, not the times: all that stands in one table was measured in turn in one run. `--quick` makes it small, and
writes to out/benchmarks.md. Needs hyperfine, and Linux.
"""

import argparse
import os
import platform
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks import batches, kinds, processes
from gluterelief_pdf.shelf import Shelf

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Scope:
    """How much is measured."""

    process_rounds: int
    shared_rows: int
    shared_peer_rows: int
    shared_rounds: int
    different_rows: int
    different_stock_rows: int  # a round
    different_peer_rows: int  # a round
    different_rounds: int
    growth: tuple[int, ...]
    kind_rounds: int


WHOLE = Scope(9, 1000, 1000, 3, 1000, 12, 100, 4, (100, 500, 1000, 2000, 5000), 3)
QUICK = Scope(2, 40, 40, 1, 16, 3, 16, 1, (20, 40, 80), 1)


def written(folder: Path, scope: Scope) -> str:
    """Measure everything, and write it down."""
    shelf = Shelf()
    several = f"{scope.shared_rounds} rounds" if scope.shared_rounds > 1 else "one round"
    made_before = f"of {scope.different_rows} plans in {scope.different_rounds} rounds"
    return f"""# Benchmarks

Made by `make bench`: the program beside plain WeasyPrint, used as its documentation says, and
[Typst](https://typst.app), the quickest peer. {len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}, WeasyPrint
{version("weasyprint")}, Typst {version("typst")} (by its Python package). Read ratios, not times; each table was measured in turn, and gives medians.

What is compared: our complete English sheet on Letter with the sample logo. Typst's document (`benchmarks/typst/`) has the
same words, counted, the same alternative texts, drawings, logo and faces, six pages too, and passes veraPDF for PDF/UA-1 like ours
(`tests/test_benchmarks.py`). Its tags say less: dose strips are no lists, the rows of the log have no headers, for which the package has no
switch. What a sheet says is filled in by our own code beforehand and is not counted for the peers; nor is their start where
sheets are counted by the second, while ours is. They check, keep and list nothing.

## One sheet, whole processes

Medians of {scope.process_rounds} rounds, by hyperfine.

{processes.table(processes.measured(folder, scope.process_rounds))}
## {scope.shared_rows} patients, {batches.VARIANTS} plans

{several.capitalize()}, {batches.JOBS} processes each. Typst gets the sheets of one plan after each other, so that it lays out again only
what changed.

{batches.table(batches.shared(folder, scope.shared_rows, scope.shared_peer_rows, scope.shared_rounds))}
## {scope.different_rows} plans that all differ

{batches.JOBS} processes each, {made_before}; where a peer is slow, it makes the first ones of each round only.
"Trying the layouts" lays out in the order of `layout.py` until the sheet keeps to its pages, as our batch has to;
"told the layout" knows beforehand which one that is. Typst's document has one layout only, whatever pages it takes.

{batches.table(batches.different(folder, scope.different_rows, scope.different_stock_rows, scope.different_peer_rows, scope.different_rounds))}
## More rows

One run of each, {batches.VARIANTS} plans, {batches.JOBS} processes; the start and each plan's first sheet are included.

{batches.growth_table(batches.growth(folder, scope.growth))}
## Languages

CPU of a warm process, {scope.kind_rounds} rounds: as a ratio to the first row, and to plain WeasyPrint on the same sheet.
Chinese, Japanese and Korean: plain WeasyPrint gets the fonts that we cut.

{kinds.table(kinds.measured(folder, kinds.languages(shelf), scope.kind_rounds))}
## Editions

The same, in English.

{kinds.table(kinds.measured(folder, kinds.editions(shelf), scope.kind_rounds))}"""


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few sheets of each, to try")
    quick = parser.parse_args().quick
    path = ROOT / "out" / "benchmarks.md" if quick else ROOT / "docs" / "benchmarks.md"
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        text = written(Path(name), QUICK if quick else WHOLE)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()

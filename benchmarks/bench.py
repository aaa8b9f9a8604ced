"""The program side by side with plain WeasyPrint and Typst, on real sheets: `make bench` writes docs/benchmarks.md.

Read the ratios, not the times: all that stands in one table was measured in turn in one run. `--quick` makes it small, and
writes to out/benchmarks.md. Needs hyperfine, and Linux.
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
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
    kinds: int  # of languages and of editions, from the first on
    kind_rounds: int


WHOLE = Scope(9, 1000, 1000, 3, 1000, 20, 100, 2, (100, 500, 1000, 2000, 5000), 100, 3)
QUICK = Scope(1, 20, 40, 1, 6, 2, 12, 1, (10, 20), 2, 1)


def tables(folder: Path, scope: Scope) -> Iterator[tuple[str, str]]:
    """Measure one thing after the other, and give each table with its name."""
    yield "processes", processes.table(processes.measured(folder, scope.process_rounds))
    yield (
        "shared",
        batches.table(batches.shared(folder, scope.shared_rows, scope.shared_peer_rows, scope.shared_rounds)),
    )
    rows = (scope.different_rows, scope.different_stock_rows, scope.different_peer_rows)
    yield "different", batches.table(batches.different(folder, *rows, scope.different_rounds))
    yield "growth", batches.growth_table(batches.growth(folder, scope.growth, scope.shared_rounds))
    for title, sheets in (("languages", kinds.languages(Shelf())), ("editions", kinds.editions(Shelf()))):
        some = dict(islice(sheets.items(), scope.kinds))
        yield title, kinds.table(kinds.measured(folder / title, some, scope.kind_rounds))


def written(measured: Mapping[str, str], scope: Scope) -> str:
    """Write it down."""
    return f"""# Benchmarks

Made by `make bench`: the program beside plain WeasyPrint, used as its documentation says, and [Typst](https://typst.app),
the quickest peer. {len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}, WeasyPrint {version("weasyprint")}, Typst {version("typst")} (by its Python package).
Read ratios, not times: what stands in one table was measured in turn in one run, and is a median.

What is compared: our complete English sheet on Letter with the sample logo. Typst's document (`benchmarks/typst/`) has the
same words, counted, the same alternative texts, drawings, logo and faces, and passes veraPDF for PDF/UA-1 like ours
(`tests/test_benchmarks.py`). Its tags say less: dose strips and the fields at the top are no lists, and the rows of the log have
no headers, for which the package has no switch. What a sheet says is filled in by our own code beforehand, which is not counted
for the peers. Nor is their start where sheets are counted by the second; ours is. They check, list and keep nothing.

## One sheet, whole processes

{scope.process_rounds} rounds, by hyperfine.

{measured["processes"]}
## {scope.shared_rows} patients, {batches.VARIANTS} plans

{batches.JOBS} processes each, rounds: {scope.shared_rounds}; ours with nothing kept from before, then with the plans of an earlier
list. Typst gets the sheets of one plan after each
other, so that it lays out again only what changed.

{measured["shared"]}
## {scope.different_rows} plans that all differ

{batches.JOBS} processes each, rounds: {scope.different_rounds}. Where a peer is slow, it makes some of the sheets only.
"Trying the layouts" lays out in the order of `layout.py` until the sheet keeps to its pages, as our batch has to; "told the
layout" knows beforehand which one that is. Typst's document has one layout, whatever pages it takes.

{measured["different"]}
## More rows

Rounds: {scope.shared_rounds}, of each the run of median CPU; {batches.VARIANTS} plans, {batches.JOBS} processes; the start and each plan's first sheet are included.

{measured["growth"]}
## Languages

CPU of a warm process, rounds: {scope.kind_rounds}: as a ratio to the first row, and to plain WeasyPrint on the same sheet.
Chinese, Japanese and Korean: plain WeasyPrint gets the fonts that we cut.

{measured["languages"]}
## Editions

The same, in English. "To fill in": plain WeasyPrint leaves the fields out.

{measured["editions"]}"""


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few sheets of each, to try")
    quick = parser.parse_args().quick
    scope = QUICK if quick else WHOLE
    path = ROOT / "out" / "benchmarks.md" if quick else ROOT / "docs" / "benchmarks.md"
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        measured = {}
        for title, table in tables(Path(name), scope):
            print(f"{title}\n{table}", file=sys.stderr)
            measured[title] = table
    path.parent.mkdir(exist_ok=True)
    path.write_text(written(measured, scope), encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()

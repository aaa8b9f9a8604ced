"""A run over a folder: what an earlier run finished is verified and kept, the rest is made, all of it is noted."""

import hashlib
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from gluterelief_pdf import batch, encrypt, output, slots
from gluterelief_pdf.cache import Kept
from gluterelief_pdf.crew import Crew
from gluterelief_pdf.manifest import DONE, EARLIER, FAILED, PENDING, Entry, Manifest
from gluterelief_pdf.model import Rendered
from gluterelief_pdf.worker import Bench, Order, Outcome

MOST_RECENT = 32  # sheets remembered, some 250 kB each
AT_ONCE, WRITERS = 48, 8  # copies noted together; files that wait for the disk at the same time


class Run:
    """One run. `entries` tells how each row stands, at any moment."""

    def __init__(self, orders: Sequence[Order], refused: Iterable[Entry], bench: Bench, *, limit: int | None) -> None:
        self._bench, self._manifest = bench, Manifest(bench.folder)
        known = self._manifest.read()
        self.entries = {order.row: self._before(order, known) for order in orders}
        wanted = [order for order in orders[:limit] if self.entries[order.row].status != DONE]
        self.kept = sum(entry.status == DONE for entry in self.entries.values())
        self.foreign = [
            (order, path.name)
            for order in orders
            for path in self._written_for(order)
            if order.file not in known and path.exists()
        ]
        self._todo = wanted
        self._recent: dict[str, Kept] = {}
        self.full = 0  # sheets rendered for one patient alone
        self.todo = len(wanted)
        names = {order.file for order in orders}
        self.earlier = [
            replace(entry, status=EARLIER)
            for name, entry in known.items()
            if name not in names and entry.status in (DONE, EARLIER) and (bench.folder / name).is_file()
        ]
        self.entries |= {entry.row: entry for entry in refused}

    def go(self, crew: Crew) -> Generator[Entry, None, None]:
        """Make what is still to be made, and note each as soon as it is there.

        Raises:
            HandoutError: for what would go wrong with every row.
        """
        self._manifest.write(self._sorted())
        try:
            first: list[Order] = []
            alike: dict[str, list[Order]] = {}  # differ from one of the first only in a patient's lines
            for order in (yield from self._copies(self._todo)):
                if order.cache in alike:
                    alike[order.cache].append(order)
                else:
                    first.append(order)
                    if order.cache and order.written and self._bench.cache:
                        alike[order.cache] = []
            rest: list[Order] = []
            for outcome in batch.make(first, crew) if first else ():
                yield from self._noted([outcome])
                if others := alike.pop(outcome.order.cache or "", None):
                    rest += yield from self._copies(others)  # while other plans are being made
            for outcome in batch.make(rest, crew) if rest else ():
                yield from self._noted([outcome])
        finally:
            self._manifest.write(self._sorted())

    @property
    def manifest(self) -> Path:
        """Where the list is."""
        return self._manifest.path

    def files(self) -> list[Path]:
        """Give the finished sheets in the order of the roster."""
        done = (entry for _, entry in sorted(self.entries.items()) if entry.status == DONE)
        return [self._bench.folder / entry.file for entry in done]

    def _sorted(self) -> list[Entry]:
        return [*(entry for _, entry in sorted(self.entries.items())), *self.earlier]

    def _written_for(self, order: Order) -> list[Path]:
        path = self._path(order)
        return [path, path.with_suffix(".json")] if self._bench.records else [path]

    def _path(self, order: Order) -> Path:
        return self._bench.folder / order.file

    def _before(self, order: Order, known: dict[str, Entry]) -> Entry:
        """Tell what an earlier run left of a row: its sheet if the row and the file are as they were, else nothing.

        A password is no part of the key, not even as a digest: whether it is the same one, the sheet itself tells.
        """
        entry = known.get(order.file)
        if entry and entry.status == DONE and entry.key == order.key and self._is_whole(order, entry.sha256):
            return replace(entry, row=order.row)
        return Entry(order.row, order.file, order.language, PENDING)

    def _is_whole(self, order: Order, sha256: str) -> bool:
        path = self._path(order)
        try:
            if self._bench.records and not path.with_suffix(".json").is_file():
                return False
            pdf = path.read_bytes()
        except OSError:
            return False
        if hashlib.sha256(pdf).hexdigest() != sha256:
            return False
        return not order.password or encrypt.opens(pdf, order.password)

    def _copies(self, orders: Sequence[Order]) -> Generator[Entry, None, list[Order]]:
        """Copy the sheets that were made before, some at a time since a disk is slow to say yes; return the others."""
        rest = []
        with ThreadPoolExecutor(WRITERS) as writers:
            for start in range(0, len(orders), AT_ONCE):
                some = orders[start : start + AT_ONCE]
                copies = [(order, copy) for order in some if (copy := self._copy(order))]
                yield from self._noted(writers.map(self._written, *zip(*copies, strict=True)) if copies else ())
                copied = {order.row for order, _ in copies}
                rest += [order for order in some if order.row not in copied]
        return rest

    def _copy(self, order: Order) -> Rendered | None:
        """Take a sheet that was made before, and write the patient's lines into it."""
        if not order.cache or not self._bench.cache or self._bench.records:
            return None
        if order.cache not in self._recent:
            if (found := self._bench.cache.get(order.cache)) is None:
                return None
            if len(self._recent) >= MOST_RECENT:
                del self._recent[next(iter(self._recent))]
            self._recent[order.cache] = found
        kept = self._recent[order.cache]
        return slots.written(kept.rendered, slots.of(order.patient, kept.months)) if kept.slots else kept.rendered

    def _written(self, order: Order, rendered: Rendered) -> Outcome:
        output.write(self._path(order), rendered.pdf)
        return Outcome(order, hashlib.sha256(rendered.pdf).hexdigest(), rendered.pages, rendered.blanked)

    def _noted(self, outcomes: Iterable[Outcome]) -> list[Entry]:
        entries = []
        for outcome in outcomes:
            entries.append(self._entry(outcome))
            self.entries[outcome.order.row] = entries[-1]
            self.full += outcome.full
        self._manifest.add(entries)
        return entries

    def _entry(self, outcome: Outcome) -> Entry:
        order, error = outcome.order, outcome.error
        made = Entry(order.row, order.file, order.language, DONE, outcome.sha256, outcome.pages, key=order.key)
        if outcome.blanked:
            fields = ", ".join(option.removeprefix("--") for option in outcome.blanked)
            made = replace(made, error=f"left to write on, since no font has its characters: {fields}")
        if error:
            reason = " ".join(filter(None, (f"{error}.", error.hint)))
            made = Entry(order.row, order.file, order.language, FAILED, error=reason)
        return made

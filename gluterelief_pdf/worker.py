"""What a worker of a batch does: one sheet after the other, on one press, each under a limit of time and memory."""

import errno
import faulthandler
import gc
import hashlib
import os
import signal
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gluterelief_pdf import encrypt, handout, limits, output, page, record
from gluterelief_pdf.cache import Cache, Kept
from gluterelief_pdf.errors import HandoutError, OutputError, RenderError
from gluterelief_pdf.model import Choice, Clinic, Edition, Paper, Patient, Rendered, Sheet, Signoff
from gluterelief_pdf.pdf import Press
from gluterelief_pdf.shelf import Shelf
from gluterelief_pdf.tables import Content

TOO_LARGE = "the sheet needs too much memory"
MOST_BLANKS = 16  # sheets without a patient's lines that a worker remembers, some 250 kB each
WHY = "why"
HARD_S = 10.0  # after the limit, until a worker that does not hear of it is ended
RENEWED = 500  # sheets that a worker makes: what the libraries lose, if anything, is given back then


@dataclass(frozen=True, slots=True)
class Setting:
    """What many orders share: the clinic, and who signed its content off."""

    clinic: Clinic
    digest: str
    signoff: Signoff | None
    notes: tuple[str, ...] = ()  # what the clinic should know of its own options


@dataclass(frozen=True, slots=True)
class Order:
    """One sheet to make."""

    row: int
    line: int
    file: str
    language: str
    setting: int  # its place among the settings
    patient: Patient
    choice: Choice
    paper: Paper | None
    edition: Edition
    fillable: bool
    link: str
    beside: str | None
    titled: bool
    strict: bool
    key: str  # changes with anything that the sheet depends on
    written: bool  # the patient's lines may be written into a sheet made before
    cache: str | None  # the key of what may be kept of it; none: more than lines of a patient is on it, or it is locked
    password: str = field(default="", repr=False)  # the sheet is put behind it


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an order. It holds no patient's data."""

    order: Order
    sha256: str = ""
    pages: int = 0
    blanked: tuple[str, ...] = ()
    error: HandoutError | None = None
    full: bool = False  # rendered for this patient alone


@dataclass(frozen=True, slots=True)
class Made:
    """A sheet that is made, and not yet kept."""

    pdf: bytes
    pages: int
    blanked: tuple[str, ...]
    full: bool  # rendered for this patient alone
    record: str  # empty if none is wanted
    kept: Kept | None  # what other sheets may need


@dataclass(frozen=True, slots=True)
class Bench:
    """What a worker is given when it starts."""

    folder: Path
    content: Content
    settings: Sequence[Setting]
    cache: Cache | None
    records: bool
    timeout_s: float = handout.TIMEOUT_S
    memory_bytes: int = handout.MEMORY_BYTES


class _TooSlowError(BaseException):  # no Exception, so that nothing on its way swallows it
    pass


def filled(order: Order, setting: Setting, shelf: Shelf) -> Sheet:
    """Bring together what stands on the sheet of an order."""
    return handout.fill(
        order.language,
        setting.clinic,
        paper=order.paper,
        patient=order.patient,
        choice=order.choice,
        shelf=shelf,
        signoff=setting.signoff,
        titled=order.titled,
        edition=order.edition,
        fillable=order.fillable,
        link=order.link,
        beside=order.beside,
    )


class Worker:
    """Makes sheets in this process."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._shelf = Shelf(bench.content)
        page.ready()
        self._press = self._new_press()
        self._blanks: dict[str, Rendered] = {}

    def make(self, order: Order) -> Made | Outcome:
        """Make one sheet. Whatever goes wrong is told, not raised, and without a patient's data."""
        try:
            with _limited(self._bench.timeout_s):
                sheet, rendered = self._rendered(order)
            return self._made(order, sheet, rendered)
        except HandoutError as error:
            return Outcome(order, error=error)
        except _TooSlowError:
            wrong = limits.too_slow(self._bench.timeout_s)
        except limits.OUT_OF_MEMORY:
            wrong = RenderError(TOO_LARGE)
        except OSError as error:
            if error.errno in limits.FULL:
                full = "no space is left for temporary files"
                return Outcome(order, error=OutputError(full, hint="Make some room, and run it again to go on."))
            wrong = RenderError(TOO_LARGE if error.errno == errno.ENOMEM else _bug(error))
        except Exception as bug:
            wrong = RenderError(_bug(bug), hint="Please report it, without the roster.")
        self._press = self._new_press()  # the old one was left in the middle of something
        return Outcome(order, error=wrong)

    def _new_press(self) -> Press:
        return Press(self._bench.cache.drawings if self._bench.cache else None)

    def _rendered(self, order: Order) -> tuple[Sheet, Rendered]:
        sheet = filled(order, self._bench.settings[order.setting], self._shelf)
        rendered = handout.render(sheet, strict=order.strict, press=self._press, blank=self._known(order))
        if order.password:
            rendered = replace(rendered, pdf=encrypt.lock(rendered.pdf, order.password))
        return sheet, rendered

    def _known(self, order: Order) -> Rendered | None:
        """Find a blank made before, by this worker or another."""
        if not order.cache or order.cache in self._blanks:
            return self._blanks.get(order.cache or "")
        kept = self._bench.cache.get(order.cache) if self._bench.cache else None
        return kept.rendered if kept and kept.slots else None

    def _made(self, order: Order, sheet: Sheet, rendered: Rendered) -> Made:
        setting = self._bench.settings[order.setting]
        written = ""
        if self._bench.records:
            written = record.make(sheet, rendered, digest=setting.digest, signoff=setting.signoff)
        kept = self._new(order, sheet, rendered, (*setting.notes, *handout.notes(sheet, rendered)))
        full = order.patient != Patient() and not rendered.written
        return Made(rendered.pdf, rendered.pages, rendered.blanked, full, written, kept)

    def _new(self, order: Order, sheet: Sheet, rendered: Rendered, notes: Sequence[str]) -> Kept | None:
        """Give what other sheets may need, if it was not known to this worker."""
        if not order.cache or order.cache in self._blanks or not (kept := handout.kept(sheet, rendered, notes)):
            return None
        if rendered.blank:
            if len(self._blanks) >= MOST_BLANKS:
                del self._blanks[next(iter(self._blanks))]
            self._blanks[order.cache] = rendered.blank
        return kept


def keep(bench: Bench, order: Order, made: Made) -> Outcome:
    """Write the file of a sheet, and what goes with it."""
    path = bench.folder / order.file
    try:
        if bench.records:
            output.write(path.with_suffix(".json"), made.record.encode())
        output.write(path, made.pdf)
    except HandoutError as error:
        return Outcome(order, error=error)
    if bench.cache and order.cache and made.kept:
        bench.cache.put(order.cache, made.kept)
    return Outcome(order, hashlib.sha256(made.pdf).hexdigest(), made.pages, made.blanked, full=made.full)


def _bug(bug: BaseException) -> str:
    return f"an error of the program: {_place(bug)}"


def _place(bug: BaseException) -> str:
    """Tell what went wrong and where, by our own module: a message could hold a patient's data."""
    ours = Path(__file__).parent
    frames = traceback.extract_tb(bug.__traceback__)
    *_, place = [frame for frame in frames if Path(frame.filename).is_relative_to(ours)] or frames
    return f"{type(bug).__name__} in {Path(place.filename).name}, line {place.lineno}"


_worker: Worker | None = None


def start(bench: Bench, scratch: Path) -> None:
    """Make this process a worker; if it can't be one it ends, and leaves the reason in the scratch folder."""
    try:
        _begin(bench, scratch)
    except BaseException as error:
        with suppress(OSError):
            (scratch / WHY).write_text(_place(error), encoding="utf-8")
        os._exit(1)


def why(scratch: Path) -> str:
    """Give the reason that a worker left."""
    try:
        return f": {(scratch / WHY).read_text(encoding='utf-8')}"
    except OSError:
        return ""


def _begin(bench: Bench, scratch: Path) -> None:
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who started us hears Ctrl-C, and lets us finish a sheet
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 2)  # what libraries say when memory ends; everything that matters is in the outcomes
    limits.end_with_parent()
    tempfile.tempdir = str(scratch)  # what a killed worker leaves goes with it
    gc.set_threshold(2_000, 10, 10)  # rarely enough, and memory stays flat: a document is full of circles
    limits.bound_memory(bench.memory_bytes)
    _worker = Worker(bench)


def make(order: Order) -> Made | Outcome:
    """Make one sheet in this worker."""
    assert _worker is not None
    return _worker.make(order)


def finish(order: Order) -> Outcome:
    """Make one sheet in this worker, and write its file."""
    assert _worker is not None
    made = make(order)
    return keep(_worker._bench, order, made) if isinstance(made, Made) else made


@contextmanager
def _limited(timeout_s: float) -> Iterator[None]:
    """Stop what computes too long: by a signal, and if that is not heard, or it only waits, by ending this worker."""
    if not hasattr(signal, "setitimer"):  # Windows
        yield
        return

    def stop(*_: Any) -> None:
        raise _TooSlowError

    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        faulthandler.dump_traceback_later(limits.PATIENCE * timeout_s + HARD_S, exit=True, file=nowhere)
        limits.bound_computing(timeout_s + HARD_S)
        before = signal.signal(signal.SIGPROF, stop)
        signal.setitimer(signal.ITIMER_PROF, timeout_s, 1.0)  # again and again, since WeasyPrint swallows some
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)
            faulthandler.cancel_dump_traceback_later()

"""The house's nouns: checked once where they are made, then frozen."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Literal, get_args

Direction = Literal["ltr", "rtl"]
Paper = Literal["letter", "a4"]
PAPERS: tuple[Paper, ...] = get_args(Paper)
Edition = Literal["standard", "large-print", "low-ink", "large-print-low-ink"]
EDITIONS: tuple[Edition, ...] = ("standard", "large-print", "low-ink", "large-print-low-ink")

SHORT = 6  # exercises: up to here a sheet leaves out its lesser pictures and takes four pages
TIME_UNITS = frozenset({"second", "minute", "hour", "day", "week", "month", "year"})
PAGE, PAGES = "\ue000", "\ue001"  # in a text: where the page counters go; private-use characters that no word holds


@dataclass(frozen=True, slots=True)
class Language:
    """What the machine must know of a language; its words stand elsewhere."""

    tag: str  # BCP 47
    name: str
    english: str
    direction: Direction
    paper: Paper  # where no country is given
    font: str
    range: str  # "{a}–{b}"
    digits: str  # CLDR numbering system
    babel: str  # CLDR locale
    aliases: tuple[str, ...] = ()  # other tags that mean it
    between: str = " "  # what stands between two sentences
    stop: str = "."  # what ends one
    density: tuple[int, int] = (0, 0)  # on Letter and A4: how tightly its sheets are set at least


@dataclass(frozen=True, slots=True)
class Number:
    """A number a patient reads: one value, or a range, with how far a clinic may change it."""

    low: float
    high: float
    unit: str | None  # a unit of time, or a counted noun of the words
    lowest: float | None
    limit: float | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing and the width it prints at, in mm."""

    name: str
    width_mm: float
    svg: str
    shows: tuple[float, float] | None = None  # the range of a number that is drawn in it


@dataclass(frozen=True, slots=True)
class Position:
    """One way to take up a technique, with its picture where it has one."""

    key: str
    figure: str | None
    equipment: tuple[str, ...]  # what it needs besides the technique's own
    floor: bool  # the patient gets down on the floor
    inline: bool  # its short step goes on in the line of the step before


@dataclass(frozen=True, slots=True)
class Technique:
    """Something the patient does, with its default dose."""

    key: str
    group: str  # find, press, stretch, strength, care
    positions: tuple[Position, ...]  # easiest first
    equipment: tuple[str, ...]
    log: bool  # has a row in the log
    one_picture: bool  # only its first position is pictured
    instead_of: str | None  # the technique whose log row it shares
    cells: tuple[str, ...]  # the boxes of the dose strip
    dose: Mapping[str, Number]


@dataclass(frozen=True, slots=True)
class Caution:
    """A condition of the patient, and what it does to the plan."""

    key: str
    bar: tuple[str, ...]  # techniques, or positions such as "ball.lying", that are left out
    change: Mapping[str, str]  # technique or position → key of the advice it gets
    limit: Mapping[str, float]  # "ball.hold" or "number.pressure" → the most it may be, in its own unit


@dataclass(frozen=True, slots=True)
class Habit:
    """Something that helps to prevent, with its picture where there is one."""

    key: str
    figure: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All numbers, and all that must be on the sheet."""

    version: str
    numbers: Mapping[str, Number]
    safety: Mapping[str, tuple[str, ...]]  # group → its facts in the order of the sheet
    applies: Mapping[str, tuple[str, ...]]  # group of safety facts → for what it stands there; always if not named
    techniques: tuple[Technique, ...]
    cautions: tuple["Caution", ...]
    reasons: Mapping[str, Mapping[str, str]]  # group of techniques → part of a dose → why its limits are as they are
    habits: tuple[Habit, ...]
    sources: tuple[str, ...]  # those that are printed


@dataclass(frozen=True, slots=True)
class Region:
    """The country a clinic stands in."""

    code: str  # ISO 3166-1
    emergency: tuple[str, ...]  # the ambulance; the first is the one to call
    urgent: tuple[str, ...]  # a nationwide line for the same day
    paper: Paper


@dataclass(frozen=True, slots=True)
class Logo:
    """A safe, print-ready picture: PNG in 8-bit sRGB, or a checked SVG."""

    content: bytes
    media_type: Literal["image/png", "image/svg+xml"]
    width_mm: float
    height_mm: float
    colour: str | None  # the brand colour found in it, "#rrggbb"
    dpi: int | None  # what the file has at the printed size; None for a drawing
    pale: bool  # white or nearly so on nothing: needs a dark plate behind it
    plate: str | None = None  # the plate that shows all of it, where only a part is white


@dataclass(frozen=True, slots=True)
class Clinic:
    """Who hands out the sheet. Every part may be missing."""

    name: str = ""
    address: tuple[str, ...] = ()  # its lines
    phone: str = ""
    website: str = ""
    region: Region | None = None
    logo: Logo | None = None
    brand: str = ""  # "#rrggbb", safe to print
    email: str = ""
    booking: str = ""  # the web address where a visit is booked
    opening: str = ""  # the clinic's own line under the title
    closing: str = ""  # the clinic's own line at the end
    emergency: tuple[str, ...] = ()  # instead of the country's numbers
    urgent: str = ""  # instead of the country's line for the same day


Side = Literal["left", "right", "both"]


@dataclass(frozen=True, slots=True)
class Patient:
    """What is written on one patient's sheet. Every part may be missing: a line to write on then stands there."""

    name: str = ""
    clinician: str = ""
    date: datetime.date | None = None
    note: str = ""
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What the clinician chose for one patient, as it was typed; `plan.make` checks it."""

    techniques: tuple[str, ...] = ()  # names, positions such as "ball.wall", groups; none: all
    without: tuple[str, ...] = ()
    doses: tuple[str, ...] = ()  # such as "ball.hold=45s"
    cautions: tuple[str, ...] = ()
    even_so: bool = False  # keep what is named though a caution bars it


@dataclass(frozen=True, slots=True)
class Barred:
    """A technique or position that cautions bar."""

    what: str
    cautions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What this patient is to do."""

    techniques: tuple[Technique, ...]
    numbers: Mapping[str, Number]  # those of the facts, as far as the cautions let them go
    cautions: tuple[str, ...] = ()
    advice: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # technique → keys of its advice
    changed: tuple[tuple[str, str], ...] = ()  # technique or position, caution that changes it
    left_out: tuple[Barred, ...] = ()
    kept: tuple[Barred, ...] = ()  # barred, and on the sheet even so
    changed_doses: tuple[str, ...] = ()  # such as "ball.hold", set by the clinician
    warnings: tuple[str, ...] = ()

    def group(self, name: str) -> tuple[Technique, ...]:
        """Give the plan's techniques of one group, in order."""
        return tuple(technique for technique in self.techniques if technique.group == name)

    @property
    def groups(self) -> tuple[str, ...]:
        """Give the groups in the order in which they come."""
        return tuple(dict.fromkeys(technique.group for technique in self.techniques))

    @property
    def exercises(self) -> int:
        """Count what is to be done: the rows of the log, where a pair of which one is done shares a row."""
        logged = {technique.key for technique in self.techniques if technique.log}
        return sum(t.log and t.instead_of not in logged for t in self.techniques)

    @property
    def short(self) -> bool:
        """Tell whether the plan is short enough for a sheet without its lesser pictures."""
        return self.exercises <= SHORT

    @property
    def uses(self) -> frozenset[str]:
        """Name what a safety group can stand for: groups, techniques, and "floor" if somebody has to get down there."""
        floor = {"floor"} if any(at.floor for t in self.techniques for at in t.positions) else set()
        return frozenset({t.key for t in self.techniques} | {t.group for t in self.techniques} | floor)


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that a page needs, with every placeholder filled."""

    language: Language
    texts: SimpleNamespace  # the words as a tree
    facts: Facts
    safety: Mapping[str, tuple[str, ...]]  # the facts that stand on this sheet
    plan: Plan
    clinic: Clinic
    patient: Patient
    titled: bool  # the patient's name stands in the document's title
    reviewed: bool  # a valid sign-off is printed
    paper: Paper
    figures: Mapping[str, Figure]
    templates: Path | None  # a clinic's own
    edition: Edition
    fillable: bool  # with form fields, for a tablet
    link: str  # what the QR code opens; none if empty
    beside: Language | None  # the second language of a bilingual sheet
    partial: frozenset[str]  # techniques of which not every position is on the sheet
    slots: Mapping[str, str] = field(default_factory=dict)  # line that is written in later → the letters it may have


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one line is written into a PDF that was rendered without it."""

    place: int  # of its first byte
    length: int  # in bytes
    room: int  # for the line, in thousandths of the type's size
    glyphs: Mapping[str, tuple[int, int]]  # character → its glyph, and how wide that is, in the same thousandths


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished PDF."""

    pdf: bytes
    pages: int
    blanked: tuple[str, ...] = ()  # fields left to write on, since no shipped font has one of their characters
    slots: Mapping[str, Slot] = field(default_factory=dict)  # where a patient's lines are still to be written
    blank: "Rendered | None" = None  # the same without the patient's lines, if it was made
    written: bool = False  # the lines were written into the blank one


@dataclass(frozen=True, slots=True)
class Signoff:
    """Who reviewed which language on what day, bound to the exact content."""

    language: str
    by: str
    on: datetime.date
    digest: str
    parts: Mapping[str, str]  # part of the content → its own short digest, to tell what has changed since

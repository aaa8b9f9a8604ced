"""The house's nouns: checked once where they are made, then frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Literal

Direction = Literal["ltr", "rtl"]
Paper = Literal["letter", "a4"]

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


@dataclass(frozen=True, slots=True)
class Position:
    """One way to take up a technique, with its picture."""

    key: str
    figure: str


@dataclass(frozen=True, slots=True)
class Technique:
    """Something the patient does, with its default dose."""

    key: str
    group: str  # find, press, stretch, strength, care
    positions: tuple[Position, ...]  # easiest first
    equipment: tuple[str, ...]
    log: bool  # has a row in the log
    instead_of: str | None  # the technique whose log row it shares
    cells: tuple[str, ...]  # the boxes of the dose strip
    dose: Mapping[str, Number]


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
    techniques: tuple[Technique, ...]
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


@dataclass(frozen=True, slots=True)
class Plan:
    """What this patient is to do."""

    techniques: tuple[Technique, ...]

    def group(self, name: str) -> tuple[Technique, ...]:
        """Give the plan's techniques of one group, in order."""
        return tuple(technique for technique in self.techniques if technique.group == name)


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that a page needs, with every placeholder filled."""

    language: Language
    texts: SimpleNamespace  # the words as a tree
    facts: Facts
    plan: Plan
    clinic: Clinic
    paper: Paper
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished PDF."""

    pdf: bytes
    pages: int

"""Sheets made before, and sheets with room for a patient's name. Nothing of any patient is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gluterelief_pdf.model import Rendered, Slot
from gluterelief_pdf.store import Store

MOST_BYTES = 300_000_000  # some 1,200 sheets; the longest unused go first
MOST_DRAWING_BYTES = 20_000_000
SUFFIX = ".sheet"


@dataclass(frozen=True, slots=True)
class Kept:
    """A sheet as it was made, with what was said of it; and where a patient's lines go, if it has room for them."""

    pdf: bytes
    pages: int
    notes: tuple[str, ...] = ()
    blanked: tuple[str, ...] = ()
    slots: Mapping[str, Slot] = field(default_factory=dict)
    months: tuple[str, ...] = ()  # how a day in each month is written, with {day} and {year}

    @property
    def rendered(self) -> Rendered:
        """Give it as it came from the press."""
        return Rendered(self.pdf, self.pages, self.blanked, self.slots)


@dataclass(frozen=True, slots=True)
class Cache:
    """What is kept, in one folder."""

    folder: Path
    most_bytes: int = MOST_BYTES

    @classmethod
    def usual(cls) -> "Cache":
        """Give the cache in the user's own folder."""
        from platformdirs import user_cache_path

        return cls(user_cache_path("make-handout", appauthor=False) / "sheets")

    @property
    def drawings(self) -> Store:
        """Give the store of drawings, which are part of many sheets."""
        return Store(self.folder.with_name("drawings"), ".drawing", MOST_DRAWING_BYTES)

    @property
    def _sheets(self) -> Store:
        return Store(self.folder, SUFFIX, self.most_bytes)

    def get(self, key: str) -> Kept | None:
        """Find a sheet."""
        if (found := self._sheets.get(key)) is None:
            return None
        about, pdf = found
        try:
            slots = {name: _slot(parts) for name, parts in about["slots"].items()}
            said = {name: tuple(about[name]) for name in ("notes", "blanked", "months")}
            return Kept(pdf, about["pages"], slots=slots, **said)
        except (KeyError, TypeError, ValueError, AttributeError):
            self._sheets.remove(key)
            return None

    def put(self, key: str, kept: Kept) -> None:
        """Keep a sheet."""
        about = {
            "pages": kept.pages,
            "notes": kept.notes,
            "blanked": kept.blanked,
            "months": kept.months,
            "slots": {name: (s.place, s.length, s.room, dict(s.glyphs)) for name, s in kept.slots.items()},
        }
        self._sheets.put(key, about, kept.pdf)

    def clear(self) -> int:
        """Remove everything, and tell how many sheets there were."""
        self.drawings.clear()
        return self._sheets.clear()

    def size(self) -> tuple[int, int]:
        """Count the sheets, and their bytes."""
        return self._sheets.size()


def _slot(parts: Any) -> Slot:
    place, length, room, glyphs = parts
    return Slot(place, length, room, {letter: (glyph, width) for letter, (glyph, width) in glyphs.items()})

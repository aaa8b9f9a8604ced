"""Who reviewed which content: a record is bound to a digest of what patients read, and goes stale with any change."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gluterelief_pdf import tables
from gluterelief_pdf.model import Clinic, Signoff
from gluterelief_pdf.tables import Content

VALID_MONTHS = 24  # a review that is older should be done again
SHORT = 12  # hexadecimal digits of a part's digest
SPLIT = ("technique", "safety", "caution")  # tables whose entries are told apart in "what changed"


@dataclass(frozen=True, slots=True)
class State:
    """How the sign-off of one language stands today."""

    valid: Signoff | None  # what the sheet may print
    warning: str  # what the clinic should be told; empty if nothing


def parts(content: Content, tag: str, templates: Path, clinic: Clinic) -> dict[str, str]:
    """Digest each part of what a patient reads in one language, as merged with a clinic's overrides.

    The clinic's own lines count, for they are words too; its name, phone, logo and colour do not.

    Raises:
        ContentError: if a file of them is missing, can't be read or is no text.
    """
    found: dict[str, str] = {}
    for kind, file in (("words", f"words/{tag}.toml"), ("facts", "facts.toml")):
        for key, value in content.table(file).items():
            if key == "roster":  # what a clinic may write, not what a patient reads
                continue
            if key in SPLIT and isinstance(value, Mapping):
                found |= {f"{kind} {key}.{name}": _digest(entry) for name, entry in value.items()}
            else:
                found[f"{kind} {key}"] = _digest(value)
    found["emergency numbers"] = _digest(content.table("regions.toml"))
    found["language"] = _digest(content.table("languages.toml").get(tag))
    index = content.table("illustrations/index.toml")
    for name, entry in index.items():
        drawing = entry.get("file") if isinstance(entry, Mapping) else None
        drawn = tables.data(content.file(f"illustrations/{drawing}")) if drawing else b""
        found[f"figure {name}"] = _digest([entry, hashlib.sha256(drawn).hexdigest()])
    own = content.own / "templates" if content.own else None
    for folder in filter(None, (templates, own)):
        for path in sorted(folder.rglob("*.*")):
            if path.suffix in (".html", ".css"):
                found[f"template {path.relative_to(folder).as_posix()}"] = _digest(tables.text(path))
    lines = (clinic.opening, clinic.closing, clinic.emergency, clinic.urgent)
    if any(lines):
        found["the clinic's own lines"] = _digest(lines)
    return found


def digest(found: Mapping[str, str]) -> str:
    """Digest all parts (SHA-256, hexadecimal)."""
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def state(records: Iterable[Signoff], tag: str, found: Mapping[str, str], today: date) -> State:
    """Tell whether a language's newest record still holds; no record warns as well."""
    record = max((each for each in records if each.language == tag), key=lambda each: each.on, default=None)
    if record is None:
        return State(None, "no clinician has signed off this content; have yours read it before you hand it out")
    if record.digest != digest(found):
        changed = _changed(record.parts, found)
        return State(
            None,
            f"the sign-off by {record.by} of {record.on} no longer holds; changed since: {', '.join(changed)}; "
            f"have it read again: make-handout review --lang {tag}",
        )
    months = (today.year - record.on.year) * 12 + today.month - record.on.month
    if months > VALID_MONTHS or (months == VALID_MONTHS and today.day > record.on.day):
        return State(
            record, f"the sign-off of {record.on} is over {VALID_MONTHS} months old; have the content read again"
        )
    return State(record, "")


def short(found: Mapping[str, str]) -> dict[str, str]:
    """Shorten the parts' digests, for a record that people look at."""
    return {name: value[:SHORT] for name, value in found.items()}


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    now = short(after)
    names = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    return names or ["the program's way of counting changes"]


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()

"""clinic.toml: what a clinic sets up once. Every fault is told at once, with key and line."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gluterelief_pdf import entries, facts, infile
from gluterelief_pdf.errors import ClinicError, HandoutError
from gluterelief_pdf.model import Signoff
from gluterelief_pdf.shapes import kind
from gluterelief_pdf.tables import Content, Faults

if TYPE_CHECKING:
    from gluterelief_pdf.letters import Mailbox

NAME = "clinic.toml"
APP = "make-handout"  # the user's configuration folder
TEXTS = ("name", "phone", "email", "website", "booking", "urgent")
LISTS = ("address", "emergency", "techniques")
PATHS = ("logo", "overrides")
BY_LANGUAGE = ("opening", "closing")  # a text in the clinic's own language, or a table of texts by language
WORDS = ("language", "country", "colour", "paper")
KEYS = (*TEXTS, *LISTS, *PATHS, *BY_LANGUAGE, *WORDS, "signoff", "mail")
SIGNOFF_KEYS = ("language", "by", "on", "digest", "parts")


@dataclass(frozen=True, slots=True)
class Settings:
    """A clinic.toml, checked. What it leaves out is empty."""

    path: Path | None = None
    texts: Mapping[str, str] = field(default_factory=dict)  # TEXTS and WORDS
    address: tuple[str, ...] = ()
    emergency: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    logo: Path | None = None
    overrides: Path | None = None
    lines: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # opening, closing → language → text
    signoffs: tuple[Signoff, ...] = ()
    mail: "Mailbox | None" = None  # nothing to send from where [mail] is missing

    def line(self, key: str, language: str) -> str:
        """Give the clinic's opening or closing line in one language; empty if it has none in it."""
        return self.lines.get(key, {}).get(language, "")


def find(named: Path | None) -> Path | None:
    """Find clinic.toml: the one that is named, else ./clinic.toml, else the user's configuration folder."""
    if named:
        return named
    if infile.is_there(Path(NAME)):
        return Path(NAME)
    from platformdirs import user_config_path

    usual = user_config_path(APP, appauthor=False) / NAME
    return usual if infile.is_there(usual) else None


def load(path: Path | None) -> Settings:
    """Read clinic.toml.

    Raises:
        ClinicError: with every fault, each with its key and line.
    """
    if path is None:
        return Settings()
    text = _text(path)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        why = str(error).replace("Cannot overwrite a value", "a key stands here a second time")
        raise ClinicError(f"{path}: {why}", hint="Correct that line and try again.") from error
    faults = _Faults(path, text)
    for key in table.keys() - set(KEYS):
        faults.unknown(key, key, KEYS)
    texts = {key: faults.text(key, table[key]) for key in (*TEXTS, *WORDS) if key in table}
    if texts.get("paper", "letter") not in ("letter", "a4"):
        faults.add("paper", f'is {texts["paper"]!r}; it may be "letter" or "a4"')
    lists = {key: faults.texts(key, table.get(key, [])) for key in LISTS}
    paths = {key: path.parent / faults.text(key, table[key]) for key in PATHS if table.get(key)}
    language = texts.get("language", "en")
    lines = {key: faults.lines(key, table[key], language) for key in BY_LANGUAGE if key in table}
    signoffs = tuple(
        filter(None, (faults.signoff(entry) for entry in faults.tables("signoff", table.get("signoff", []))))
    )
    mail = None
    if "mail" in table:
        from gluterelief_pdf import mailbox

        mail = mailbox.read(table["mail"], texts, faults, path.parent)
    if country := texts.get("country"):
        try:
            facts.region(Content.of(), country)
        except HandoutError as error:
            faults.add("country", str(error).partition(": ")[2])
    if faults.found:
        raise ClinicError("\n".join(faults.found), hint="Correct the file and try again.")
    return Settings(
        path=path,
        texts=texts,
        address=lists["address"],
        emergency=lists["emergency"],
        techniques=lists["techniques"],
        logo=paths.get("logo"),
        overrides=paths.get("overrides"),
        lines=lines,
        signoffs=signoffs,
        mail=mail,
    )


def _text(path: Path) -> str:
    try:
        return infile.text(path)
    except FileNotFoundError:
        hint = "Check the name, or make one with: make-handout init"
        raise ClinicError(f"{path}: there is no such file", hint=hint) from None
    except UnicodeDecodeError:
        raise ClinicError(f"{path}: is not UTF-8 text", hint="Save it as UTF-8 and try again.") from None
    except infile.UnfitError as error:
        raise ClinicError(f"{path}: {error.strerror}", hint=error.hint) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ClinicError(f"{path}: cannot be read: {reason}", hint="Check who may read the file.") from error


class _Faults(Faults):
    """Faults that also tell the line a key stands in."""

    def __init__(self, path: Path, text: str) -> None:
        super().__init__(str(path))
        self._rows = text.splitlines()

    def add(self, key: str, what: str) -> None:
        self.found.append(f"{self.file}, {self._line(key)}{key}: {what}")

    def _line(self, key: str) -> str:
        """Find the line of a key; of a dotted one, the line in its table, or the table's own."""
        found = 0
        for name in key.split("."):
            pattern = re.compile(rf"""\s*(\[+\s*)?["']?{re.escape(name)}["']?\s*[=.\]]""")
            found = next((at for at, row in enumerate(self._rows[found:], found + 1) if pattern.match(row)), found)
        return f"line {found}: " if found else ""

    def text(self, key: str, value: object, *, most: int = entries.MAX_CHARACTERS) -> str:
        if not isinstance(value, str):
            self.add(key, f"should be a text in quotation marks, not {kind(value)}")
            return ""
        try:
            entries.check(key, value, most=most)
        except HandoutError as error:
            self.add(key, str(error).partition(": ")[2])
        return value.strip()

    def texts(self, key: str, value: object) -> tuple[str, ...]:
        if isinstance(value, str):
            value = [line for line in value.splitlines() if line.strip()]
        if not isinstance(value, list):
            self.add(key, f"should be a list of texts, not {kind(value)}")
            return ()
        return tuple(self.text(key, item) for item in value)

    def tables(self, key: str, value: object) -> list[dict[str, Any]]:
        if isinstance(value, list) and all(isinstance(entry, dict) for entry in value):
            return value
        self.add(key, f"should be [[{key}]] tables, not {kind(value)}")
        return []

    def lines(self, key: str, value: object, language: str) -> dict[str, str]:
        if isinstance(value, dict):
            return {tag: self.text(key, text) for tag, text in value.items()}
        return {language: self.text(key, value)}

    def signoff(self, entry: Mapping[str, Any]) -> Signoff | None:
        for name in entry.keys() - set(SIGNOFF_KEYS):
            self.unknown("signoff", name, SIGNOFF_KEYS)
        texts = {name: entry.get(name) for name in ("language", "by", "digest")}
        wrong = [name for name, value in texts.items() if not isinstance(value, str)]
        day = entry.get("on")
        if wrong or not isinstance(day, date):
            self.add(
                "signoff", f"lacks {', '.join([*wrong, *([] if isinstance(day, date) else ['on'])])}; review again"
            )
            return None
        checked = {name: self.text(f"signoff.{name}", value) for name, value in texts.items()}
        rows = (row.rpartition(" ") for row in str(entry.get("parts", "")).splitlines() if row.strip())
        parts = {name: value for name, _, value in rows}
        return Signoff(checked["language"], checked["by"], day, checked["digest"], parts)

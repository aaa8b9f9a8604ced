"""What one sheet depends on, as its options say it: told without making the sheet, or importing what makes it."""

import datetime
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from gluterelief_pdf import fingerprint, infile
from gluterelief_pdf.cli import options
from gluterelief_pdf.settings import Settings
from gluterelief_pdf.signoff import VALID_MONTHS
from gluterelief_pdf.tables import Content

SHEET_KEYS = ("paper", "edition", "beside", "link", "fillable", "patient_in_title", "strict")
LINES = ("patient", "clinician", "date")  # what is written into a finished PDF


class Inputs:
    """What the sheets of one run have in common."""

    def __init__(self, settings: Settings, content: Content, logo: Path | None, today: datetime.date) -> None:
        self._settings, self._content, self._logo, self._today = settings, content, logo, today
        self._fingerprints: dict[tuple[str, ...], str] = {}

    @cached_property
    def _picture(self) -> str:
        """Digest the logo; one that can't be read is told where it is loaded."""
        try:
            return hashlib.sha256(infile.read(self._logo)).hexdigest() if self._logo else ""
        except OSError:
            return "unreadable"

    def cache_key(self, lang: str, given: Mapping[str, Any]) -> str | None:
        """Give the key of what may be kept of a sheet: itself, or itself with room for a patient's lines.

        There is none if more than lines of a patient stands on it.
        """
        if any(given.get(key) for key in options.PATIENT_KEYS if key not in LINES):
            return None
        rooms = [key for key in LINES if str(given.get(key) or "").strip()]
        return hashlib.sha256(self._described(lang, given, {"rooms": rooms})).hexdigest()

    def row_key(self, lang: str, given: Mapping[str, Any], secret: bytes) -> str:
        """Give what changes with anything on a sheet; without the secret nobody can try names against it."""
        day = options.date_of(given.get("date") or "")
        patient = {**{key: given.get(key) for key in options.PATIENT_KEYS}, "date": day.isoformat() if day else ""}
        return hmac.new(secret, self._described(lang, given, patient), "sha256").hexdigest()[:32]

    def _described(self, lang: str, given: Mapping[str, Any], patient: Mapping[str, Any]) -> bytes:
        keys = (*options.CLINIC_KEYS, *options.CHOICE_KEYS, *SHEET_KEYS)
        settings = self._settings
        about = {
            "lang": lang,
            "given": {key: given.get(key) for key in keys if key != "logo"},
            "patient": patient,
            "logo": self._picture,
            "lines": {key: settings.line(key, lang) for key in settings.lines},
            "emergency": settings.emergency,
            "urgent": settings.texts.get("urgent", ""),
            "signoffs": [(each.by, each.on.isoformat(), each.digest, self._aged(each.on)) for each in self._of(lang)],
            "everything": self._everything((lang, given.get("beside") or "")),
        }
        return json.dumps(about, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")

    def _of(self, lang: str) -> Iterable[Any]:
        return (each for each in self._settings.signoffs if each.language == lang)

    def _aged(self, day: datetime.date) -> bool:
        """Tell whether a sign-off is so old that a note is made of it."""
        months = (self._today.year - day.year) * 12 + self._today.month - day.month
        return months > VALID_MONTHS or (months == VALID_MONTHS and self._today.day > day.day)

    def _everything(self, tags: tuple[str, ...]) -> str:
        if tags not in self._fingerprints:
            self._fingerprints[tags] = fingerprint.of(self._content, tags)
        return self._fingerprints[tags]

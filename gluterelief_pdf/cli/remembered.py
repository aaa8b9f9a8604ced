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
        """Give the key of a sheet in the cache; none for a sheet with anything of a patient on it."""
        if any(given.get(key) for key in options.PATIENT_KEYS):
            return None
        return hashlib.sha256(self._described(lang, given)).hexdigest()

    def row_key(self, lang: str, given: Mapping[str, Any], secret: bytes) -> str:
        """Give what changes with anything on a sheet; without the secret nobody can try names against it."""
        return hmac.new(secret, self._described(lang, given), "sha256").hexdigest()[:32]

    def _described(self, lang: str, given: Mapping[str, Any]) -> bytes:
        keys = (*options.CLINIC_KEYS, *options.PATIENT_KEYS, *options.CHOICE_KEYS, *SHEET_KEYS)
        said = {key: given.get(key) for key in keys if key not in ("logo", "date")}
        day = options.date_of(given.get("date") or "")
        settings = self._settings
        about = {
            "lang": lang,
            "given": said,
            "date": day.isoformat() if day else "",
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

"""Sheets made before, kept under the digest of all that they depend on. Private, bounded, and without any patient."""

import hashlib
import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 300_000_000  # some 1,200 sheets; the longest unused go first
FORMAT = 1
SUFFIX = ".sheet"


@dataclass(frozen=True, slots=True)
class Kept:
    """A sheet as it was made, with what was said of it."""

    pdf: bytes
    pages: int
    notes: tuple[str, ...] = ()
    blanked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of sheets. Whatever is wrong with it, sheets are made as if it were empty."""

    folder: Path
    most_bytes: int = MOST_BYTES

    @classmethod
    def usual(cls) -> "Cache":
        """Give the cache in the user's own folder."""
        from platformdirs import user_cache_path

        return cls(user_cache_path("make-handout", appauthor=False) / "sheets")

    def get(self, key: str) -> Kept | None:
        """Find a sheet; a damaged one is removed."""
        path = self._path(key)
        try:
            head, _, pdf = path.read_bytes().partition(b"\n")
            about = json.loads(head)
            if about["format"] != FORMAT or about["sha256"] != hashlib.sha256(pdf).hexdigest():
                raise ValueError("damaged")
            kept = Kept(pdf, about["pages"], tuple(about["notes"]), tuple(about["blanked"]))
            os.utime(path)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            with suppress(OSError):
                path.unlink()
            return None
        return kept

    def put(self, key: str, kept: Kept) -> None:
        """Keep a sheet, and let go of the longest unused ones if there are too many."""
        about = {
            "format": FORMAT,
            "sha256": hashlib.sha256(kept.pdf).hexdigest(),
            "pages": kept.pages,
            "notes": kept.notes,
            "blanked": kept.blanked,
        }
        content = json.dumps(about, ensure_ascii=False).encode() + b"\n" + kept.pdf
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.chmod(0o700)
            self._trim(self.most_bytes - len(content))
            if len(content) <= self.most_bytes:
                self._write(self._path(key), content)

    def clear(self) -> int:
        """Remove every sheet, and tell how many there were."""
        removed = 0
        for path in self._files():
            path.unlink(missing_ok=True)
            removed += path.suffix == SUFFIX
        return removed

    def size(self) -> tuple[int, int]:
        """Count the sheets, and their bytes."""
        sizes = [path.stat().st_size for path in self._files() if path.suffix == SUFFIX]
        return len(sizes), sum(sizes)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{SUFFIX}"

    def _files(self) -> list[Path]:
        return [path for path in self.folder.iterdir() if path.is_file()] if self.folder.is_dir() else []

    def _write(self, path: Path, content: bytes) -> None:
        draft = path.with_name(f"{path.stem}.{secrets.token_hex(4)}.part")
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            os.replace(draft, path)
        finally:
            with suppress(OSError):
                draft.unlink()

    def _trim(self, room: int) -> None:
        """Remove what was not used for longest until the rest fits, and drafts that a stopped run left."""
        found = []
        for entry in os.scandir(self.folder):
            with suppress(OSError):
                state = entry.stat()
                found.append((state.st_mtime, state.st_size, entry.path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= room:
                return
            with suppress(OSError):
                Path(path).unlink()
            total -= size

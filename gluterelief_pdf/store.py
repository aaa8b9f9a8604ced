"""A private, bounded folder of things that can be made again, each under the digest of all that it depends on."""

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORMAT = 2


@dataclass(frozen=True, slots=True)
class Store:
    """Files of one kind. Whatever is wrong with the folder, things are made as if it were empty."""

    folder: Path
    suffix: str
    most_bytes: int

    def get(self, key: str) -> tuple[dict[str, Any], bytes] | None:
        """Find something, with what is noted of it; a damaged one is removed."""
        path = self._path(key)
        try:
            head, _, content = path.read_bytes().partition(b"\n")
            about = json.loads(head)
            if about["format"] != FORMAT or about["sha256"] != hashlib.sha256(content).hexdigest():
                raise ValueError("damaged")
            os.utime(path)
            return dict(about["about"]), content
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            self.remove(key)
            return None

    def put(self, key: str, about: Mapping[str, Any], content: bytes) -> None:
        """Keep something, and let go of the longest unused if there is too much."""
        head = {"format": FORMAT, "sha256": hashlib.sha256(content).hexdigest(), "about": about}
        whole = json.dumps(head, ensure_ascii=False).encode() + b"\n" + content
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.chmod(0o700)
            self._trim(self.most_bytes - len(whole))
            if len(whole) <= self.most_bytes:
                self._write(self._path(key), whole)

    def remove(self, key: str) -> None:
        """Forget something."""
        with suppress(OSError):
            self._path(key).unlink()

    def clear(self) -> int:
        """Remove everything, and tell how much there was."""
        removed = 0
        for path in self._files():
            path.unlink(missing_ok=True)
            removed += path.suffix == self.suffix
        return removed

    def size(self) -> tuple[int, int]:
        """Count what is kept, and its bytes."""
        sizes = [path.stat().st_size for path in self._files() if path.suffix == self.suffix]
        return len(sizes), sum(sizes)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{self.suffix}"

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

"""Pages as pictures, by poppler."""

import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageStat


def pictures(pdf: bytes, *, dpi: int) -> list[Image.Image]:
    """Turn each page into a picture."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "sheet.pdf")
        source.write_bytes(pdf)
        subprocess.run(["pdftoppm", "-r", str(dpi), "-png", source, Path(folder, "page")], check=True, timeout=60)
        pages = sorted(Path(folder).glob("page-*.png"))
        assert pages
        return [Image.open(page).copy() for page in pages]


def ink(pdf: bytes) -> list[float]:
    """Measure the share of each page that is inked, 0 to 1: how dark it is on average."""
    return [1 - ImageStat.Stat(page.convert("L")).mean[0] / 255 for page in pictures(pdf, dpi=100)]

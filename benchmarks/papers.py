"""Sheets as a clinic makes them, and their pages as a printer or a screen sees them: what prints.py and contrast.py share."""

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from PIL import Image

from benchmarks import sample

MM_PER_INCH, PT_PER_INCH = 25.4, 72


def made(folder: Path, kinds: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, Path]]:
    """Make each kind of sheet by the real command line."""
    for name, options in kinds.items():
        path = folder / f"{name.replace(' ', '-')}.pdf"
        done = subprocess.run(
            [sample.PROGRAM, *sample.OPTIONS, *options, "--output", path],
            cwd=folder,
            env=sample.alone(folder),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (name, done.stderr)
        yield name, path


def picture(pdf: Path, page: int, dpi: int, *how: str) -> Image.Image:
    """Turn one page (from 1) into a picture; one at a time, since a page at 600 dpi takes 34 MB."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "page")
        subprocess.run(
            ["pdftoppm", "-r", str(dpi), *how, "-f", str(page), "-l", str(page), "-singlefile", pdf, target],
            check=True,
            timeout=300,
        )
        (found,) = Path(folder).iterdir()
        Image.MAX_IMAGE_PIXELS = None
        with Image.open(found) as image:
            return image.copy()


def side_by_side(images: Sequence[Image.Image], across: int, target: Path, *, quality: int) -> None:
    """Save pictures of one size as a table of so many in a row."""
    width, height = (side + 6 for side in images[0].size)
    sheet = Image.new("RGB", (across * width, -(-len(images) // across) * height), "#999999")
    for number, image in enumerate(images):
        sheet.paste(image, (number % across * width, number // across * height))
    sheet.save(target, quality=quality, optimize=True)


def printed(rows: Iterable[Sequence[object]], head: Sequence[str]) -> None:
    """Print a table in Markdown."""
    print("|", " | ".join(head), "|")
    print("|" + "---|" * len(head))
    for row in rows:
        print("|", " | ".join(map(str, row)), "|", flush=True)

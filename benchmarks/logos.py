"""The sheets of 24 logos side by side: writes docs/logos.jpg. `make inputs` runs it."""

import argparse
import io
import sys
from pathlib import Path

from PIL import Image, ImageDraw

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import papers  # noqa: E402 (after the path)
from benchmarks.inputs import Case, run  # noqa: E402
from tests.rendering import pictures  # noqa: E402

COLOURS = {
    "teal": "#0b6e6e", "navy": "#123a6b", "grey": "#808080", "black": "#000000", "white": "#ffffff", "neon green": "#39ff14",
    "neon pink": "#ff10f0", "yellow": "#ffee00", "pastel pink": "#ffd1dc", "pastel blue": "#aec6cf", "mint": "#98ff98",
    "orange": "#ff7700", "red": "#c01818", "purple": "#5b2a86", "brown": "#6b4423", "olive": "#808000", "cyan": "#00ffff",
    "lavender": "#e6e6fa", "maroon": "#800000", "lime": "#bfff00",
}  # fmt: skip
PAIRS = {"blue and orange": ("#0057b8", "#ff8800"), "grey and green": ("#777777", "#2e8b57"), "black and gold": ("#000000", "#d4af37"), "red and white": ("#c01818", "#ffffff")}  # fmt: skip


def _mark(colours: tuple[str, ...]) -> bytes:
    picture = Image.new("RGBA", (600, 180), (0, 0, 0, 0) if colours == ("#ffffff",) else "white")
    draw = ImageDraw.Draw(picture)
    for number, colour in enumerate(colours):
        draw.ellipse((20 + 190 * number, 20, 160 + 190 * number, 160), fill=colour)
        draw.rectangle((230 + 120 * number, 60, 560, 120), fill=colour)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def contact_sheet() -> None:
    """Lay parts of 24 sheets side by side: the head of page 1 and the ball of page 3."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    marks = {**{name: (colour,) for name, colour in COLOURS.items()}, **PAIRS}
    tops = []
    for colours in marks.values():
        outcome = run(Case("", ["--logo", "logo.png", "--output", "a.pdf"], {"logo.png": lambda c=colours: _mark(c)}))  # type: ignore[misc]
        first, _, third, *_ = pictures(outcome.pdf, dpi=45)
        top = first.crop((0, 0, first.width, first.height * 33 // 100))
        ball = third.crop((0, third.height * 50 // 100, third.width, third.height * 85 // 100))
        both = Image.new("RGB", (first.width, top.height + ball.height), "white")
        both.paste(top, (0, 0))
        both.paste(ball, (0, top.height))
        tops.append(both)
    assert len(tops) == 24
    papers.side_by_side(tops, 6, ROOT / "docs" / "logos.jpg", quality=70)


if __name__ == "__main__":
    contact_sheet()

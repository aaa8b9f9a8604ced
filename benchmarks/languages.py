"""Every language side by side: writes docs/languages.md and docs/languages.jpg.

Times are medians of one interleaved run, as ratios to English.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import papers  # noqa: E402 (after the path)
from gluterelief_pdf import handout  # noqa: E402
from tests.plain import printed  # noqa: E402
from tests.readability import SCALES, UNSPACED, grade, score, sentence_length  # noqa: E402
from tests.rendering import pictures  # noqa: E402
from tests.test_languages import LANGUAGES, PAPERS, TAGS, filled  # noqa: E402

ROUNDS = 5


def times() -> dict[str, float]:
    """Render every language in turn, several rounds, and give the medians as ratios to English."""
    sheets = {tag: filled(tag) for tag in TAGS}
    taken: dict[str, list[float]] = {tag: [] for tag in TAGS}
    for _ in range(ROUNDS):
        for tag, sheet in sheets.items():
            began = time.perf_counter()
            handout.render(sheet)
            taken[tag].append(time.perf_counter() - began)
    english = statistics.median(taken["en"])
    return {tag: statistics.median(values) / english for tag, values in taken.items()}


def ease(tag: str) -> str:
    """Give the score of a language by its own formula, or that there is none."""
    texts = [text for _, text in printed(tag)]
    if tag == "en":
        return f"Flesch-Kincaid grade {grade(texts):.1f}"
    return (
        f"{SCALES[tag].name} {score(tag, texts):.0f} (plain from {SCALES[tag].plain})"
        if tag in SCALES
        else "no agreed formula"
    )


def main() -> None:
    """Measure and write."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    ratios = times()
    rows, firsts = [], []
    for tag in TAGS:
        made = {paper: handout.render(filled(tag, paper)) for paper in PAPERS}
        mean, longest = sentence_length(tag, [text for key, text in printed(tag) if key != "summary.equipment"])
        unit = "characters" if tag in UNSPACED else "words"
        pages = " · ".join(str(rendered.pages) for rendered in made.values())
        size = max(len(rendered.pdf) for rendered in made.values()) // 1000
        language = LANGUAGES[tag]
        rows.append(
            f"| `{tag}` | {language.english} | {language.font} | {pages} | {size} kB | {ratios[tag]:.2f} "
            f"| {ease(tag)} | {mean:.1f} · {longest} {unit} |"
        )
        firsts.append(pictures(made["a4"].pdf, dpi=38)[0])
    head = (
        "# Languages\n\nMade by `make languages`. Pages of the complete sheet on Letter and A4; the largest file; time to make it, as a "
        "ratio to English (medians of one run); reading ease by the language's own formula where one is in use (the higher, the easier; "
        "English: the grade); mean and longest sentence. How each was translated and read back: [translations](translations.md).\n\n"
        "![Page 1 in every language](languages.jpg)\n\n"
        "| tag | language | font | pages | size | time | reading ease | sentences |\n|---|---|---|---|---|---|---|---|\n"
    )
    (ROOT / "docs" / "languages.md").write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    papers.side_by_side(firsts, 7, ROOT / "docs" / "languages.jpg", quality=75)


if __name__ == "__main__":
    main()

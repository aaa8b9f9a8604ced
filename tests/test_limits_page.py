"""docs/limits.md says what the code does, and leaves out no limit of it."""

import ast
import importlib
import re
from pathlib import Path

import pytest

import gluterelief_pdf

PAGE = (Path(__file__).parents[1] / "docs/limits.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| .* \| ([\d,]+) ?(\S*)[^|]*\| `(\w+)\.(\w+)` \|$", PAGE, re.MULTILINE)
UNITS = {"MB": 10**6, "GiB": 2**30}
LIMIT = re.compile(r"_?(MAX|MOST|TIMEOUT|LONGEST)(_|$)|(_TIMEOUT_S|_MAX|_MOST)$")
OF_NO_INTEREST = {  # what is kept in memory, or steers the look, and refuses nothing
    "MOST_BLANKS",
    "MOST_RECENT",
    "MOST_STYLES",
    "pictures.MOST",
    "parts.MOST",
    "styles.MOST",
    "MOSTLY_ASCII",
    "MOST_TINT",
}


def limits() -> set[str]:
    """Find what the code names as a limit: a number under a name such as MAX_PIXELS."""
    found = set()
    for path in Path(gluterelief_pdf.__file__).parent.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            for target in node.targets if isinstance(node, ast.Assign) else ():
                names = target.elts if isinstance(target, ast.Tuple) else (target,)
                found |= {f"{path.stem}.{n.id}" for n in names if isinstance(n, ast.Name) and LIMIT.search(n.id)}
    return found


@pytest.mark.parametrize(("figure", "unit", "module", "name"), ROWS)
def test_a_figure_of_the_page_is_the_codes(figure: str, unit: str, module: str, name: str) -> None:
    in_code = getattr(importlib.import_module(f"gluterelief_pdf.{module}"), name)

    assert int(figure.replace(",", "")) * UNITS.get(unit, 1) == in_code


def test_every_row_is_compared_and_no_limit_is_left_out() -> None:
    assert len(ROWS) == PAGE.count("` |\n") > 30
    named = {f"{module}.{name}" for *_, module, name in ROWS}
    left_out = {limit for limit in limits() - named if not {limit, limit.partition(".")[2]} & OF_NO_INTEREST}
    assert left_out == set()

"""The house keeps its shape: data flows one way, and each library is known in one place."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import gluterelief_pdf

PACKAGE = Path(gluterelief_pdf.__file__).parent
# A module imports only from layers above its own; modules of one layer never import each other.
LAYERS = (
    {"errors", "model", "resources", "letters", "infile", "store", "drawn", "declared"},
    {
        "tables",
        "shapes",
        "unprintable",
        "outline",
        "colour",
        "svg",
        "quantities",
        "limits",
        "output",
        "fonts",
        "libraries",
        "doses",
        "both",
        "qr",
        "layout",
        "marks",
        "addresses",
        "credentials",
        "ledger",
        "mail",
        "encrypt",
        "printing",
        "pictures",
        "csvfile",
        "entries",
        "slots",
        "cache",
        "cut",
        "naming",
        "folder",
        "site",
        "wrapping",
        "source",
        "states",
    },
    {"parts", "tags", "lines", "styles", "importing"},
    {
        *(
            "facts",
            "words",
            "page",
            "pdf",
            "plan",
            "signoff",
            "record",
            "fingerprint",
            "columns",
            "manifest",
            "printfile",
        ),
        *("bodies", "smtp", "mailbox"),
    },
    {"logo", "shelf", "roster"},
    {"clinic", "texts", "clinicfile", "compose", "post"},
    {"settings", "handout"},
    {"worker"},
    {"crew"},
    {"batch", "seat"},
    {"resume", "cluster"},
    {"cli"},
    {"__main__"},
)
HOME = {  # who may import a library
    "click": {"cli"},
    "jinja2": {"page", "bodies"},
    "smtplib": {"smtp"},
    "ssl": {"smtp", "site"},
    "distributed": {"cluster", "seat"},
    "sqlite3": {"ledger"},
    "email": {"mail"},
    "email_validator": {"addresses"},
    "markupsafe": {"page", "both"},
    "segno": {"qr"},
    "weasyprint": {"pdf", "tags", "pictures", "parts", "lines", "source", "styles", "importing"},
    "cffi": {"importing"},
    "tinycss2": {"importing"},
    "pydyf": {"drawn", "tags", "pictures", "cut", "lines"},
    "pypdf": {"printfile", "encrypt"},
    "babel": {"quantities"},
    "PIL": {"logo", "svg"},
    "tomllib": {"tables", "settings"},
    "tomlkit": {"clinicfile"},
    "platformdirs": {"settings", "ledger", "cache"},
}


def imports(source: str) -> set[str]:
    """Name everything a module imports, at its head or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def own(names: set[str]) -> set[str]:
    """Reduce imports to modules of this package."""
    inside = (name.split(".")[1] for name in names if name.startswith("gluterelief_pdf."))
    return {name for name in inside if (PACKAGE / f"{name}.py").is_file() or (PACKAGE / name).is_dir()}


def modules() -> dict[str, set[str]]:
    """Give each module, or the command line as one, with all it imports."""
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if name != "__init__":
            found.setdefault(name, set()).update(imports(path.read_text(encoding="utf-8")))
    return found


def violations(found: dict[str, set[str]]) -> list[str]:
    level = {name: number for number, layer in enumerate(LAYERS) for name in layer}
    wrong = []
    for name, names in found.items():
        wrong += [f"{name} imports {other}" for other in own(names) - {name} if level[other] >= level[name]]
        for library, homes in HOME.items():
            if name not in homes and any(each.split(".")[0] == library for each in names):
                wrong.append(f"{name} imports {library}")
    return sorted(wrong)


def test_every_module_has_a_layer() -> None:
    assert modules().keys() == set().union(*LAYERS)


def test_data_flows_one_way_and_each_library_has_one_home() -> None:
    assert violations({**modules(), "cli": modules()["cli"] | {"gluterelief_pdf.errors"}}) == []


@pytest.mark.parametrize(
    ("module", "planted", "wrong"),
    [
        ("facts", "from gluterelief_pdf import handout", "facts imports handout"),
        ("page", "from gluterelief_pdf.pdf import render", "page imports pdf"),
        ("pdf", "def f():\n    import click", "pdf imports click"),
        ("clinic", "from jinja2 import Template", "clinic imports jinja2"),
    ],
)
def test_a_planted_violation_is_found(module: str, planted: str, wrong: str) -> None:
    found = modules()
    found[module] = found[module] | imports(planted)

    assert violations(found) == [wrong]


def test_help_does_not_wait_for_what_it_does_not_need() -> None:
    heavy = ("weasyprint", "jinja2", "babel", "PIL", "gluterelief_pdf.handout")
    code = f"import sys, gluterelief_pdf.cli; print([name for name in {heavy!r} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout == "[]\n"


def test_no_module_does_two_things() -> None:
    modules = [
        *PACKAGE.rglob("*.py"),
        *(path for name in ("benchmarks", "tests") for path in (PACKAGE.parent / name).glob("*.py")),
    ]
    lengths = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules}

    assert len(lengths) > 15
    assert {path: length for path, length in lengths.items() if length > 300} == {}


def test_templates_hold_no_words_and_no_numbers_that_a_patient_reads() -> None:
    import re

    templates = sorted((PACKAGE.parent / "templates").rglob("*.html"))
    assert len(templates) > 5
    for path in templates:
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"(?s)<style>.*?</style>|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", text)
        text = re.sub(r"<[^>]*>", " ", text)
        assert re.findall(r"[A-Za-z0-9]+", text) == [], path.name

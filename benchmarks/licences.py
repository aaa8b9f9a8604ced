"""The licences of the libraries that a clinic installs with the tool.

    python -m benchmarks.licences           prints the table
    python -m benchmarks.licences --write   writes it into content/NOTICE.md

Each is what the library's own metadata say, of the versions that are installed here.
"""

import argparse
from importlib.metadata import distribution, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

NOTICE = Path(__file__).parents[1] / "content" / "NOTICE.md"
EXTRAS = ("cjk", "encrypt", "cluster")
BEGIN, END = "<!-- written by python -m benchmarks.licences --write -->\n", "<!-- end -->\n"
# What the metadata leave open, read in the library's own files.
READ = {"justmytype-intl-cjk": "MIT; its fonts: OFL-1.1", "fonttools": "MIT; parts: see its LICENSE.external"}


def needed() -> dict[str, str]:
    """Give each library that the tool or an extra needs, directly or through another, with the extra that brings it."""
    found: dict[str, str] = {}
    for extra in ("", *EXTRAS):
        waiting = [("gluterelief-pdf", extra)]
        seen: set[tuple[str, str]] = set()
        while waiting:
            name, option = waiting.pop()
            for line in requires(name) or ():
                wanted = Requirement(line)
                if wanted.marker and not wanted.marker.evaluate({"extra": option}):
                    continue
                inner = canonicalize_name(wanted.name)
                more = {(inner, each) for each in ("", *wanted.extras)} - seen
                seen |= more
                waiting += more
                found.setdefault(inner, extra)
    return dict(sorted(found.items()))


def licence(name: str) -> str:
    """Say what a library's metadata say of its licence: the expression, else the short field, else the classifiers."""
    about = distribution(name).metadata
    written = next((each for key in ("License-Expression", "License") for each in about.get_all(key) or ()), "")
    classes = [each.rpartition(":: ")[2] for each in about.get_all("Classifier") or () if each.startswith("License ::")]
    short = written if written and "\n" not in written and len(written) < 60 else ", ".join(classes)
    return READ.get(name) or short


def table() -> str:
    """Write the table."""
    rows = [f"| {name} | {via and f'`[{via}]`'} | {licence(name)} |\n" for name, via in needed().items()]
    return "| library | with | licence |\n|---|---|---|\n" + "".join(rows)


def main() -> None:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    if not parser.parse_args().write:
        print(table(), end="")
        return
    text = NOTICE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    NOTICE.write_text(before + BEGIN + table() + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()

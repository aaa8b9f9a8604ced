"""Sheets to a real cupsd with a cups-pdf queue, one and a list; the server's own page log says what came.

make soak runs it. Needs root, Debian's cups and printer-driver-cups-pdf.
"""

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

CUPSD = """Listen 127.0.0.1:{port}
Listen {folder}/cups.sock
LogLevel info
DefaultAuthType None
WebInterface No
Browsing Off
PageLogFormat %p %u %j %T %P %C %{{job-billing}} %{{job-originating-host-name}} %{{job-name}} %{{media}} %{{sides}}
<Location />
  Order allow,deny
  Allow from 127.0.0.1
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
FILES = """ServerRoot {folder}
RequestRoot {folder}/spool
CacheDir {folder}/cache
StateDir {folder}/state
TempDir {folder}/tmp
AccessLog {folder}/access_log
ErrorLog {folder}/error_log
PageLog {folder}/page_log
SystemGroup root
Printcap
"""
PPD = "/usr/share/ppd/cups-pdf/CUPS-PDF_opt.ppd"
QUEUE = "desk"
COPIES, PAGES = 2, 6
JOBS = (rf"{COPIES * PAGES} .* handout-en A4", r"\d .* handout-es Letter", r"\d .* handout-de A4")
WAIT_S = 60


def main() -> int:
    """Print a sheet and a list, and hold the page log against what was asked for."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    with tempfile.TemporaryDirectory(prefix="cups-soak-") as name, socket.create_server(("127.0.0.1", 0)) as free:
        folder, port = Path(name), free.getsockname()[1]
        free.close()
        folder.chmod(0o755)
        for each in ("spool", "cache", "state", "tmp", "ppd"):
            (folder / each).mkdir()
        (folder / "tmp").chmod(0o1777)  # its filters run as another user
        (folder / "cupsd.conf").write_text(CUPSD.format(folder=folder, port=port), encoding="utf-8")
        (folder / "cups-files.conf").write_text(FILES.format(folder=folder), encoding="utf-8")
        cupsd = subprocess.Popen(
            ["/usr/sbin/cupsd", "-f", "-c", folder / "cupsd.conf", "-s", folder / "cups-files.conf"]
        )
        try:
            return _print(folder, port)
        finally:
            cupsd.terminate()
            cupsd.wait(20)


def _print(folder: Path, port: int) -> int:
    environment = {**os.environ, "CUPS_SERVER": f"127.0.0.1:{port}", "XDG_CONFIG_HOME": str(folder)}
    _until(lambda: subprocess.run(["lpstat", "-r"], env=environment, capture_output=True, check=False).returncode == 0)
    add = ["/usr/sbin/lpadmin", "-p", QUEUE, "-E", "-v", "cups-pdf:/", "-P", PPD]  # it puts what is printed into ~/PDF
    _until(lambda: subprocess.run(add, env=environment, capture_output=True, check=False).returncode == 0)
    command = [sys.executable, "-m", "gluterelief_pdf", "--country", "GB", "--patient", "Ann Lee"]
    environment["PYTHONPATH"] = str(Path.cwd())
    printed = subprocess.run(
        [*command, "--print", QUEUE, "--copies", str(COPIES)],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    refused = subprocess.run(
        [*command, "--technique", "ice", "--print", "nowhere"],
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    roster = "name,language,techniques,paper\nAnn Lee,es,pigeon,letter\nAnn Poe,de,pigeon,a4\n"
    (folder / "roster.csv").write_text(roster, encoding="utf-8")
    batch = [*command[:3], "batch", "roster.csv", "--country", "GB", "--print", QUEUE]
    for _ in range(2):  # the second run finds everything printed
        subprocess.run(batch, cwd=folder, env=environment, check=True, capture_output=True)
    log = folder / "page_log"
    _until(lambda: log.exists() and log.read_text(encoding="utf-8").count("\n") >= len(JOBS))
    lines = log.read_text(encoding="utf-8").splitlines()
    print(printed.stderr.splitlines()[-1])
    print(*lines, sep="\n")
    print(refused.returncode, refused.stderr.splitlines()[-2:])
    private = any("Ann" in text for text in (*lines, (folder / "error_log").read_text(encoding="utf-8")))
    wanted = [rf"{QUEUE} .* total {job} two-sided-long-edge" for job in JOBS]
    right = len(lines) == len(wanted) and all(map(re.fullmatch, wanted, lines))
    return 0 if right and not private and refused.returncode == 6 else 1


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())

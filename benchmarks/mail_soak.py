"""Letters to a real Postfix while the sender and the server's processes are killed at random: none lost, none doubled.

make soak runs it; its last line goes into docs/measured.md. Needs root, Debian's postfix and sasl2-bin.
"""

import argparse
import os
import random
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks import postfix
from gluterelief_pdf import ledger, post
from gluterelief_pdf.credentials import Secret
from gluterelief_pdf.errors import HandoutError
from gluterelief_pdf.letters import Address, Letter, Server
from tests.letters import DESK, letter
from tests.mailservers import certificates

USER, PASSWORD = "clinic", secrets.token_hex(8)
PER_MINUTE = 3000
PDF = os.urandom(120_000)  # as large as a sheet


def numbered(count: int) -> list[Letter]:
    """Write the letters."""
    return [
        letter(row=row, key=f"{row:064x}", to=Address(f"patient{row}@home.example"), pdf=PDF)
        for row in range(1, count + 1)
    ]


def send(path: Path, port: int, authority: Path, count: int) -> int:
    """Send what is left, as the program does, and give its exit code."""
    server = Server(
        "localhost", port, "starttls", USER, ca_file=authority, timeout_s=20, per_minute=PER_MINUTE, pauses_s=(1, 1)
    )
    kinds: Counter[str] = Counter()
    secret = Secret("password", sys.stdin.readline().strip())

    def tell(event: object) -> None:
        kinds[event.kind] += 1  # type: ignore[attr-defined]

    try:
        with ledger.opened(path) as book:
            print("sending", flush=True)
            post.send(numbered(count), DESK, server, book, lambda: secret, tell=tell)
    except HandoutError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 75 if kinds["deferred"] else 0


def soak(count: int, least_kills: int) -> int:
    """Kill at random until every letter is sent or unknown, then count what arrived."""
    chance = random.Random(8)
    with tempfile.TemporaryDirectory(prefix="mail-soak-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "certificates").mkdir()
        certs = certificates(folder / "certificates")
        book_path = folder / "outbox.sqlite"
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        good = certs.folder / "good.pem"
        key = certs.folder / "good-key.pem"
        with postfix.running(
            folder / "postfix", port=port, user=USER, password=PASSWORD, certificate=good, key=key
        ) as server:
            kills: Counter[str] = Counter()
            codes: Counter[int] = Counter()
            started = time.monotonic()
            while True:
                command = [sys.executable, "-m", "benchmarks.mail_soak", "--sender", str(book_path), str(port)]
                sender = subprocess.Popen(
                    [*command, "--authority", str(certs.authority), "--count", str(count)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                )
                assert sender.stdin is not None
                assert sender.stdout is not None
                sender.stdin.write(PASSWORD + "\n")
                sender.stdin.close()
                sender.stdout.readline()  # from here on it sends: whoever is killed is killed at work
                while sender.poll() is None:
                    try:
                        sender.wait(chance.uniform(0.3, 2.5))
                    except subprocess.TimeoutExpired:
                        _strike(chance, sender, server, kills)
                codes[sender.returncode] += 1
                if sender.returncode == 0:
                    break
            server.wait_until_delivered()
            return _judge(count, least_kills, book_path, server, kills, codes, time.monotonic() - started)


def _strike(chance: random.Random, sender: subprocess.Popen[str], server: postfix.Postfix, kills: Counter[str]) -> None:
    target = chance.choices(["sender", "smtpd", "cleanup", "stop and start"], [50, 30, 15, 5])[0]
    if target == "sender":
        sender.kill()
        sender.wait()
        kills[target] += 1
    elif target == "stop and start":
        server.control("stop")
        server.control("start")
        kills[target] += 1
    else:
        kills[target] += server.kill(target)


def _judge(
    count: int,
    least_kills: int,
    path: Path,
    server: postfix.Postfix,
    kills: Counter[str],
    codes: Counter[int],
    took_s: float,
) -> int:
    arrived: Counter[int] = Counter()
    for message in server.delivered:
        found = re.search(rb"^To: patient(\d+)@", message.read_bytes(), re.MULTILINE)
        assert found
        arrived[int(found[1])] += 1
    with ledger.shown(path) as book:
        states = {entry.row: entry.state for entry in book.entries()}
    told = Counter(states.values())
    lost = [row for row in range(1, count + 1) if not arrived[row] and states.get(row) != "unknown"]
    doubled = [row for row, copies in arrived.items() if copies > 1]
    astray = [row for row, state in states.items() if state not in ("sent", "unknown")]
    arrived_unknown = sum(1 for row, state in states.items() if state == "unknown" and arrived[row])
    print(f"exit codes of the sender: {dict(codes)}; kills: {dict(kills)}; {took_s:.0f} s")
    print(
        f"{count} letters, {kills.total()} kills: {len(lost)} lost without being listed, {len(doubled)} doubled, "
        f"{told['unknown']} listed as unknown, of which {arrived_unknown} had arrived"
    )
    enough = kills.total() >= least_kills
    if not enough:
        print(f"too few kills: {least_kills} are wanted")
    return 0 if enough and not lost and not doubled and not astray else 1


def main() -> int:
    """Run the soak, or one sender of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1500)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--sender", nargs=2, metavar=("LEDGER", "PORT"))
    parser.add_argument("--authority", type=Path)
    given = parser.parse_args()
    if given.sender:
        return send(Path(given.sender[0]), int(given.sender[1]), given.authority, given.count)
    return soak(given.count, given.kills)


if __name__ == "__main__":
    sys.exit(main())

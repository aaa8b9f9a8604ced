"""The program killed at any moment: a sheet, a batch, a letter. Part of benchmarks/faults.py."""

import os
import random
import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing

from benchmarks.desk import BATCH, ONE, SEND, Desk, Told, digests, ended, roster, wrong_with

AWAIT_S = 4.0  # until a child has heard that the one who started it was killed


def killed(desk: Desk, chance: random.Random, kills: int) -> Told:
    """SIGKILL at moments spread over the whole of one sheet, one batch, one letter."""
    began = time.monotonic()
    desk.run(*ONE)
    whole, took_s = (desk.folder / "sheet.pdf").read_bytes(), time.monotonic() - began
    found: Counter[str] = Counter()
    for number in range(kills):
        (desk.folder / "sheet.pdf").write_bytes(b"older")
        running = desk.start(*ONE)
        if number % 3 == 2:  # while it writes, which is too short to be met by chance
            while running.poll() is None and not any(desk.folder.glob(".*.part")):
                pass
        else:
            time.sleep(took_s * (number + chance.random()) / kills)
        running.kill()
        running.communicate()
        found["new" if (now := (desk.folder / "sheet.pdf").read_bytes()) == whole else "older"] += 1
        if now not in (b"older", whole):
            yield f"kill {number} of one sheet", "half a sheet"
    time.sleep(AWAIT_S)
    left = [name for name in desk.left() if not name.endswith(".part")]
    yield f"one sheet, {kills} kills: {dict(found)}", f"left in the temporary folder: {left}" if left else ""
    for draft in desk.folder.glob(".*.part"):
        os.utime(draft, (1, 1))
    desk.run(*ONE)
    yield "the next run takes away what a kill left in the folder", str(desk.left()) if desk.left() else ""
    yield from _killed_batch(desk, chance, max(3, kills // 3))
    yield from _killed_sending(desk, chance, max(3, kills // 2))


def _killed_batch(desk: Desk, chance: random.Random, kills: int) -> Told:
    desk.clear()  # of the part before
    roster(desk)
    began = time.monotonic()
    desk.run(*BATCH, "--drafts", "drafts", "--print-file", "all.pdf")
    wanted, took_s = digests(desk.folder), time.monotonic() - began
    desk.clear()
    roster(desk)
    for _ in range(kills):
        running = desk.start(*BATCH, "--drafts", "drafts", "--print-file", "all.pdf", start_new_session=True)
        time.sleep(took_s * chance.uniform(0.1, 0.9))
        os.killpg(running.pid, signal.SIGKILL) if chance.random() < 0.5 else running.kill()
        ended(running)
    last = desk.run(*BATCH, "--drafts", "drafts", "--print-file", "all.pdf")
    wrong = wrong_with(last, 0) or ("" if digests(desk.folder) == wanted else "other files than undisturbed")
    yield f"a batch with records, drafts and a print file, {kills} kills: the same files", wrong
    left = [name for name in desk.left() if name.startswith(".")]
    yield "nothing half-written is left by it", str(left) if left else ""


def _killed_sending(desk: Desk, chance: random.Random, kills: int) -> Told:
    began = time.monotonic()
    desk.run(*SEND, "first@home.example")
    took_s = time.monotonic() - began
    for number in range(kills):
        running = desk.start(*SEND, f"kill{number}@home.example")
        time.sleep(took_s * (number + chance.random()) / kills)
        running.kill()
        ended(running)
        again = desk.run(*SEND, f"kill{number}@home.example")
        if wrong := wrong_with(again, 0, 1):
            yield f"a letter, kill {number}", wrong
    arrived = Counter(address for envelope in desk.inbox.got for address in envelope.rcpt_tos)
    with closing(sqlite3.connect(desk.folder / "outbox.sqlite")) as book:
        states = dict(book.execute("SELECT address, state FROM letter"))
    doubled = [address for address, count in arrived.items() if count > 1]
    lost = [a for n in range(kills) if not arrived[a := f"kill{n}@home.example"] and states.get(a) != "unknown"]
    told = Counter(states.values())
    yield (
        f"a letter, {kills} kills, then sent again: {dict(told)}",
        f"lost {lost}, doubled {doubled}" if lost or doubled else "",
    )

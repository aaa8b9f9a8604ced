"""A batch that is stopped, or that something in it stops: nothing lost, nothing twice, no worker left."""

import os
import re
import signal
import time
from pathlib import Path

import pytest

from gluterelief_pdf import batch, worker
from gluterelief_pdf.crew import Processes
from gluterelief_pdf.errors import RenderError
from gluterelief_pdf.folder import Folder
from gluterelief_pdf.model import Choice, Clinic
from gluterelief_pdf.shelf import Shelf
from tests.conftest import Run
from tests.rosters import LEAST_BYTES, SHORT, files, listed, order, start, wait_for, workers, write


@pytest.mark.parametrize(
    "how", ["SIGKILL", *(pytest.param(name, marks=pytest.mark.matrix) for name in ("SIGINT", "SIGTERM"))]
)
def test_a_run_that_is_stopped_goes_on_to_the_same_bytes_and_its_workers_end(
    run: Run, tmp_path: Path, how: str
) -> None:
    write(tmp_path / "r.csv", ["name", "note"], *([f"Patient {number}", f"Note {number}"] for number in range(4)))
    assert run("batch", "r.csv", "--out", "undisturbed", *SHORT[:-1], "2").code == 0
    folder = tmp_path / "stopped"
    running = start(tmp_path, "r.csv", "--out", "stopped", *SHORT)
    wait_for("0001-*.pdf", folder)
    children = workers(running.pid)

    running.send_signal(signal.Signals[how])
    _, said = running.communicate(timeout=60)

    assert children
    assert 0 < len(files(folder)) < 4
    if how != "SIGKILL":
        assert running.returncode == 130
        assert re.search(r"Interrupted: \d of 4 sheets are there\. Run the same command again to go on\.", said)
    for child in children:
        for _ in range(100):
            if not Path(f"/proc/{child}").exists():
                break
            time.sleep(0.1)
        assert not Path(f"/proc/{child}").exists()

    assert run("batch", "r.csv", "--out", "stopped", *SHORT).code == 0

    assert files(folder) == files(tmp_path / "undisturbed")
    assert {row["file"]: row["sha256"] for row in listed(folder)} == files(folder)
    assert sorted(path.name for path in folder.iterdir()) == [".make-handout", *files(folder), "manifest.csv"]


@pytest.mark.matrix
def test_a_worker_that_is_killed_costs_no_row(tmp_path: Path) -> None:
    write(tmp_path / "r.csv", ["name", "note"], *([f"Patient {number}", f"Note {number}"] for number in range(5)))
    running = start(tmp_path, "r.csv", *SHORT)
    wait_for("0001-*.pdf", tmp_path / "handouts")

    os.kill(workers(running.pid)[0], signal.SIGKILL)
    _, said = running.communicate(timeout=90)

    assert running.returncode == 0, said
    assert len(files(tmp_path / "handouts")) == 5


def test_only_one_run_is_in_a_folder(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "r.csv", ["name"], ["Ann"])

    with Folder(tmp_path / "handouts"):
        result = run("batch", "r.csv", *SHORT)

    assert result.code == 6
    assert result.stderr.splitlines()[-2:] == [
        "Error: handouts: another run is making sheets in this folder",
        "Wait until it is done, or name another folder with --out.",
    ]


@pytest.mark.matrix
def test_a_row_that_takes_too_long_or_too_much_is_told_and_the_rest_is_made(tmp_path: Path) -> None:
    """The limits are lowered for one kind of sheet only by what it needs: a whole sheet takes longer than a short one."""
    shelf = Shelf()
    whole, short = Choice(), Choice(("pigeon",))

    def made(**limits: float) -> list[str]:
        bench = worker.Bench(tmp_path, shelf.content, [worker.Setting(Clinic(), "", None)], None, False, **limits)  # type: ignore[arg-type]
        orders = [order(1, short), order(2, whole), order(3, short)]
        found = {outcome.order.row: outcome for outcome in batch.make(orders, Processes(bench, 1))}
        return [str(found[row].error or "") for row in (1, 2, 3)]

    slow = made(timeout_s=0.01)
    with pytest.raises(RenderError) as tight:
        made(memory_bytes=100_000_000)
    try:
        large = made(memory_bytes=LEAST_BYTES)
    except RenderError as error:  # a C library that gets no memory ends its process, maybe each of them
        large = [str(error)]

    assert slow == ["the sheet took longer than 0.01 seconds to make"] * 3
    assert str(tight.value).startswith("the processes that make sheets die at once: ")  # memory may run out anywhere
    assert set(large) <= {
        "the sheet needs too much memory",
        "the process that makes the sheet died",
        "the processes that make sheets die at once",
    }
    assert made() == ["", "", ""]

"""A batch on other machines: the same bytes as here, whatever happens to them, and no patient's data left there."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gluterelief_pdf import batch, worker
from gluterelief_pdf.cluster import Cluster
from gluterelief_pdf.model import Choice, Clinic
from gluterelief_pdf.shelf import Shelf
from gluterelief_pdf.site import Site
from tests.conftest import Run, homes
from tests.machines import Machines, machines
from tests.mailservers import certificates
from tests.rosters import LEAST_BYTES, files, order, start, wait_for, write

SHORT = ("--technique", "pigeon", "--country", "US")
ROOT = Path(__file__).parents[1]
GO_ON = "What is done is kept: run the same command again to go on."
ALIKE = "Install the same gluterelief-pdf[cluster], with the same libraries, on every worker. "


def roster(folder: Path, rows: int) -> None:
    """Write a list of which two rows differ only in a name, so that one sheet is written into another."""
    lines = ([f"Zaphod {row}", "es" if row == 2 else "en", "" if row < 2 else f"Note {row}"] for row in range(rows))
    write(folder / "r.csv", ["name", "language", "note"], *lines)


def records(folder: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.json"))]


def said(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if not line.startswith("Note: no clinician")]


def without_dask(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; sys.modules['distributed'] = None; from gluterelief_pdf.__main__ import run; run()"
    command = [sys.executable, "-c", code, "batch", *arguments]
    environment = {**os.environ, **homes(folder)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_cluster_gives_the_same_files_as_this_machine_and_keeps_nothing(run: Run, tmp_path: Path) -> None:
    roster(tmp_path, 3)
    own = tmp_path / "own" / "words"
    own.mkdir(parents=True)
    (own / "en.toml").write_text('[technique.pigeon]\nname = "Dove"\n', encoding="utf-8")
    options = ("--records", "--overrides", "own", *SHORT)
    assert run("batch", "r.csv", "--out", "here", *options).code == 0

    with machines(tmp_path / "machines") as cluster:
        result = run("batch", "r.csv", "--out", "there", *options, "--cluster", cluster.address)

        assert result.code == 0, result.stderr + cluster.log()
        assert [line for line in result.stderr.splitlines() if "clear" in line] == []
        assert len(files(tmp_path / "there")) == 3
        assert files(tmp_path / "there") == files(tmp_path / "here")
        assert records(tmp_path / "there") == records(tmp_path / "here")
        left = [path for path in cluster.folder.rglob("*") if path.is_file() and b"Zaphod" in path.read_bytes()]
        assert left == []


def test_dask_is_not_needed_for_this_machine_and_its_absence_is_told(tmp_path: Path) -> None:
    roster(tmp_path, 1)

    here = without_dask(tmp_path, "r.csv", *SHORT)
    there = without_dask(tmp_path, "r.csv", "--out", "there", *SHORT, "--cluster", "tcp://127.0.0.1:1")

    assert here.returncode == 0, here.stderr
    assert there.returncode == 5
    assert said(there.stderr) == [
        "Error: --cluster: the library that speaks to clusters is not installed",
        'Install it with: pip install "gluterelief-pdf[cluster]"',
    ]
    assert not (tmp_path / "there").exists()


@pytest.mark.matrix
def test_a_machine_that_goes_down_and_a_process_that_dies_cost_no_row(run: Run, tmp_path: Path) -> None:
    roster(tmp_path, 8)
    with machines(tmp_path / "machines") as cluster:
        running = start(tmp_path, "r.csv", "--out", "there", *SHORT, "--cluster", cluster.address)
        wait_for("0001-*.pdf", tmp_path / "there")
        (maker, *_), doomed = cluster.makers(cluster.workers[0]), cluster.workers[1]

        os.kill(maker, signal.SIGKILL)
        cluster.kill(doomed)
        _, stderr = running.communicate(timeout=120)

        assert running.returncode == 0, stderr
        assert said(stderr)[0].startswith("8 sheets are there, 8 of them made now")
        assert run("batch", "r.csv", "--out", "here", "--no-cache", *SHORT).code == 0
        assert files(tmp_path / "there") == files(tmp_path / "here")
        assert "Zaphod" not in cluster.log()


@pytest.mark.matrix
def test_a_scheduler_that_goes_down_is_told_and_the_run_goes_on_elsewhere(run: Run, tmp_path: Path) -> None:
    roster(tmp_path, 20)
    with machines(tmp_path / "machines") as cluster:
        running = start(tmp_path, "r.csv", *SHORT, "--cluster", cluster.address)
        wait_for("0001-*.pdf", tmp_path / "handouts")

        cluster.kill(cluster.scheduler)
        _, stderr = running.communicate(timeout=60)

    assert running.returncode == 5
    assert said(stderr) == [
        f"Error: {cluster.address}: the scheduler is gone, or let the work fall",
        f"Look whether it runs. {GO_ON}",
    ]
    before = files(tmp_path / "handouts")
    assert 0 < len(before) < 20
    again = run("batch", "r.csv", *SHORT, "--cluster", cluster.address)
    assert (again.code, said(again.stderr)) == (
        5,
        [
            f"Error: {cluster.address}: no scheduler answers",
            "Check the address and the certificates, and whether `dask scheduler` runs there.",
        ],
    )
    assert run("batch", "r.csv", *SHORT).code == 0
    assert run("batch", "r.csv", "--out", "here", "--no-cache", *SHORT).code == 0
    assert files(tmp_path / "handouts") == files(tmp_path / "here")
    assert before.items() <= files(tmp_path / "handouts").items()


@pytest.mark.matrix
def test_a_run_that_is_stopped_leaves_the_cluster_to_the_next_one(run: Run, tmp_path: Path) -> None:
    roster(tmp_path, 8)
    with machines(tmp_path / "machines", workers=1) as cluster:
        running = start(tmp_path, "r.csv", *SHORT, "--cluster", cluster.address)
        wait_for("0001-*.pdf", tmp_path / "handouts")

        running.send_signal(signal.SIGINT)
        _, stderr = running.communicate(timeout=30)
        again = run("batch", "r.csv", *SHORT, "--cluster", cluster.address)

    assert running.returncode == 130
    assert said(stderr)[0].endswith("of 8 sheets are there. Run the same command again to go on.")
    assert again.code == 0, again.stderr
    assert said(again.stderr)[0].startswith("8 sheets are there, ")
    assert len(files(tmp_path / "handouts")) == 8


@pytest.mark.matrix
def test_nobody_reads_along_and_nobody_without_our_certificate_is_given_a_row(run: Run, tmp_path: Path) -> None:
    roster(tmp_path, 2)
    (tmp_path / "certificates").mkdir()
    made = certificates(tmp_path / "certificates").folder

    def tls(option: str, name: str, authority: str = "authority") -> list[str]:
        ours = {"ca" + ("-file" if not option else ""): authority, "cert": name, "key": f"{name}-key"}
        return [
            part for kind, file in ours.items() for part in (f"--{option or 'tls-'}{kind}", str(made / f"{file}.pem"))
        ]

    with machines(tmp_path / "machines", tls=tls("", "good"), workers=1) as cluster:
        assert cluster.address.startswith("tls://")
        there = ("batch", "r.csv", "--no-cache", *SHORT, "--cluster", cluster.address)
        known = run(*there, *tls("cluster-", "good"))
        stranger = run(*there, "--out", "none", *tls("cluster-", "untrusted"))

    assert known.code == 0, known.stderr
    assert len(files(tmp_path / "handouts")) == 2
    assert stranger.code == 5
    assert said(stranger.stderr)[0] == f"Error: {cluster.address}: no scheduler answers"
    assert files(tmp_path / "none") == {}


def another_library(folder: Path) -> str:
    about = folder / "weasyprint-70.9.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: weasyprint\nVersion: 70.9\n", encoding="utf-8")
    return "weasyprint 70.9 there, "


def another_word(folder: Path) -> str:
    for name in ("gluterelief_pdf", "content", "templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    words = folder / "content" / "words" / "es.toml"
    words.write_text(words.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    return "the program or its content is not the same"


def no_program(folder: Path) -> str:
    (folder / "gluterelief_pdf").mkdir(parents=True)
    (folder / "gluterelief_pdf" / "__init__.py").touch()
    return "a sheet could not be begun there (ModuleNotFoundError)"


@pytest.mark.matrix
@pytest.mark.parametrize("changed", [another_library, another_word, no_program])
def test_a_worker_that_would_make_other_bytes_makes_none(run: Run, tmp_path: Path, changed: object) -> None:
    roster(tmp_path, 1)
    assert callable(changed)
    told = changed(tmp_path / "other")

    with machines(tmp_path / "machines", workers=0) as cluster:
        cluster.start_worker(PYTHONPATH=str(tmp_path / "other"))
        result = run("batch", "r.csv", *SHORT, "--cluster", cluster.address)

    assert result.code == 5
    error, hint = said(result.stderr)
    assert error.startswith("Error: tcp://127.0.0.1:")
    assert told in error
    assert hint == ALIKE + GO_ON
    assert files(tmp_path / "handouts") == {}
    assert "Zaphod" not in cluster.log()


@pytest.mark.matrix
def test_limits_of_time_and_memory_hold_on_the_machines_too(tmp_path: Path) -> None:
    shelf = Shelf()

    def made(cluster: Machines, **limits: float) -> list[str]:
        bench = worker.Bench(tmp_path, shelf.content, [worker.Setting(Clinic(), "", None)], None, False, **limits)  # type: ignore[arg-type]
        orders = [order(1, Choice(("pigeon",))), order(2, Choice())]
        crew = Cluster(bench, Site.of(cluster.address, None, None, None), None)
        found = {outcome.order.row: outcome for outcome in batch.make(orders, crew)}
        return [str(found[row].error or "") for row in (1, 2)]

    with machines(tmp_path / "machines", workers=1) as cluster:
        assert made(cluster, timeout_s=0.01) == ["the sheet took longer than 0.01 seconds to make"] * 2
        large = made(cluster, memory_bytes=LEAST_BYTES)
        assert set(large) <= {"the sheet needs too much memory", "the process that makes the sheet died"}
        assert made(cluster) == ["", ""]


@pytest.mark.soak
def test_a_run_that_was_killed_leaves_no_process_on_the_machines(tmp_path: Path) -> None:
    roster(tmp_path, 8)
    with machines(tmp_path / "machines", workers=1) as cluster:
        running = start(tmp_path, "r.csv", *SHORT, "--cluster", cluster.address)
        wait_for("0001-*.pdf", tmp_path / "handouts")
        assert cluster.makers(cluster.workers[0])

        running.kill()
        running.communicate()

        for _ in range(90):
            if not cluster.makers(cluster.workers[0]):
                break
            time.sleep(1)
        assert cluster.makers(cluster.workers[0]) == []
        assert list((cluster.folder / "worker-0").rglob("*.otf")) == []


@pytest.mark.soak
def test_a_cluster_without_a_worker_is_told(run: Run, tmp_path: Path) -> None:
    roster(tmp_path, 1)

    with machines(tmp_path / "machines", workers=0) as cluster:
        result = run("batch", "r.csv", *SHORT, "--cluster", cluster.address)

    assert result.code == 5
    assert said(result.stderr) == [
        f"Error: {cluster.address}: the scheduler has had no worker for 30 seconds",
        f"Start one with: dask worker {cluster.address}. {GO_ON}",
    ]

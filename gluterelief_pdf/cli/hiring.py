"""Who makes the sheets of a batch: this machine's cores, or the workers of a cluster."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from gluterelief_pdf.crew import Crew, Processes
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.site import Site
from gluterelief_pdf.worker import Bench

FILE: dict[str, Any] = {"type": click.Path(path_type=Path, readable=False), "metavar": "FILE"}
OPTIONS = (
    click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="How many at a time. [default: all cores]"),
    click.option("--cluster", metavar="ADDRESS", help="Have other machines make them: tls://scheduler:8786, by Dask."),
    click.option("--cluster-ca", **FILE, help="The authority that signed the certificates of the cluster."),
    click.option("--cluster-cert", **FILE, help="Our certificate for the cluster."),
    click.option("--cluster-key", **FILE, help="Its key, without a password."),
)


def site(given: Mapping[str, Any]) -> Site | None:
    """Check where the cluster is, if there is one.

    Raises:
        OptionError: if its address or a certificate is wrong.
        RenderError: if the library that speaks to it is not installed.
    """
    files = [given[f"cluster_{name}"] for name in ("ca", "cert", "key")]
    if not given["cluster"]:
        if any(files):
            raise OptionError("--cluster-ca, --cluster-cert, --cluster-key: there is no --cluster", hint="Name it too.")
        return None
    return Site.of(given["cluster"], *files)


def crew(bench: Bench, site: Site | None, jobs: int | None) -> Crew:
    """Choose who makes the sheets. Dask is imported for a cluster only."""
    if site is None:
        return Processes(bench, jobs or _cores())
    from gluterelief_pdf.cluster import Cluster

    return Cluster(bench, site, jobs)


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        return os.cpu_count() or 1

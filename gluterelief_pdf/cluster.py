"""Workers on other machines, by dask.distributed: they make the sheets, and this machine writes the files.

It is imported only if a batch is sent to a cluster.
"""

import logging
import pickle
import time
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from distributed import Client, KilledWorker
from distributed.cfexecutor import ClientExecutor
from distributed.security import Security

from gluterelief_pdf import fingerprint, seat, tables, worker
from gluterelief_pdf.crew import LostError
from gluterelief_pdf.errors import ClusterError, HandoutError, OptionError
from gluterelief_pdf.site import Site
from gluterelief_pdf.worker import Bench, Made, Order, Outcome

CONNECT_S = 10.0
EMPTY_S = 30.0  # without a single worker, until we give up
CLOSE_S = 2.0
MOST_OWN_BYTES = 10_000_000  # of a clinic's own content, which goes to every worker
QUIET = ("distributed", "distributed.client", "distributed.gc", "tornado", "tornado.application")
KEPT = "What is done is kept: run the same command again to go on."
ALIKE = "Install the same gluterelief-pdf[cluster], with the same libraries, on the scheduler and on every worker."


class Cluster:
    """The workers of a scheduler."""

    breaks = False

    def __init__(self, bench: Bench, site: Site, most: int | None) -> None:
        self.bench, self.why = bench, ""
        self._site, self._most = site, most
        self._client: Client
        self._pool: ClientExecutor
        self._parcel: Any
        self._seen: float  # when there was a worker

    def __enter__(self) -> Self:
        """Connect, and hand out what all orders share.

        Raises:
            OptionError: if the overrides are too large.
            ClusterError: if the scheduler can't be reached.
        """
        parcel = _parcel(self.bench)
        for name in QUIET:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        warnings.filterwarnings("ignore", module="distributed")  # what is wrong is told in a sentence
        site = self._site
        files = zip(("tls_ca_file", "tls_client_cert", "tls_client_key"), site.files or (), strict=False)
        security = Security(**{name: str(path) for name, path in files}, require_encryption=bool(site.files))
        try:
            self._client = Client(site.address, security=security, timeout=CONNECT_S, set_as_default=False)
        except (OSError, ImportError):  # the latter if its Dask is too far from ours
            hint = "Check the address and the certificates, and whether `dask scheduler` runs there."
            raise ClusterError(f"{site.address}: no scheduler answers", hint=hint) from None
        self._parcel = self._client.submit(seat.held, parcel, pure=False)
        self._seen = time.monotonic()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Disconnect; whatever the scheduler still has of us it lets go."""
        self._client.close(CLOSE_S)

    @property
    def jobs(self) -> int:
        found: int = sum(self._client.nthreads().values()) or 1
        return min(found, self._most or found)

    @contextmanager
    def started(self, jobs: int) -> Iterator[None]:
        self._pool = self._client.get_executor(pure=False)
        try:
            yield
        finally:
            if self._client.status == "running":
                self._pool.shutdown(wait=False)

    def submit(self, order: Order) -> Future[Any]:
        future: Future[Any] = self._pool.submit(seat.make, self._parcel, seat.Sealed(pickle.dumps(order)))
        return future

    def outcome(self, order: Order, future: Future[Any]) -> Outcome:
        self._seen = time.monotonic()
        try:
            kind, found = future.result()
        except KilledWorker:
            raise LostError from None
        except CancelledError:
            raise self._gone() from None
        except Exception as error:
            what = f"{self._site.address}: a sheet could not be begun there ({type(error).__name__})"
            raise ClusterError(what, hint=f"{ALIKE} {KEPT}") from None
        if kind == seat.DIFFERS:
            raise _differs(*found)
        if kind == seat.DIED:
            self.why = found
            raise LostError
        made = found.content
        return worker.keep(self.bench, order, made) if isinstance(made, Made) else made

    def look(self) -> None:
        if self._client.status != "running":
            raise self._gone()
        if self._client.nthreads():
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > EMPTY_S:
            what = f"{self._site.address}: the scheduler has had no worker for {EMPTY_S:g} seconds"
            raise ClusterError(what, hint=f"Start one with: dask worker {self._site.address}. {KEPT}")

    def _gone(self) -> HandoutError:
        what = f"{self._site.address}: the scheduler is gone, or let the work fall"
        return ClusterError(what, hint=f"Look whether it runs. {KEPT}")


def _parcel(bench: Bench) -> seat.Sealed:
    """Pack what a machine needs that has no folder of ours."""
    folder = bench.content.own
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder else []
    own = {path.relative_to(folder).as_posix(): tables.data(path) for path in files if folder}
    if sum(map(len, own.values())) > MOST_OWN_BYTES:
        what = f"--overrides: {folder}: has more than {MOST_OWN_BYTES // 1_000_000} MB, too much for every worker"
        raise OptionError(what, hint="Take out what is not needed.")
    lean = replace(bench, cache=None)
    return seat.Sealed(seat.Parcel(fingerprint.of(bench.content), pickle.dumps(lean), own))


def _differs(where: str, theirs: Mapping[str, str | None]) -> HandoutError:
    ours = fingerprint.versions()
    names = [name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)]
    parts = [f"{name} {theirs.get(name) or 'missing'} there, {ours.get(name) or 'missing'} here" for name in names]
    found = "; ".join(parts) or "the program or its content is not the same"
    return ClusterError(f"{where}: that worker would make other bytes: {found}", hint=f"{ALIKE} {KEPT}")

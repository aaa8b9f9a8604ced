"""Workers on other machines, by dask.distributed: they make the sheets, and this machine writes the files.

It is imported only if a batch is sent to a cluster.
"""

import logging
import secrets
import time
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager, suppress
from io import BytesIO
from types import TracebackType
from typing import Any, Self

from distributed import Client, KilledWorker
from distributed.cfexecutor import ClientExecutor
from distributed.security import Security

from gluterelief_pdf import fingerprint, seat, worker
from gluterelief_pdf.crew import LostError
from gluterelief_pdf.errors import ClusterError, HandoutError
from gluterelief_pdf.site import Site
from gluterelief_pdf.worker import Bench, Made, Order, Outcome

CONNECT_S = 10.0
EMPTY_S = 30.0  # without a single worker, until we give up
CLOSE_S = 2.0
# A worker that gets what it can't read, such as a function that it has not, ends, and writes all of it into its log.
# So it gets only what Python itself knows; where our program is missing this fails, and nothing else happens.
MAKE = "__import__('gluterelief_pdf.seat', fromlist=['make']).make(run, parcel, order)"
QUIET = ("distributed", "distributed.client", "distributed.gc", "tornado", "tornado.application")
KEPT = "What is done is kept: run the same command again to go on."
ALIKE = "Install the same gluterelief-pdf[cluster], with the same libraries, on every worker."


class Cluster:
    """The workers of a scheduler."""

    breaks = False

    def __init__(self, bench: Bench, site: Site, most: int | None) -> None:
        self.bench, self.why = bench, ""
        self._site, self._most = site, most
        self._run = secrets.token_hex(8)
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
        parcel = seat.packed(self.bench).getvalue()
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
        self._parcel = self._client.submit(BytesIO, parcel, pure=False)  # a task, which is done anew where it is lost
        self._seen = time.monotonic()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Disconnect; whatever the scheduler still has of us it lets go."""
        self._client.close(CLOSE_S)

    @property
    def jobs(self) -> int:
        found = self._threads() or 1
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
        if self._client.status != "running":
            raise self._gone()
        given = {"run": self._run, "parcel": self._parcel, "order": seat.sealed(order)}
        future: Future[Any] = self._pool.submit(eval, MAKE, given)
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
        made = seat.opened(found)
        return worker.keep(self.bench, order, made) if isinstance(made, Made) else made

    def look(self) -> None:
        if self._threads():
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > EMPTY_S:
            what = f"{self._site.address}: the scheduler has had no worker for {EMPTY_S:g} seconds"
            raise ClusterError(what, hint=f"Start one with: dask worker {self._site.address}. {KEPT}")

    def _threads(self) -> int:
        """Count the sheets that the workers can make at a time."""
        if self._client.status == "running":
            with suppress(OSError, RuntimeError):  # it went down just now
                return sum(self._client.nthreads().values())
        raise self._gone()

    def _gone(self) -> HandoutError:
        what = f"{self._site.address}: the scheduler is gone, or let the work fall"
        return ClusterError(what, hint=f"Look whether it runs. {KEPT}")


def _differs(where: str, theirs: Mapping[str, str | None]) -> HandoutError:
    ours = fingerprint.versions()
    names = [name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)]
    parts = [f"{name} {theirs.get(name) or 'missing'} there, {ours.get(name) or 'missing'} here" for name in names]
    found = "; ".join(parts) or "the program or its content is not the same"
    return ClusterError(f"{where}: that worker would make other bytes: {found}", hint=f"{ALIKE} {KEPT}")

"""Computing a simulation on this machine: child processes compute, this process stores."""

import math
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from simulations.crowding import usable_cores
from simulations.localrun.messages import Compiling, Crashed, Died, Job
from simulations.localrun.pool import Pool
from simulations.localrun.signals import StopSignals
from simulations.models import MAX_BATCH_SIZE, Simulation
from simulations.services import ownership, recording
from simulations.services.ownership import OwnershipLost
from simulations.services.progress import SimulationProgress
from simulations.services.requests import create_simulation
from simulations.sizing import Sizer
from simulations.spans import Span, SpanQueue, missing_spans
from simulations.storage import Computed

RENEW_S = 2.0
TICK_S = 0.5
# Storing costs a few round trips however much is stored, so what is computed is collected for this long. A
# process that is killed loses that much of its work, beside what its children were computing.
STORE_S = 1.0
MAX_DEATHS = 5
MAX_PROCESSES = 256


Watch = Callable[[SimulationProgress], None]


class NotClaimed(Exception):
    """Another process took the simulation first."""


def default_processes() -> int:
    """Return the processes that compute a local simulation: ``LOCAL_PROCESSES``, or one for each core."""
    return settings.LOCAL_PROCESSES or min(usable_cores(), MAX_PROCESSES)


def start_local(*, processes: int | None = None, watch: Watch | None = None, **request: Any) -> Simulation:
    """Create a simulation, compute it in this process and its children, and return it."""
    with Pool(processes or default_processes()) as pool:
        simulation = create_simulation(**request)
        run_local(simulation.pk, pool=pool, watch=watch)
    simulation.refresh_from_db()
    return simulation


def run_local(simulation_id: str, *, pool: Pool, watch: Watch | None = None) -> SimulationProgress:
    """Claim a pending simulation and compute what is missing of it with the pool's processes.

    Ends when it is completed, failed, cancelled here (by a signal) or elsewhere: the simulation's status
    says which. Raises `NotClaimed` where another process computes it already.
    """
    with StopSignals() as signals:
        token = ownership.claim_local(simulation_id)
        if token is None:
            raise NotClaimed(simulation_id)
        run = None
        try:
            run = _LocalRun(Simulation.objects.get(pk=simulation_id), token, pool, signals, watch)
            with suppress(OwnershipLost):  # the simulation's status says who took it
                run.run()
        except BaseException as error:
            # Let go of it at once rather than by the lease, so that `resume` need not wait for that.
            with suppress(DatabaseError):
                facts: dict[str, Any] = {"elapsed_s": run.elapsed_s()} if run else {}
                if isinstance(error, DatabaseError):
                    # Nobody may be there to read what is raised.
                    facts["error"] = f"The database could not store what was computed: {error}"
                Simulation.objects.interrupt(simulation_id, token, **facts)
            raise
    return run.progress


class _LocalRun:
    """One leg of a simulation's way: from its claim to its end, or until it is stopped."""

    def __init__(
        self, simulation: Simulation, token: str, pool: Pool, signals: StopSignals, watch: Watch | None
    ) -> None:
        self.simulation = simulation
        self.token = token
        self.pool = pool
        self.signals = signals
        self.watch = watch
        done = recording.done_spans(simulation.pk)
        self.queue = SpanQueue(missing_spans(done, simulation.n_runs), simulation.n_runs)
        self.sizer = Sizer(pool.n_processes, fixed=simulation.batch_size, most=MAX_BATCH_SIZE)
        n_done = sum(span.n_runs for span in done)
        self.progress = SimulationProgress(simulation.n_runs, n_done, done_before=n_done)
        self._deaths: Counter[Span] = Counter()
        self._computed: list[Computed] = []
        self._unfolded = 0
        self._stored = -math.inf
        self._started: float | None = None
        self._renewed = time.monotonic()
        self._failure: tuple[Span | None, str] | None = None

    def run(self) -> None:
        self.pool.give(Job(self.simulation.document, self.simulation.seed))
        while not self._ended():
            self._hand_out()
            for message in self.pool.wait(TICK_S, [self.signals.wake]):
                self._take(message)
            self._hand_out()
            if time.monotonic() - self._stored >= STORE_S:
                self._store()
            self._renew()
            self._tell()

    def _ended(self) -> bool:
        missing = self.queue.remaining or self.pool.busy()
        if missing and self._failure is None and not self.signals.requested:
            return False
        self._store()
        if self._failure is not None:
            return self._fail(*self._failure)
        if self.signals.requested:
            return self._cancel()
        return self._complete()

    def _hand_out(self) -> None:
        for process in self.pool.idle():
            span = self.queue.take(self.sizer.next_size(self.queue.remaining))
            if span is None:
                return
            if self._started is None:
                self._begin()
            self.pool.assign(process, span)

    def _begin(self) -> None:
        """Start the clock: what getting ready took is told apart from the elapsed time."""
        self._started = time.monotonic()
        preparing_s = self.simulation.preparing_s + self._started - self.pool.preparing_since
        Simulation.objects.begin_computing(
            self.simulation.pk, self.token, preparing_s=preparing_s, crowding=self.pool.crowding
        )

    def _take(self, message: object) -> None:
        self.progress.compiling = isinstance(message, Compiling)
        match message:
            case Computed(span=span, simulate_s=seconds):
                self.sizer.observe(span.n_runs, seconds)
                self._computed.append(message)
                self.progress.done += span.n_runs
            case Died(span=Span() as span, reason=reason):
                self._repeat(span, reason)
            case Crashed(error=error, span=span):
                self._failure = (span, error)

    def _repeat(self, span: Span, reason: str) -> None:
        self._deaths[span] += 1
        if self._deaths[span] >= MAX_DEATHS:
            self._failure = (span, f"{MAX_DEATHS} processes died computing {span}; the last one by {reason}.")
        else:
            self.queue.put_back(span)

    def _store(self) -> None:
        if not self._computed:
            return
        started = self._stored = time.monotonic()
        recording.record_computed(self.simulation.pk, self.token, self._computed, worker="local")
        self._unfolded += len(self._computed)
        self._computed.clear()
        # Counted here, since asking the database after each store costs more than what it saves.
        if self._unfolded >= recording.FOLD_AT and recording.fold_summaries(self.simulation):
            self._unfolded = 1
        self.progress.persist_s += time.monotonic() - started

    def _renew(self) -> None:
        if time.monotonic() - self._renewed < RENEW_S:
            return
        n_runs = ownership.renew(self.simulation.pk, self.token, elapsed_s=self.elapsed_s())
        self._extend_to(n_runs)
        self._renewed = time.monotonic()

    def _tell(self) -> None:
        self.progress.computing = self._started is not None
        self.progress.elapsed_s = self._leg_s()
        if self.watch:
            self.watch(self.progress)

    def _extend_to(self, n_runs: int) -> None:
        self.queue.extend_to(n_runs)
        self.progress.n_runs = max(self.progress.n_runs, n_runs)

    def _complete(self) -> bool:
        started = time.monotonic()
        if recording.complete(self.simulation, self.token, elapsed_s=self.elapsed_s):
            self.progress.persist_s += time.monotonic() - started
            self._tell()
            return True
        # It was extended since the last renewal: go on.
        n_runs = ownership.renew(self.simulation.pk, self.token, elapsed_s=self.elapsed_s())
        self._extend_to(n_runs)
        return False

    def _fail(self, span: Span | None, error: str) -> bool:
        attempts = max(1, self._deaths[span]) if span else 0
        recording.record_failure(
            self.simulation.pk,
            self.token,
            span=span,
            attempts=attempts,
            error=error,
            elapsed_s=self.elapsed_s(),
        )
        return True

    def _cancel(self) -> bool:
        self.progress.stopped = True
        mine = Simulation.objects.filter(token=self.token)
        mine.cancel(self.simulation.pk, elapsed_s=self.elapsed_s())
        return True

    def _leg_s(self) -> float:
        return time.monotonic() - self._started if self._started else 0.0

    def elapsed_s(self) -> float:
        return self.simulation.elapsed_s + self._leg_s()

"""How long a simulation will take: as the last ones here ran, else by the attempts of its players."""

import math
from statistics import median, median_low
from typing import NamedTuple

from django.core.cache import cache

from events.availability import intervals
from events.document import EventDocument, document_digest, read_document
from events.estimates import mean_seconds
from events.wording import counted
from simulations.compiled import engine_version, kernels_probably_compiled
from simulations.crowding import crowding
from simulations.models import Batch, Mode, Simulation, SimulationStatus, Worker
from simulations.services import default_processes

# So many of the newest simulations are looked at: a list that grows for years costs no more.
RECENT = 100
# Starting processes and loading kernels on a machine that does nothing else, where nothing was measured yet.
STARTING_S = {Mode.LOCAL: 2.0, Mode.DISTRIBUTED: 0.5}
# Compiling kernels there, once for each version.
COMPILING_S = 20.0
# Less than this share more is not worth a word.
NOTEWORTHY = 1.5
# What an attempt costs one process where nothing was measured yet: of the bundled events 110 to 140 ns on a
# busy machine, and less on one that does nothing else.
ATTEMPT_S = 100e-9
# No machine is quicker: an attempt that seems to be, never happened, as nobody was playing.
LEAST_ATTEMPT_S = 20e-9
# What other events took is judged by so many of them, as one alone may be odd.
JUDGED_BY = 5
# What took less says more of the clock than of the speed.
MEASURABLE_S = 0.02


class Estimate(NamedTuple):
    """How long a simulation will take, what of it to get ready, and what says so."""

    seconds: float
    preparing_s: float
    basis: str


class _Finished(NamedTuple):
    """A simulation that ran to its end."""

    pk: str
    digest: str
    n_runs: int
    elapsed_s: float
    mode: str
    preparing_s: float
    crowding: float

    def runs_per_s(self) -> float:
        """Return the runs a second of each process, had nothing else been going on."""
        return self.n_runs / self.elapsed_s / self._processes() * self.crowding

    def _processes(self) -> int:
        if self.mode == Mode.LOCAL:
            return default_processes()
        done = Batch.objects.done().filter(simulation_id=self.pk).order_by()
        return max(1, done.values("worker").distinct().count())


def estimate(document: EventDocument, *, n_runs: int, mode: Mode = Mode.LOCAL) -> Estimate:
    """Return how long ``n_runs`` of a document are expected to take, from asking for them to their end."""
    processes, finished = _processes(mode), _finished()
    # Of the workers' machines nothing is known here.
    crowded = crowding(processes) if mode == Mode.LOCAL else 1.0
    runs_per_s, basis = _speed(document, n_runs, mode, finished)
    preparing_s, first = _preparing(finished, mode)
    busy = f"; other work on this machine makes it take about {crowded:.2g} times as long"
    computing_s = n_runs / (runs_per_s * processes)
    return Estimate(
        (preparing_s + computing_s) * crowded,
        preparing_s * crowded,
        basis + first + (busy if crowded >= NOTEWORTHY else ""),
    )


def attempts_per_run(document: EventDocument) -> float:
    """Return about how many attempts all players make in a run, each alone, spread evenly over the rules."""
    online = sum(
        end - start
        for team in document.teams.values()
        for name in team.players
        for start, end in intervals(document.players[name], document)
    )
    activities = [rule.activity for _, tile in document.tiles() for rule in tile.rules]
    if not activities:
        return 1.0
    mean = sum(mean_seconds(document.activities[key]) for key in activities) / len(activities)
    return max(1.0, online / mean)


def _preparing(finished: list[_Finished], mode: Mode) -> tuple[float, str]:
    """Return how long getting ready takes where nothing else goes on, and what is to be said of it."""
    if mode != Mode.LOCAL:
        return STARTING_S[mode], ""
    noted = [one.preparing_s / one.crowding for one in finished if one.preparing_s][:JUDGED_BY]
    # The low one of two in the middle: the first simulation of a version compiled, and is no rule.
    usual_s = median_low([STARTING_S[mode], *noted])
    if kernels_probably_compiled():
        return usual_s, ""
    return usual_s + COMPILING_S, "; the kernels have to be compiled first, once for this version"


def _speed(document: EventDocument, n_runs: int, mode: Mode, finished: list[_Finished]) -> tuple[float, str]:
    """Return the runs that a process computes in a second, and what says so."""
    digest = document_digest(document)
    if same := [one for one in finished if one.digest == digest]:
        # Kernels get faster as they go: what was about as long tells more than what was last.
        best = min(same, key=lambda one: (one.mode != mode, abs(math.log(one.n_runs / n_runs))))
        return best.runs_per_s(), f"as the last one of this event ran that had {counted(best.n_runs, 'run')}"
    attempts = attempts_per_run(document)
    reckoned = f"reckoned from about {counted(round(attempts), 'attempt')} a run"
    if finished:
        last = list({one.digest: one for one in reversed(finished)}.values())[-JUDGED_BY:]
        costs_s = (1 / (one.runs_per_s() * _attempts_of(one)) for one in last)
        cost_s = max(median(costs_s), LEAST_ATTEMPT_S)
        return 1 / (attempts * cost_s), f"{reckoned}, at the speed of the last simulations here"
    untried = "as nothing was simulated here yet"
    return 1 / (attempts * ATTEMPT_S), f"{reckoned} at an ordinary speed, {untried}"


def _finished() -> list[_Finished]:
    """Return the completed ones of the newest simulations that this engine computed, the newest first."""
    newest = Simulation.objects.order_by("-created_at", "-id").values_list(
        "pk",
        "document_digest",
        "n_runs",
        "elapsed_s",
        "mode",
        "preparing_s",
        "crowding",
        "status",
        "engine_version",
    )[:RECENT]
    wanted = (SimulationStatus.COMPLETED, engine_version())
    found = [_Finished(*row[:7]) for row in newest if row[7:] == wanted]
    return [one for one in found if one.elapsed_s >= MEASURABLE_S]


def _attempts_of(one: _Finished) -> float:
    """Return the attempts in a run of a finished simulation; its document is read once."""
    key = f"attempts-per-run:{one.digest}"
    known: float | None = cache.get(key)
    if known is None:
        frozen = Simulation.objects.values_list("document", flat=True).get(pk=one.pk)
        known = attempts_per_run(read_document(frozen, name=f"simulation {one.pk}"))
        cache.set(key, known, timeout=None)
    return known


def _processes(mode: Mode) -> int:
    """Return how many processes would compute it now; one worker is expected where there is none yet."""
    return default_processes() if mode == Mode.LOCAL else max(1, Worker.objects.live().count())

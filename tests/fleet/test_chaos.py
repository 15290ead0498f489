"""Workers are killed, stopped and started at random while simulations run: `--chaos-s` says how long."""

import random
import signal
import time

import pytest

from tests.fleet.expected import RUNS
from tests.fleet.fleet import Fleet
from tests.fleet.workers import Worker

SEED = 20_260_306
N_WORKERS = 3
PAUSE_S = (0.1, 1.5)
# Beyond the lease of two seconds, or not.
STOPPED_S = (0.2, 4.0)


def test_nothing_is_lost_or_repeated_in_chaos(fleet: Fleet, request: pytest.FixtureRequest) -> None:
    chaos = Chaos(fleet, random.Random(SEED))
    deadline = time.monotonic() + request.config.getoption("--chaos-s")
    while time.monotonic() < deadline:
        simulation = fleet.simulate(runs=RUNS, batch_size=chaos.luck.choice([10, 25, 60, None]))
        while time.monotonic() < deadline and fleet.status(simulation) in ("pending", "running"):
            chaos.strike()
        chaos.calm()
        fleet.assert_completes_undisturbed(simulation)
    print(*chaos.history, sep="\n")


class Chaos:
    """Strikes workers, and keeps a supervisor's promise: what ended is started again."""

    def __init__(self, fleet: Fleet, luck: random.Random) -> None:
        self.fleet = fleet
        self.luck = luck
        self.workers = fleet.several(N_WORKERS)
        self.stopped: dict[int, float] = {}
        self.history: list[str] = []

    def strike(self) -> None:
        """Do something to one worker, and wait a little."""
        self._wake()
        number = self.luck.randrange(N_WORKERS)
        worker = self.workers[number]
        if not worker.lives:
            self._do("start", number)
            self.workers[number] = self.fleet.worker(number, ready=False)
        elif number not in self.stopped:
            self._hit(number, worker)
        time.sleep(self.luck.uniform(*PAUSE_S))

    def calm(self) -> None:
        """Let all go on, with a worker at least."""
        for number in list(self.stopped):
            self._go_on(number)
        if not any(worker.lives for worker in self.workers):
            self.workers[0] = self.fleet.worker(0)

    def _hit(self, number: int, worker: Worker) -> None:
        match what := self.luck.choice(["kill", "kill", "terminate", "stop", "nothing"]):
            case "kill":
                worker.kill()
            case "terminate":
                worker.signal(signal.SIGTERM)
            case "stop":
                worker.stop()
                self.stopped[number] = time.monotonic() + self.luck.uniform(*STOPPED_S)
        self._do(what, number)

    def _wake(self) -> None:
        for number, until in list(self.stopped.items()):
            if time.monotonic() > until:
                self._go_on(number)

    def _go_on(self, number: int) -> None:
        del self.stopped[number]
        if self.workers[number].lives:
            self.workers[number].go_on()
        self._do("go on", number)

    def _do(self, what: str, number: int) -> None:
        self.history.append(f"{time.monotonic():.1f} worker {number}: {what}")

"""While a kernel computes, the other threads of its process go on: a heartbeat, for one."""

import threading
import time

from simulations.engine import Engine, compile_event
from tests.engine.comparison import SEED, bundled

TICK_S = 0.002


def simulate_and_tick(engine: Engine, n_runs: int) -> tuple[float, int]:
    """Simulate runs; return the seconds and how often another thread ticked meanwhile."""
    ticks: list[float] = []
    ended = threading.Event()

    def tick() -> None:
        while not ended.wait(TICK_S):
            ticks.append(time.perf_counter())

    thread = threading.Thread(target=tick)
    thread.start()
    started = time.perf_counter()
    engine.simulate(0, n_runs)
    end = time.perf_counter()
    ended.set()
    thread.join()
    return end - started, sum(started < moment < end for moment in ticks)


def test_another_thread_ticks_while_runs_are_simulated() -> None:
    engine = Engine(compile_event(bundled("summer-clan-bingo")), SEED)
    engine.simulate(0, 1)
    seconds, ticks = simulate_and_tick(engine, 300)
    # A kernel that kept the others out would let it tick between the teams at the most.
    n_calls = engine.compiled.n_teams + 1
    assert seconds > 20 * n_calls * TICK_S
    assert ticks > 3 * n_calls

"""Warming up: one process compiles, the others wait for it and load what it has compiled."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from numba.core import config

from events.document import parse_document
from simulations.engine import Engine, compile_event, digest_text, replay, warmup
from simulations.engine.warming import EVENT, LOCK_FILE, compiling_alone
from tests.engine.damage import a_damaged_cache, flipped_bit

ROOT = Path(__file__).parents[2]
WARM_UP = """
from events.document import parse_document
from simulations.engine import Engine, compile_event, digest_text, is_warm, kernel, replay, warmup
from simulations.engine.warming import EVENT
assert not is_warm()
print("cold", flush=True)
input()
warmup()
kernels = (kernel.simulate_team, kernel.settle_runs)
print(sum(sum(one.stats.cache_misses.values()) for one in kernels), flush=True)
event = compile_event(parse_document(EVENT))
print(digest_text(Engine(event, "s").simulate(0, 9).digest), [team.points for team in replay(event, "s", 0)])
"""
HOLD = """
import sys, time
from pathlib import Path
from simulations.engine.warming import compiling_alone
with compiling_alone(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def start(program: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def test_of_two_processes_that_find_damaged_kernels_one_compiles(tmp_path: Path) -> None:
    warmup()
    # The smaller kernel alone, which compiles in a second or two.
    root = a_damaged_cache(tmp_path / "kernels", settle_runs=flipped_bit)
    processes = [start(WARM_UP, NUMBA_CACHE_DIR=root) for _ in range(2)]
    try:
        assert [said(process) for process in processes] == ["cold", "cold"]
        for process in processes:
            go_on(process)
        compiled = sorted(int(said(process)) for process in processes)
        results = [said(process) for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert compiled == [0, 1]
    event = compile_event(parse_document(EVENT))
    digest = digest_text(Engine(event, "s").simulate(0, 9).digest)
    assert results == [f"{digest} {[team.points for team in replay(event, 's', 0)]}"] * 2


@pytest.fixture
def held(tmp_path: Path) -> subprocess.Popen[str]:
    """Return a process that holds the lock of ``tmp_path``."""
    process = start(HOLD, str(tmp_path))
    assert said(process) == "held"
    return process


def test_a_holder_that_is_killed_lets_go(held: subprocess.Popen[str], tmp_path: Path) -> None:
    held.send_signal(signal.SIGKILL)
    held.wait()
    started = time.monotonic()
    with compiling_alone(tmp_path, longest_wait_s=30):
        assert time.monotonic() - started < 10


def test_a_holder_that_hangs_is_not_waited_for_without_end(
    held: subprocess.Popen[str], tmp_path: Path
) -> None:
    started = time.monotonic()
    with compiling_alone(tmp_path, longest_wait_s=0.3):
        waited_s = time.monotonic() - started
    held.kill()
    assert waited_s >= 0.3


def test_a_folder_that_takes_no_lock_file_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / LOCK_FILE).mkdir()
    with compiling_alone(tmp_path):
        pass


def test_warm_kernels_are_loaded_without_the_lock() -> None:
    warmup()
    with compiling_alone(Path(config.CACHE_DIR)):
        started = time.monotonic()
        warmup()
    assert time.monotonic() - started < 30

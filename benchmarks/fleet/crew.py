"""A process with some of the identities: `python -m benchmarks.fleet.crew FIRST COUNT ROLE`.

It answers each line on stdin with one of JSON on stdout, and ends, with all of its identities, when there
are no more.
"""

import json
import os
import pickle
import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import django

READY_S = 120.0
STOP_S = 15.0


def main(first: int, count: int, role_file: Path) -> int:
    """Be workers until stdin ends."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bingosim_project.settings")
    django.setup()
    # Only now can models be imported.
    from benchmarks.fleet.identity import Identity, Role
    from benchmarks.fleet.tally import Tally
    from bingosim_project.celery import app
    from simulations import queues

    # As many as that many worker processes would hold.
    queues.MOST_PUBLISHERS = count
    role = Role(*pickle.loads(role_file.read_bytes()))
    tally, stopping = Tally(), threading.Event()
    identities = [Identity(app, index, role, tally, stopping) for index in range(first, first + count)]
    # What a heart does that lost its index: all end, and the benchmark says so.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("a worker lost its index"))
    try:
        _start(identities)
        answer({"ready": count})
        for _ in sys.stdin:
            _raise_problem(identities)
            totals = sum((Counter(identity.meter.totals()) for identity in identities), Counter[str]())
            sums = {f"worker.{name}": value for name, value in totals.items()} | tally.sums()
            answer({"sums": sums, "waits": tally.take_waits()})
    finally:
        stopping.set()
        deadline = time.monotonic() + STOP_S
        for identity in identities:
            if identity.ident is not None:
                identity.join(max(0.0, deadline - time.monotonic()))
    return 0


def answer(data: dict[str, Any]) -> None:
    print(json.dumps(data), flush=True)


def _start(identities: list[Any]) -> None:
    """Start them one after the other: all at once they would wait for each other and run into time-outs."""
    deadline = time.monotonic() + READY_S
    for identity in identities:
        identity.start()
        while not identity.ready.wait(0.05):
            _raise_problem([identity])
            if time.monotonic() > deadline:
                raise TimeoutError(f"worker {identity.index} is not ready after {READY_S:.0f} s")


def _raise_problem(identities: list[Any]) -> None:
    for identity in identities:
        if identity.problem is not None:
            problem = f"{type(identity.problem).__name__}: {identity.problem}"
            raise RuntimeError(f"worker {identity.index} ended with {problem}") from identity.problem


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))

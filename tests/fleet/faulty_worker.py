"""`manage.py worker` with faults: `python -m tests.fleet.faulty_worker FAULTS`.

The product has no door for them: this script breaks it from outside.
"""

import datetime as dt
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.fleet.faults import Faults


def main() -> None:
    faults = Faults.from_json(sys.argv[1])
    sys.argv = ["manage.py", "worker"]
    if faults.skew_s:
        shift_clock(faults.skew_s)  # before anything takes a reference to it
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bingosim_project.settings")
    import django

    django.setup()
    break_computing(faults)
    if faults.engine_version is not None:
        change_version(faults.engine_version)
    from manage import main as manage

    if faults.respawn:
        respawn(manage)
    else:
        manage()


def shift_clock(seconds: float) -> None:
    """Shift what this process takes for the time of day; what measures durations stays."""
    true_time, true_time_ns = time.time, time.time_ns
    time.time = lambda: true_time() + seconds
    time.time_ns = lambda: true_time_ns() + int(seconds * 1e9)

    class Shifted(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> "Shifted":
            return cls.fromtimestamp(time.time(), tz)

        @classmethod
        def utcnow(cls) -> "Shifted":
            return cls.now(dt.UTC).replace(tzinfo=None)

    dt.datetime = Shifted  # type: ignore[misc]


def break_computing(faults: Faults) -> None:
    from simulations.compute import Computer

    whole = Computer.compute

    def compute(self: Computer, span: Any, between: Callable[[], bool]) -> Any:
        if faults.is_due(span):
            happen(faults)

        def slowly() -> bool:
            time.sleep(faults.pace_s)
            while goes_on := between():
                if not faults.closed():
                    break
                time.sleep(0.02)
            return goes_on

        return whole(self, span, slowly)

    Computer.compute = compute  # type: ignore[method-assign]


def happen(faults: Faults) -> None:
    match faults.do:
        case "raise":
            raise ValueError(faults.text)
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "sleep":
            time.sleep(faults.sleep_s)


def change_version(version: int) -> None:
    """Be a worker of another release."""
    from simulations import compiled, engine

    for module in (engine, compiled):
        module.ENGINE_VERSION = version  # type: ignore[attr-defined]


def respawn(work: Callable[[], None]) -> None:
    """Run ``work`` in a child, and in a new one whenever that is killed; the imports are done once."""
    import simulations.worker.process  # noqa: F401
    from simulations import engine

    engine.warmup()
    while (child := os.fork()) != 0:
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(os.waitstatus_to_exitcode(status))
    work()


if __name__ == "__main__":
    main()

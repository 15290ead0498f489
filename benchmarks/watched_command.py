"""`manage.py` with a watch on storing: `python -m benchmarks.watched_command REPORT ARGUMENT…`.

Runs the command as `manage.py` would, then writes to the file REPORT how long it stored and what the
newest simulation takes in the database.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import django
from django.core.management import execute_from_command_line

STORING = ("record_computed", "fold_summaries", "complete")


def main(report: Path, arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bingosim_project.settings")
    django.setup()
    seconds = _watch_storing()
    execute_from_command_line(["manage.py", *arguments])
    report.write_text(json.dumps({"storing_s": sum(seconds.values()), "storing": seconds, **_stored()}))


def _watch_storing() -> dict[str, float]:
    """Have the services that store add up their seconds, and return where."""
    from simulations.services import recording

    seconds = dict.fromkeys(STORING, 0.0)
    for name in STORING:
        setattr(recording, name, _timed(getattr(recording, name), name, seconds))
    return seconds


def _timed(function: Callable[..., Any], name: str, seconds: dict[str, float]) -> Callable[..., Any]:
    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        started = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            seconds[name] += time.perf_counter() - started

    return call


def _stored() -> dict[str, Any]:
    """Return the sizes of what is stored of the newest simulation, in bytes."""
    from django.db.models import Count, Sum
    from django.db.models.functions import Length

    from simulations.models import BatchResult, Simulation

    newest = Simulation.objects.latest("created_at")
    blocks = BatchResult.objects.filter(batch__simulation=newest).aggregate(
        batches=Count("pk"), block_bytes=Sum(Length("block"))
    )
    return {**blocks, "summary_bytes": len(newest.summary or b"")}


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])

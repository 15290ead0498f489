"""`compact`: give back to the disk what deleted results took."""

import time
from typing import Any

from events.management.base import ProjectCommand, Refused
from simulations.presentation.drawing import duration
from simulations.services.space import StillActive, compact

MEGABYTE = 1_000_000


class Command(ProjectCommand):
    help = (
        "Give back to the disk what deleted results took. Nothing may be simulated meanwhile, and pages "
        "wait; it needs as much free space as the results that are left."
    )

    def handle(self, **options: Any) -> None:
        started = time.monotonic()
        try:
            freed = compact()
        except StillActive as refused:
            raise Refused(str(refused)) from refused
        elapsed_s = time.monotonic() - started
        self.answer({"freed_bytes": freed, "elapsed_s": round(elapsed_s, 3)})
        self.say(f"{freed / MEGABYTE:,.1f} MB were given back to the disk, in {duration(elapsed_s)}.")

"""`warmup`: compile the kernels into the cache."""

import time
from typing import Any

from events.management.base import ProjectCommand
from simulations.management.progress import COMPILING
from simulations.presentation.drawing import duration


class Command(ProjectCommand):
    help = "Compile the kernels into the cache, so that the first simulation starts at once."
    needs_database = False

    def handle(self, **options: Any) -> None:
        started = time.monotonic()
        # Imported here: it takes a while, and `help` loads every command.
        from simulations import engine

        was_warm = engine.is_warm()
        if not was_warm:
            self.warn(COMPILING)
        engine.warmup()
        took = time.monotonic() - started
        self.answer({"compiled": not was_warm, "elapsed_s": round(took, 3)})
        self.say(f"The kernels are {'loaded' if was_warm else 'compiled'}, in {duration(took)}.")

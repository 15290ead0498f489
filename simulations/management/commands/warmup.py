"""`warmup`: compile the kernels into the cache."""

import time
from typing import Any

from events.management.base import ProjectCommand
from simulations.management.progress import load_kernels
from simulations.presentation.drawing import duration


class Command(ProjectCommand):
    help = "Compile the kernels into the cache, so that the first simulation starts at once."
    needs_database = False

    def handle(self, **options: Any) -> None:
        started = time.monotonic()
        compiled = load_kernels(self.warn)
        took = time.monotonic() - started
        self.answer({"compiled": compiled, "elapsed_s": round(took, 3)})
        self.say(f"The kernels are {'compiled' if compiled else 'loaded'}, in {duration(took)}.")

"""`worker`: one worker of the fleet."""

from typing import Any

from events.management.base import ProjectCommand, Refused


class Command(ProjectCommand):
    help = "Be a worker: compute batches of distributed simulations until SIGTERM or Ctrl-C."
    takes_json = False

    def handle(self, **options: Any) -> None:
        # Imported here: they take half a second, which `help` need not wait for.
        from celery import current_app

        from simulations.worker.index import IndexTaken
        from simulations.worker.meter import MeterPortTaken
        from simulations.worker.process import WorkerRefused, run_worker

        try:
            code = run_worker(current_app)
        except (IndexTaken, MeterPortTaken, WorkerRefused) as refused:
            raise Refused(str(refused)) from refused
        if code:
            raise Refused(f"The worker ended with {code}.", returncode=code)

"""`workers`: list them."""

from typing import Any

from django.db.models import OuterRef, Subquery

from events.management.base import ProjectCommand
from simulations.management.waiting import no_worker
from simulations.models import Batch, BatchStatus, Worker
from simulations.presentation import show_workers


class Command(ProjectCommand):
    help = "List the workers that compute distributed simulations."

    def handle(self, **options: Any) -> None:
        running = Batch.objects.filter(status=BatchStatus.RUNNING, worker=OuterRef("name")).order_by()
        workers = list(
            Worker.objects.live().annotate(simulation_id=Subquery(running.values("simulation")[:1]))
        )
        self.answer({"workers": [_data(worker) for worker in workers]})
        if workers:
            self.say(show_workers(workers))
        else:
            self.say(no_worker())


def _data(worker: Any) -> dict[str, Any]:
    return {
        "index": worker.index,
        "name": worker.name,
        "engine_version": worker.engine_version,
        "started_at": worker.started_at,
        "seen_at": worker.seen_at,
        "runs_per_s": round(worker.runs_per_s, 3),
        "simulation": worker.simulation_id,
        "totals": worker.totals,
    }

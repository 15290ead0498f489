"""What simulations take up in the database."""

from typing import NamedTuple

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce, Length

from simulations.models import Batch, BatchResult, Simulation


class Space(NamedTuple):
    """The batches of simulations, and the bytes of all that they keep, which deleting them frees."""

    batches: int
    n_bytes: int


def space_of(*simulation_ids: str) -> Space:
    """Return what simulations take up; databases tell the length of a block without reading it."""
    batches = Batch.objects.filter(simulation_id__in=simulation_ids).aggregate(n=Count("pk"))["n"]
    results = BatchResult.objects.filter(batch__simulation_id__in=simulation_ids)
    blocks = results.aggregate(n=Sum(Length("block") + Coalesce(Length("summary"), 0)))["n"]
    kept = Simulation.objects.filter(pk__in=simulation_ids).order_by()
    own = kept.aggregate(n=Sum(Length("document") + Coalesce(Length("summary"), 0)))["n"]
    return Space(batches, (blocks or 0) + (own or 0))

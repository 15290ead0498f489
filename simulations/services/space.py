"""What simulations take up in the database, and giving it back when they are deleted."""

from contextlib import suppress
from typing import NamedTuple

from django.db import DatabaseError, connection
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce, Length

from simulations.models import ACTIVE, Batch, BatchResult, Simulation
from simulations.services.ownership import mark_interrupted

TABLES = tuple(model._meta.db_table for model in (BatchResult, Batch, Simulation))
# Whoever rewrites a table waits for those who read it, and meanwhile everybody else waits, too.
LONGEST_WAIT = "10s"


class StillActive(ValueError):
    """Simulations go on, which could store nothing meanwhile; the message names them."""


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


def stored_bytes() -> int:
    """Return what simulations take up on the disk; with SQLite, the whole database."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        else:
            sizes = "SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(%s::text[]) name"
            cursor.execute(sizes, [list(TABLES)])
        return int(cursor.fetchone()[0])


def free_deleted() -> None:
    """Free what deleted rows took up, without hindering anybody; call it outside of transactions.

    SQLite gives it all back to the disk. PostgreSQL uses it for later results, and gives back what lies
    at the end of its files.
    """
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        # The statement frees a page a step, and `execute` takes one step only.
        connection.connection.executescript("PRAGMA incremental_vacuum")
        return
    # By itself PostgreSQL waits until a fifth of all rows is gone. A full disk may have no room for it now:
    # what is deleted is deleted all the same.
    with suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute(f"VACUUM (SKIP_LOCKED) {', '.join(TABLES)}")


def compact() -> int:
    """Write the results anew, without what deleted ones took up; return by how many bytes they are smaller.

    Nobody else can read or store results meanwhile, so it raises `StillActive` where a simulation goes on.
    """
    mark_interrupted()
    if active := list(
        Simulation.objects.filter(status__in=ACTIVE).order_by("pk").values_list("pk", flat=True)
    ):
        raise StillActive(
            f"What goes on could store nothing meanwhile: wait for {', '.join(active)}, or `cancel` it."
        )
    before = stored_bytes()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
        else:
            cursor.execute(f"SET lock_timeout = '{LONGEST_WAIT}'")
            cursor.execute(f"VACUUM (FULL) {', '.join(TABLES)}")
            cursor.execute("RESET lock_timeout")
    return before - stored_bytes()

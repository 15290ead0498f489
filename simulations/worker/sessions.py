"""A worker's connections to the database, and how long they may be silent."""

from typing import Any

from django.db import connection
from django.db.backends.signals import connection_created

from simulations.models import LEASE_S


def limit_silence() -> None:
    """Have PostgreSQL end a transaction of this process in which nothing comes for the length of a lease.

    A worker that lost the database without a word (a network that swallows everything, a process that is
    stopped) may leave a transaction open. Its locks, on a batch, a simulation or on reconciling, would keep
    the others from taking over until the server notices the dead connection, which by default takes hours.
    """
    connection_created.connect(_limit, dispatch_uid=__name__)
    # One that is open already is not limited.
    connection.close()


def _limit(connection: Any, **_: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET idle_in_transaction_session_timeout = '{LEASE_S * 1000:.0f}ms'")

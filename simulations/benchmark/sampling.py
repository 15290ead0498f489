"""What database and broker had to do meanwhile: sampled beside a simulation, by a thread of its own."""

import threading
from collections import Counter
from contextlib import suppress
from typing import Any, Self

from django.conf import settings
from django.db import DatabaseError, connections
from kombu import Connection

from simulations.queues import BROKER_ERRORS

EVERY_S = 0.25
COUNTERS = (
    "xact_commit",
    "xact_rollback",
    "blks_read",
    "blks_hit",
    "tup_inserted",
    "tup_updated",
    "deadlocks",
    "temp_files",
    "temp_bytes",
)


class Sampler:
    """While active, looks at what the database's sessions wait for, and at how many messages queues hold."""

    def __init__(self, alias: str, queues: list[str]) -> None:
        self.alias = alias
        self.queues = queues
        self.sessions: Counter[str] = Counter()
        self.waiting_for_locks = 0
        self.most_active = 0
        self.lengths: list[list[int]] = []
        self.looks = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="sampler", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def database(self) -> dict[str, Any]:
        """Return for how many sessions a look found each thing that they waited for, on average."""
        looks = max(1, self.looks)
        return {
            "looks": self.looks,
            "sessions": {what: round(n / looks, 3) for what, n in self.sessions.most_common()},
            "waiting_for_locks": round(self.waiting_for_locks / looks, 3),
            "most_active": self.most_active,
        }

    def broker(self) -> dict[str, Any]:
        """Return how many messages waited in the workers' queues."""
        totals = [sum(lengths) for lengths in self.lengths]
        return {
            "looks": len(totals),
            "longest_queue": max((max(lengths, default=0) for lengths in self.lengths), default=0),
            "waiting_on_average": round(sum(totals) / max(1, len(totals)), 3),
        }

    def _sample(self) -> None:
        broker = Connection(settings.BROKER_URL, connect_timeout=5)
        try:
            while not self._stopped.wait(EVERY_S):
                # A look that fails is one less: measuring must not end what is measured.
                with suppress(DatabaseError):
                    self._look_at_database()
                with suppress(*BROKER_ERRORS):
                    self.lengths.append([_length(broker, name) for name in self.queues])
        finally:
            connections[self.alias].close()
            broker.release()

    def _look_at_database(self) -> None:
        with connections[self.alias].cursor() as cursor:
            cursor.execute(_ACTIVITY)
            rows = cursor.fetchall()
        self.looks += 1
        self.most_active = max(self.most_active, sum(state == "active" for state, _, _ in rows))
        self.waiting_for_locks += sum(kind in ("Lock", "LWLock") for _, kind, _ in rows)
        self.sessions.update(_what(*row) for row in rows)


def counters(alias: str) -> dict[str, int]:
    """Return the database's running totals."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(COUNTERS)} FROM pg_stat_database WHERE datname = current_database()"
        )
        return dict(zip(COUNTERS, cursor.fetchone(), strict=True))


def _length(broker: Connection, name: str) -> int:
    with broker.channel() as channel:
        return int(channel.queue_declare(name, passive=True).message_count)


def _what(state: str | None, kind: str | None, event: str | None) -> str:
    if state == "active":
        return f"{kind}: {event}" if kind else "on the processor"
    return state or "without a state"


_ACTIVITY = """
    SELECT state, wait_event_type, wait_event FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""

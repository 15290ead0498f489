"""Which index a worker has: an advisory lock of PostgreSQL, on a connection that does nothing else.

The lock ends with the connection, and so with the process, however that ends.
"""

import time

import psycopg
from django.db import connection

# With this class of locks nothing else in the database is locked.
LOCK_CLASS = 0x62696E67
PATIENCE_S = 5.0
RETRY_S = 0.25
HIGHEST = 10_000


class IndexTaken(Exception):
    """No index is to be had; the message says which were tried and what helps."""


class IndexLock:
    """Holds an index as long as its connection lives."""

    def __init__(self, wanted: int | None, count: int | None) -> None:
        self.wanted = wanted
        self.count = count
        self.index = -1
        self._connection: psycopg.Connection | None = None

    def acquire(self) -> int:
        """Take the wanted index, or the lowest free one; raise `IndexTaken` after some seconds."""
        candidates = range(self.count or HIGHEST) if self.wanted is None else (self.wanted,)
        deadline = time.monotonic() + PATIENCE_S
        while True:
            for index in candidates:
                if self._try(index):
                    self.index = index
                    return index
            if time.monotonic() > deadline:
                raise IndexTaken(self._refusal())
            time.sleep(RETRY_S)

    def keep(self) -> bool:
        """Make sure of the index, also after the database was away; False where another took it."""
        if self._connection is not None:
            try:
                self._query("SELECT 1")
                return True
            except psycopg.Error:
                self.release()
        kept = self._try(self.index)
        if not kept:
            self.release()
        return kept

    def release(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _try(self, index: int) -> bool:
        return bool(self._query("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_CLASS, index]))

    def _query(self, statement: str, parameters: list[int] | None = None) -> object:
        if self._connection is None:
            self._connection = connection.get_new_connection(connection.get_connection_params())
            self._connection.autocommit = True
        row = self._connection.execute(statement, parameters).fetchone()
        return row[0] if row else None

    def _refusal(self) -> str:
        if self.wanted is not None:
            return (
                f"Worker index {self.wanted} is in use by another worker: give another WORKER_INDEX, "
                "or none to take the lowest that is free."
            )
        return f"All {self.count or HIGHEST} worker indexes are in use: raise WORKER_COUNT."

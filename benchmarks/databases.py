"""Databases that exist for one measurement: a file, and one on a PostgreSQL server."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import psycopg

from simulations.benchmark.databases import spare_server_url, temporary_database


@contextmanager
def sqlite_database() -> Iterator[str]:
    """Yield the URL of a database in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="bingosim-benchmark-") as folder:
        yield f"sqlite:///{Path(folder) / 'db.sqlite3'}"


def postgresql_database() -> AbstractContextManager[str]:
    """Lend the URL of a database that is dropped afterwards; raise `BenchmarkRefused` where there is none."""
    return temporary_database(spare_server_url())


def used_bytes(url: str) -> int:
    """Return what a database takes on disk, without what is free for new rows in its file."""
    if not url.startswith("sqlite"):
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
            return int(row[0]) if row else 0
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        pages, free, size = (
            int(connection.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("page_count", "freelist_count", "page_size")
        )
    return (pages - free) * size

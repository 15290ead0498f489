"""Databases that exist for one measurement: a file, and one on a PostgreSQL server."""

import os
import secrets
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

SERVER_URL = os.environ.get("BINGOSIM_TEST_POSTGRES_URL") or "postgres://postgres@127.0.0.1:5432/postgres"


@contextmanager
def sqlite_database() -> Iterator[str]:
    """Yield the URL of a database in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="bingosim-benchmark-") as folder:
        yield f"sqlite:///{Path(folder) / 'db.sqlite3'}"


@contextmanager
def postgresql_database() -> Iterator[str]:
    """Yield the URL of a database that is dropped afterwards; raise psycopg.Error where no server answers."""
    name = f"bingosim_benchmark_{secrets.token_hex(4)}"
    with psycopg.connect(SERVER_URL, connect_timeout=3, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(SERVER_URL)._replace(path=f"/{name}"))
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


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

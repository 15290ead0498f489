"""Databases that exist for one measurement, on a PostgreSQL server, and reaching them with the models."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import dj_database_url
import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import sql

from simulations.benchmark import BenchmarkRefused

FALLBACK_URL = "postgres://postgres@127.0.0.1:5432/postgres"
ALIAS = "benchmark"


def spare_server_url() -> str:
    """Return the URL of a server where databases may be made that are not the application's."""
    return os.environ.get("BINGOSIM_TEST_POSTGRES_URL", "").strip() or FALLBACK_URL


@contextmanager
def temporary_database(url: str) -> Iterator[str]:
    """Yield the URL of a new database on the server of ``url``, which is dropped afterwards.

    Raises `BenchmarkRefused` where none can be made.
    """
    # Who finds one later sees whether the process that made it still lives.
    name = f"bingosim_benchmark_{os.getpid()}_{secrets.token_hex(4)}"
    with _connect(url) as server:
        try:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except psycopg.Error as error:
            raise BenchmarkRefused(
                f"The server at {_where(url)} makes no database for the benchmark ({_first_line(error)}): "
                "grant its user CREATEDB, or use another one."
            ) from error
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        # A connection of its own: the server may have been restarted meanwhile.
        with _connect(url) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def reachable(url: str) -> Iterator[str]:
    """Yield the alias under which the models find a database."""
    database: dict[str, Any] = dict(dj_database_url.parse(url))
    database.setdefault("OPTIONS", {})["server_side_binding"] = True
    configured = connections.configure_settings(
        {DEFAULT_DB_ALIAS: settings.DATABASES[DEFAULT_DB_ALIAS], ALIAS: database}
    )
    connections.settings[ALIAS] = configured[ALIAS]
    try:
        yield ALIAS
    finally:
        connections[ALIAS].close()
        del connections[ALIAS]
        del connections.settings[ALIAS]


def _connect(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    try:
        return psycopg.connect(url, connect_timeout=5, autocommit=True)
    except psycopg.Error as error:
        raise BenchmarkRefused(
            f"The benchmark needs PostgreSQL, and none can be used at {_where(url)} ({_first_line(error)}): "
            "start one, or name another."
        ) from error


def _where(url: str) -> str:
    # Without the user and the password.
    return urlsplit(url).netloc.rpartition("@")[2] or "the local socket"


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)

"""What a database refuses, in a line that says what to do about it."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader

from events.management.hints import command_line

NOT_MIGRATED = f"The database is not set up for this version: run `{command_line('migrate')}`."

# By the start of SQLite's error name.
SQLITE_REMEDIES = {
    "SQLITE_BUSY": "The database is locked by another process: try again when it has finished.",
    "SQLITE_LOCKED": "The database is locked by another process: try again when it has finished.",
    "SQLITE_READONLY": "The database is read-only: make {name} and its directory writable.",
    "SQLITE_FULL": "The disk is full: free some space and try again.",
    "SQLITE_CANTOPEN": "The database can't be opened: check that {name} can be read and written.",
    "SQLITE_PERM": "The database can't be opened: check the permissions of {name}.",
    "SQLITE_AUTH": "The database can't be opened: check the permissions of {name}.",
    "SQLITE_NOTADB": "{name} is not an SQLite database: check DATABASE_URL.",
    "SQLITE_CORRUPT": "The database {name} is damaged: restore it from a backup.",
    "SQLITE_IOERR": "The disk failed while reading or writing {name}: check it and its free space.",
}

# By the start of PostgreSQL's SQLSTATE.
POSTGRESQL_REMEDIES = {
    "42P01": NOT_MIGRATED,
    "42703": NOT_MIGRATED,
    "25006": "The database is read-only: connect to the primary server.",
    "53100": "The database's disk is full: free some space and try again.",
    "53300": "The database has no connection left: stop other clients or raise max_connections.",
    "55P03": "The database is locked by another process: try again when it has finished.",
    "40P01": "Another process changed the same rows: try again.",
    "40001": "Another process changed the same rows: try again.",
    "57014": "The database took too long and stopped the query: try again.",
    "57P": "The database is shutting down or starting up: try again.",
    "42501": "The database user lacks a permission: grant it, or check DATABASE_URL.",
    "28": "The database refused user or password: check DATABASE_URL.",
    "3D000": "The database does not exist: create it, or check DATABASE_URL.",
}


def explain_database_error(error: Error) -> str:
    """Say in one line what the database refused and what helps."""
    cause = error.__cause__ or error
    settings = connection.settings_dict
    if name := getattr(cause, "sqlite_errorname", None):
        is_missing = name.startswith("SQLITE_CANTOPEN")
        remedy = (missing_file() if is_missing else None) or _by_prefix(SQLITE_REMEDIES, name)
        if remedy is None and "no such" in str(cause):
            remedy = NOT_MIGRATED
    else:
        remedy = _by_prefix(POSTGRESQL_REMEDIES, getattr(cause, "sqlstate", None) or "")
        remedy = remedy or _connection_problem(str(cause), settings)
    return (remedy or f"The database refused: {_first_line(cause)}").replace("{name}", _file_name(settings))


def missing_file() -> str | None:
    """Say that the file of an SQLite database is not there, and what helps; None where nothing is missing."""
    path, migrate = _file_path(connection.settings_dict), command_line("migrate")
    if path is None or path.exists():
        return None
    if not os.environ.get("DATABASE_URL", "").strip():
        return f"There is no database yet: run `{migrate}` to make {path}, or set DATABASE_URL to another."
    if not path.parent.is_dir():
        return f"DATABASE_URL names {path}, and there is no such folder: correct it, or make the folder."
    return f"DATABASE_URL names {path}, which does not exist: correct it, or run `{migrate}` to make it."


def make_missing_file() -> None:
    """Make the file of an SQLite database that does not exist yet, which connecting alone does not."""
    path = _file_path(connection.settings_dict)
    if path is not None and path.parent.is_dir():
        path.touch()


def migration_problem() -> str | None:
    """Say what separates the database from this version of the project, or None where nothing does.

    Raises `DatabaseError` where the database can't be asked.
    """
    if problem := missing_file():
        return problem
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    applied, known = set(loader.applied_migrations), set(loader.graph.nodes)
    if known - applied:
        return NOT_MIGRATED
    newest = {app: max(name for label, name in known if label == app) for app in {app for app, _ in known}}
    # Older unknown names are migrations that were squashed since.
    unknown = sorted(f"{app}.{name}" for app, name in applied - known if app in newest and name > newest[app])
    if unknown:
        return f"The database belongs to a newer version of the project ({unknown[0]}): update the project."
    return None


def _by_prefix(remedies: Mapping[str, str], code: str) -> str | None:
    return next((remedy for prefix, remedy in remedies.items() if code.startswith(prefix)), None)


def _connection_problem(message: str, settings: Mapping[str, object]) -> str | None:
    where = f"{settings.get('HOST') or 'the local socket'}:{settings.get('PORT') or 5432}"
    if re.search('role ".*" does not exist', message):
        return f"The database has no user {str(settings.get('USER'))!r}: create it, or check DATABASE_URL."
    if "does not exist" in message and "database" in message:
        return POSTGRESQL_REMEDIES["3D000"]
    if "authentication failed" in message or "no password supplied" in message:
        return POSTGRESQL_REMEDIES["28"]
    if "too many clients" in message or "connection slots" in message:
        return POSTGRESQL_REMEDIES["53300"]
    if "connect" in message:
        return f"The database at {where} can't be reached: check that it runs, and DATABASE_URL."
    return None


def _file_name(settings: Mapping[str, object]) -> str:
    """Return the path of an SQLite database, which for some is written as an address."""
    name = str(settings["NAME"])
    return unquote(urlsplit(name).path) if name.startswith("file:") else name


def _file_path(settings: Mapping[str, object]) -> Path | None:
    """Return where the file of an SQLite database is; None for other databases."""
    return Path(_file_name(settings)).absolute() if str(settings["ENGINE"]).endswith("sqlite3") else None


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)

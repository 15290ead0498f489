"""The environment variables that BingoSim reads, typed and checked in one place.

Only the engine's cache reads two of its own, which name folders: the engine knows nothing of settings.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

LOG_FORMATS = ("text", "json")
YES = ("1", "true", "yes", "on")
NO = ("0", "false", "no", "off")

# Pragmas of every SQLite connection, in this order: auto_vacuum is fixed when a new file gets its first page,
# and switching to WAL writes that page.
SQLITE_PRAGMAS = "PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL"


class VariableError(ValueError):
    """A variable is missing or wrong; the message is one line that names it and says what would be right."""


@dataclass(frozen=True)
class Environment:
    """What the environment says, checked."""

    debug: bool
    secret_key: str
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    database: dict[str, Any]
    log_format: str


def read_environment(variables: Mapping[str, str], checkout: Path) -> Environment:
    """Read and check all variables; raise `VariableError` for the first one that is wrong."""
    debug = _flag(variables, "DEBUG", default=True)
    return Environment(
        debug=debug,
        secret_key=_secret_key(variables, debug, checkout / "var" / "secret_key"),
        allowed_hosts=_allowed_hosts(variables, debug),
        csrf_trusted_origins=_origins(variables, "CSRF_TRUSTED_ORIGINS"),
        database=_database(variables, checkout / "db.sqlite3"),
        log_format=_choice(variables, "LOG_FORMAT", LOG_FORMATS),
    )


def _text(variables: Mapping[str, str], name: str) -> str:
    """Return the variable's text; an empty one counts as not set, since compose files often pass those."""
    return variables.get(name, "").strip()


def _flag(variables: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = _text(variables, name).lower()
    if not text:
        return default
    if text not in YES + NO:
        raise VariableError(f"{name} must be 1 or 0, not {text!r}.")
    return text in YES


def _choice(variables: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """One of `choices`; the first where the variable is not set."""
    text = _text(variables, name) or choices[0]
    if text not in choices:
        raise VariableError(f"{name} must be {' or '.join(choices)}, not {text!r}.")
    return text


def _words(variables: Mapping[str, str], name: str) -> list[str]:
    return [word.strip() for word in _text(variables, name).split(",") if word.strip()]


def _origins(variables: Mapping[str, str], name: str) -> list[str]:
    origins = _words(variables, name)
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
            raise VariableError(f"{name} must list origins like https://bingo.example.org, not {origin!r}.")
    return origins


def _allowed_hosts(variables: Mapping[str, str], debug: bool) -> list[str]:
    hosts = _words(variables, "ALLOWED_HOSTS")
    if not hosts and not debug:
        raise VariableError(
            "ALLOWED_HOSTS must list the host names to serve when DEBUG is 0, such as bingo.example.org."
        )
    return hosts


def _secret_key(variables: Mapping[str, str], debug: bool, path: Path) -> str:
    key = _text(variables, "SECRET_KEY")
    if key:
        return key
    if not debug:
        raise VariableError("SECRET_KEY must be set to a long random text when DEBUG is 0.")
    try:
        return _kept_key(path)
    except OSError as error:
        raise VariableError(
            f"SECRET_KEY must be set, since no key can be kept in {path} ({error.strerror})."
        ) from error


def _kept_key(path: Path) -> str:
    """Return the development key in `path`, which only its owner reads; make it on the first call."""
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            # A link never replaces: of several processes that start at once the first one's key stays, whole.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def _database(variables: Mapping[str, str], default_path: Path) -> dict[str, Any]:
    """Return Django's settings for the database that DATABASE_URL names."""
    url = _text(variables, "DATABASE_URL") or f"sqlite:///{default_path}"
    try:
        if urlsplit(url).scheme not in ("sqlite", "postgres", "postgresql"):
            raise ValueError
        settings: dict[str, Any] = dict(dj_database_url.parse(url))
        if not settings["NAME"]:
            raise ValueError
    except ValueError as error:
        # The value may hold a password: it is not repeated.
        raise VariableError(
            "DATABASE_URL must look like sqlite:////folder/db.sqlite3 or postgres://user:password@host:5432/name."
        ) from error
    if settings["ENGINE"].endswith("sqlite3"):
        options = {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": SQLITE_PRAGMAS}
        settings["OPTIONS"] = {**settings.get("OPTIONS", {}), **options}
    return settings

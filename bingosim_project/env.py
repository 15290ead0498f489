"""The environment variables that BingoSim reads, typed and checked in one place.

Only the engine's cache reads two of its own, which name folders: the engine knows nothing of settings.
"""

import math
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import dj_database_url

from events.wording import whole_number_in

LOG_FORMATS = ("text", "json")
DEVELOPMENT_BROKER_URL = "amqp://guest:guest@127.0.0.1:5672//"
MOST_WORKERS = 10_000
# What Django's own `check --deploy` asks of a key.
SHORTEST_KEY, LEAST_KINDS_OF_CHARACTERS = 50, 5
# The key in docker/dev.env, which everybody knows.
KNOWN_KEY = "development-only"
YES = ("1", "true", "yes", "on")
NO = ("0", "false", "no", "off")

# Pragmas of every SQLite connection, in this order: auto_vacuum is fixed when a new file gets its first page,
# and switching to WAL writes that page.
SQLITE_PRAGMAS = "PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL"
# The first connection makes the files beside the database, and the last removes them, which takes the disk
# longer than a page. Not for ever: a file that was put in the place of another is noticed within this time.
SQLITE_KEPT_S = 60

# A database that went away without a word is noticed within about half a minute, not in hours. Options in
# the address go before these.
POSTGRESQL_OPTIONS = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


class VariableError(ValueError):
    """A variable is missing or wrong; the message is one line that names it and says what would be right."""


@dataclass(frozen=True)
class Environment:
    """What the environment says, checked."""

    debug: bool
    secret_key: str
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    trusted_proxies: list[IPv4Network | IPv6Network]
    ssl_redirect: bool
    hsts_s: int
    hsts_subdomains: bool
    database: dict[str, Any]
    broker_url: str | None
    namespace: str
    worker_index: int | None
    worker_count: int | None
    metrics_port: int | None
    lease_s: float
    local_simulations: int
    local_processes: int | None
    benchmark_server: str
    log_format: str
    flower_basic_auth: str | None
    flower_address: str
    flower_port: int


def read_environment(variables: Mapping[str, str], checkout: Path) -> Environment:
    """Read and check all variables; raise `VariableError` for the first one that is wrong."""
    debug = _flag(variables, "DEBUG", default=True)
    worker_index, worker_count = _worker(variables)
    return Environment(
        debug=debug,
        secret_key=_secret_key(variables, debug, checkout / "var" / "secret_key"),
        allowed_hosts=_allowed_hosts(variables, debug),
        csrf_trusted_origins=_origins(variables, "CSRF_TRUSTED_ORIGINS"),
        trusted_proxies=_networks(variables, "FORWARDED_ALLOW_IPS", default="127.0.0.1,::1"),
        ssl_redirect=_flag(variables, "SSL_REDIRECT", default=False),
        hsts_s=_whole(variables, "HSTS_SECONDS", 0, 999_999_999) or 0,
        hsts_subdomains=_flag(variables, "HSTS_SUBDOMAINS", default=False),
        database=_database(variables, checkout / "db.sqlite3"),
        broker_url=_broker_url(variables) or (DEVELOPMENT_BROKER_URL if debug else None),
        namespace=_namespace(variables),
        worker_index=worker_index,
        worker_count=worker_count,
        metrics_port=_whole(variables, "METRICS_PORT", 1, 65_535),
        lease_s=_seconds(variables, "BINGOSIM_LEASE_S", 1, 3600, default=10),
        local_simulations=_whole(variables, "LOCAL_SIMULATIONS", 1, 100) or 1,
        local_processes=_whole(variables, "LOCAL_PROCESSES", 1, 256),
        benchmark_server=_text(variables, "BINGOSIM_BENCHMARK_SERVER"),
        log_format=_choice(variables, "LOG_FORMAT", LOG_FORMATS),
        flower_basic_auth=_text(variables, "FLOWER_BASIC_AUTH") or None,
        flower_address=_text(variables, "FLOWER_ADDRESS") or "127.0.0.1",
        flower_port=_whole(variables, "FLOWER_PORT", 1, 65_535) or 5555,
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


def _whole(variables: Mapping[str, str], name: str, least: int, most: int) -> int | None:
    text = _text(variables, name)
    if not text:
        return None
    number = whole_number_in(text)
    if number is None or not least <= number <= most:
        raise VariableError(f"{name} must be a whole number from {least} to {most}, not {text!r}.")
    return number


def _seconds(variables: Mapping[str, str], name: str, least: float, most: float, *, default: float) -> float:
    text = _text(variables, name)
    if not text:
        return default
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not least <= seconds <= most:
        raise VariableError(f"{name} must be a number of seconds from {least:g} to {most:g}, not {text!r}.")
    return seconds


def _worker(variables: Mapping[str, str]) -> tuple[int | None, int | None]:
    """Return WORKER_INDEX and WORKER_COUNT, which bounds it."""
    index = _whole(variables, "WORKER_INDEX", 0, MOST_WORKERS - 1)
    count = _whole(variables, "WORKER_COUNT", 1, MOST_WORKERS)
    if index is not None and count is not None and index >= count:
        raise VariableError(f"WORKER_INDEX must be below WORKER_COUNT: 0 to {count - 1}, not {index}.")
    return index, count


def _namespace(variables: Mapping[str, str]) -> str:
    text = _text(variables, "BINGOSIM_NAMESPACE") or "bingosim"
    if not re.fullmatch(r"[a-z0-9-]{1,40}", text):
        raise VariableError(
            "BINGOSIM_NAMESPACE must be 1 to 40 small letters, digits and hyphens, like bingosim-test, "
            f"not {text!r}."
        )
    return text


def _broker_url(variables: Mapping[str, str]) -> str | None:
    url = _text(variables, "BROKER_URL")
    if not url:
        return None
    try:
        parts = urlsplit(url)
        wrong = parts.scheme not in ("amqp", "amqps") or not parts.hostname or parts.port == 0
        # One broker: kombu would take what follows a semicolon for others.
        if wrong or parts.query or parts.fragment or ";" in url:
            raise ValueError
    except ValueError as error:
        # The value may hold a password: it is not repeated.
        raise VariableError(
            "BROKER_URL must look like amqp://user:password@host:5672// or amqps://user:password@host:5671/vhost."
        ) from error
    return url


def _words(variables: Mapping[str, str], name: str) -> list[str]:
    return [word.strip() for word in _text(variables, name).split(",") if word.strip()]


def _origins(variables: Mapping[str, str], name: str) -> list[str]:
    origins = _words(variables, name)
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
            raise VariableError(f"{name} must list origins like https://bingo.example.org, not {origin!r}.")
    return origins


def _networks(variables: Mapping[str, str], name: str, *, default: str) -> list[IPv4Network | IPv6Network]:
    """Return the addresses and networks that are listed; nobody may stand for everybody."""
    networks = []
    for word in _words(variables, name) or default.split(","):
        try:
            networks.append(ip_network(word, strict=False))
        except ValueError as error:
            raise VariableError(
                f"{name} must list addresses of your proxies, like 10.0.0.5 or 172.16.0.0/12, not {word!r}."
            ) from error
    return networks


def _allowed_hosts(variables: Mapping[str, str], debug: bool) -> list[str]:
    hosts = _words(variables, "ALLOWED_HOSTS")
    if not debug and (not hosts or "*" in hosts):
        raise VariableError(
            "ALLOWED_HOSTS must list the host names to serve when DEBUG is 0, such as bingo.example.org; "
            "* would serve any."
        )
    return hosts


def _secret_key(variables: Mapping[str, str], debug: bool, path: Path) -> str:
    key = _text(variables, "SECRET_KEY")
    if not debug:
        _check_key(key)
    if key:
        return key
    try:
        return _kept_key(path)
    except OSError as error:
        raise VariableError(
            f"SECRET_KEY must be set, since no key can be kept in {path} ({error.strerror})."
        ) from error


def _check_key(key: str) -> None:
    """Refuse a key that could be guessed, or that everybody knows."""
    if len(key) < SHORTEST_KEY or len(set(key)) < LEAST_KINDS_OF_CHARACTERS or key.startswith(KNOWN_KEY):
        # The value is not repeated: it may be in use.
        raise VariableError(
            f"SECRET_KEY must be a random text of at least {SHORTEST_KEY} characters when DEBUG is 0: "
            "`openssl rand -hex 48` makes one."
        )


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
    settings = _parsed(url)
    if settings["ENGINE"].endswith("sqlite3"):
        settings.update(_sqlite(settings["NAME"]))
    else:
        # Connections are kept, and asked whether they are well before they are used again.
        settings.update({"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True})
        # Blocks of results travel as they are, six times as fast as written out as text in the statement.
        given = settings.get("OPTIONS", {})
        settings["OPTIONS"] = {**POSTGRESQL_OPTIONS, **given, "server_side_binding": True}
    return settings


def _parsed(url: str) -> dict[str, Any]:
    try:
        if (scheme := urlsplit(url).scheme) not in ("sqlite", "postgres", "postgresql"):
            raise ValueError
        if scheme == "sqlite":
            _check_sqlite(url)
        settings: dict[str, Any] = dict(dj_database_url.parse(url))
        if not settings["NAME"]:
            raise ValueError
    except VariableError:
        raise
    except ValueError as error:
        # The value may hold a password: it is not repeated.
        raise VariableError(
            "DATABASE_URL must look like sqlite:////folder/db.sqlite3 or postgres://user:password@host:5432/name."
        ) from error
    if scheme != "sqlite":
        _check_options(url)
    return settings


def _check_sqlite(url: str) -> None:
    if url in ("sqlite:", "sqlite://", "sqlite:///") or ":memory:" in url:
        raise VariableError(
            "DATABASE_URL must name a file, like sqlite:////folder/db.sqlite3: "
            "a database in memory forgets everything when a command ends."
        )
    if urlsplit(url).query:
        raise VariableError("DATABASE_URL must have no options after a ? where it names an SQLite file.")


def _check_options(url: str) -> None:
    """Refuse options that PostgreSQL's client does not know: it would fail on them much later."""
    from psycopg.pq import Conninfo  # only here: SQLite needs no client library

    known = {option.keyword.decode() for option in Conninfo.get_defaults()} | {"currentSchema"}
    for name in parse_qs(urlsplit(url).query, keep_blank_values=True):
        if name not in known:
            raise VariableError(
                f"DATABASE_URL must have options of PostgreSQL connections only, like sslmode, not {name!r}."
            )


def _sqlite(name: str) -> dict[str, Any]:
    """Return the name and options of an SQLite database; one that can't be written can still be read."""
    options = {"timeout": 20, "transaction_mode": "IMMEDIATE"}
    path = Path(name).absolute()
    if not path.exists():
        # Opening makes no file: of a mistyped name an empty database would be left. `migrate` makes it.
        name = f"{path.as_uri()}?mode=rw"
    if not path.is_file() or os.access(path, os.W_OK):
        options["init_command"] = SQLITE_PRAGMAS
        return {"NAME": name, "OPTIONS": options, "CONN_MAX_AGE": SQLITE_KEPT_S}
    # In WAL mode SQLite reads only with two files beside the database. Where they can't be made, it has to be
    # told that nobody writes; where they exist somebody may.
    if not os.access(path.parent, os.W_OK) and not path.with_name(f"{path.name}-wal").exists():
        name = f"{path.as_uri()}?immutable=1"
    return {"NAME": name, "OPTIONS": options}

"""The environment: what is read from it, what is refused, and what SQLite is told."""

import json
import logging
import os
import secrets
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings

from bingosim_project.env import Environment, VariableError, read_environment
from bingosim_project.logs import JsonFormatter, Seldom, TextFormatter

KEY = "a key that is long enough and has been made up for these tests"
PRODUCTION = {"DEBUG": "0", "SECRET_KEY": KEY, "ALLOWED_HOSTS": "bingo.example.org, www.example.org"}


def run_manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def read(checkout: Path, **variables: str) -> Environment:
    return read_environment(variables, checkout)


def pragmas(path: Path) -> dict[str, str]:
    """Migrate a new database at `path` in a process of its own; return what a later connection reports."""
    url = f"sqlite:///{path}"
    assert run_manage("migrate", "--verbosity=0", DATABASE_URL=url).returncode == 0
    code = """if True:
        import json
        from django.db import connection
        with connection.cursor() as cursor:
            names = "auto_vacuum", "journal_mode", "synchronous", "busy_timeout", "foreign_keys"
            print(json.dumps({name: str(cursor.execute(f"PRAGMA {name}").fetchone()[0]) for name in names}))
        """
    found: dict[str, str] = json.loads(run_manage("shell", "-v0", "-c", code, DATABASE_URL=url).stdout)
    return found


def test_nothing_has_to_be_set_for_development(tmp_path: Path) -> None:
    environment = read(tmp_path)
    assert environment.debug
    assert environment.allowed_hosts == []
    assert environment.log_format == "text"
    (tmp_path / "db.sqlite3").touch()
    assert read(tmp_path).database["NAME"] == str(tmp_path / "db.sqlite3")


def test_connecting_makes_no_database(tmp_path: Path) -> None:
    name = read(tmp_path).database["NAME"]
    with pytest.raises(sqlite3.OperationalError):
        sqlite3.connect(name, uri=True)
    assert not (tmp_path / "db.sqlite3").exists()


def test_the_development_key_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    key = read(tmp_path).secret_key
    assert len(key) > 50
    assert read(tmp_path).secret_key == key
    assert stat.S_IMODE((tmp_path / "var/secret_key").stat().st_mode) == 0o600


def test_processes_that_start_at_once_agree_on_the_development_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: read(tmp_path).secret_key, range(32)))
    assert len(keys) == 1
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret_key"]


def test_a_place_that_keeps_no_key_asks_for_one(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    with pytest.raises(VariableError, match=r"SECRET_KEY must be set.*secret_key"):
        read(tmp_path)


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    assert read(tmp_path, DEBUG="", LOG_FORMAT="", DATABASE_URL="").debug


def test_production_takes_its_key_and_hosts_from_the_environment(tmp_path: Path) -> None:
    environment = read(tmp_path, **PRODUCTION)
    assert not environment.debug
    assert environment.secret_key == KEY
    assert environment.allowed_hosts == ["bingo.example.org", "www.example.org"]
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_production_refuses_to_start_without(name: str, tmp_path: Path) -> None:
    with pytest.raises(VariableError, match=f"^{name} must"):
        read(tmp_path, **{**PRODUCTION, name: ""})


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("DEBUG", "perhaps", "1 or 0"),
        ("LOG_FORMAT", "xml", "text or json"),
        ("CSRF_TRUSTED_ORIGINS", "bingo.example.org", "https://bingo.example.org"),
        ("CSRF_TRUSTED_ORIGINS", "https://bingo.example.org/path", "https://bingo.example.org"),
        ("SSL_REDIRECT", "perhaps", "1 or 0"),
        ("HSTS_SECONDS", "1 year", "a whole number"),
        ("HSTS_SUBDOMAINS", "perhaps", "1 or 0"),
        ("FORWARDED_ALLOW_IPS", "*", "10.0.0.5 or 172.16.0.0/12"),
        ("FORWARDED_ALLOW_IPS", "10.0.0.5,proxy", "not 'proxy'"),
        ("DATABASE_URL", "mysql://host/name", "postgres://user:password@host:5432/name"),
        ("DATABASE_URL", "db.sqlite3", "sqlite:////folder/db.sqlite3"),
        ("DATABASE_URL", "sqlite://", "name a file"),
        ("DATABASE_URL", "sqlite:///", "name a file"),
        ("DATABASE_URL", "sqlite://:memory:", "name a file"),
        ("DATABASE_URL", "sqlite:///:memory:", "name a file"),
        ("DATABASE_URL", "sqlite:///db.sqlite3?foo=bar", "no options"),
        ("DATABASE_URL", "postgres://user@host/name?foo=bar", "not 'foo'"),
        ("DATABASE_URL", "postgres://host", "postgres://"),
        ("DATABASE_URL", "postgres://host:port/name", "postgres://"),
        ("BROKER_URL", "127.0.0.1:5672", "amqp://user:password@host:5672//"),
        ("BROKER_URL", "redis://127.0.0.1", "amqp://user:password@host:5672//"),
        ("BROKER_URL", "amqp://", "amqp://user:password@host:5672//"),
        ("BROKER_URL", "amqp://host:port//", "amqp://user:password@host:5672//"),
        ("BROKER_URL", "amqp://host:99999//", "amqp://user:password@host:5672//"),
        ("BROKER_URL", "amqp://one//;amqp://two//", "amqp://user:password@host:5672//"),
        ("BROKER_URL", "amqp://host//?heartbeat=5", "amqp://user:password@host:5672//"),
        ("BINGOSIM_NAMESPACE", "Bingo", "small letters"),
        ("BINGOSIM_NAMESPACE", "bingo.sim", "small letters"),
        ("BINGOSIM_NAMESPACE", "b" * 41, "1 to 40"),
        ("WORKER_INDEX", "-1", "from 0 to 9999"),
        ("WORKER_INDEX", "10000", "from 0 to 9999"),
        ("WORKER_INDEX", "first", "a whole number"),
        ("WORKER_INDEX", "1_0", "a whole number"),
        ("WORKER_INDEX", "1,5", "a whole number"),
        ("WORKER_INDEX", "1.0", "a whole number"),
        ("WORKER_COUNT", "0", "from 1 to 10000"),
        ("WORKER_COUNT", "10001", "from 1 to 10000"),
        ("METRICS_PORT", "0", "from 1 to 65535"),
        ("METRICS_PORT", "65536", "from 1 to 65535"),
        ("BINGOSIM_LEASE_S", "0.5", "from 1 to 3600"),
        ("BINGOSIM_LEASE_S", "3601", "from 1 to 3600"),
        ("BINGOSIM_LEASE_S", "nan", "a number of seconds"),
        ("BINGOSIM_LEASE_S", "10s", "a number of seconds"),
        ("FLOWER_PORT", "70000", "from 1 to 65535"),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_be_right(
    name: str, value: str, right: str, tmp_path: Path
) -> None:
    with pytest.raises(VariableError) as refused:
        read(tmp_path, **{name: value})
    assert str(refused.value).startswith(f"{name} must")
    assert right in str(refused.value)


@pytest.mark.parametrize(
    "key", ["abc", "k" * 49, "ab" * 40, "development-only-development-only-development-only"]
)
def test_production_refuses_a_key_that_could_be_guessed(key: str, tmp_path: Path) -> None:
    with pytest.raises(
        VariableError, match=r"^SECRET_KEY must be .* at least 50 characters.*openssl"
    ) as refused:
        read(tmp_path, **{**PRODUCTION, "SECRET_KEY": key})
    assert key not in str(refused.value)
    assert read(tmp_path, SECRET_KEY=key).secret_key == key


@pytest.mark.parametrize("hosts", ["*", "bingo.example.org,*"])
def test_production_serves_no_host_that_it_was_not_told(hosts: str, tmp_path: Path) -> None:
    with pytest.raises(VariableError, match=r"^ALLOWED_HOSTS must"):
        read(tmp_path, **{**PRODUCTION, "ALLOWED_HOSTS": hosts})
    assert read(tmp_path, ALLOWED_HOSTS="*").allowed_hosts == ["*"]


def test_proxies_are_this_machine_unless_they_are_named(tmp_path: Path) -> None:
    assert [str(network) for network in read(tmp_path).trusted_proxies] == ["127.0.0.1/32", "::1/128"]
    named = read(tmp_path, FORWARDED_ALLOW_IPS="172.16.0.0/12, 10.0.0.5").trusted_proxies
    assert [str(network) for network in named] == ["172.16.0.0/12", "10.0.0.5/32"]


def documented_settings() -> dict[str, str]:
    """Return what the page on operations says to put into `.env`, with keys as they would be made."""
    page = (settings.BASE_DIR / "docs" / "operations.md").read_text()
    lines = page.partition("cat > .env <<EOF\n")[2].partition("EOF\n")[0].splitlines()
    found = dict(line.split("=", 1) for line in lines)
    return {name: secrets.token_hex(48) if "$(" in value else value for name, value in found.items()}


def test_djangos_own_check_has_nothing_to_say_of_the_documented_settings() -> None:
    checked = run_manage("check", "--deploy", "--fail-level", "WARNING", **documented_settings(), DEBUG="0")
    assert (checked.returncode, checked.stderr) == (0, ""), checked.stderr
    assert "no issues" in checked.stdout


@pytest.mark.parametrize("text", ["5000", "5,000", "5_000", "5 000"])
def test_whole_numbers_may_be_grouped(text: str, tmp_path: Path) -> None:
    assert read(tmp_path, METRICS_PORT=text).metrics_port == 5000


@pytest.mark.parametrize("name", ["DATABASE_URL", "BROKER_URL"])
def test_a_wrong_address_does_not_show_its_password(name: str, tmp_path: Path) -> None:
    with pytest.raises(VariableError) as refused:
        read(tmp_path, **{name: "oracle://user:topsecret@host/name"})
    assert "topsecret" not in str(refused.value)


def test_a_worker_knows_its_index_and_how_many_there_are(tmp_path: Path) -> None:
    environment = read(tmp_path, WORKER_INDEX="2", WORKER_COUNT="3")
    assert (environment.worker_index, environment.worker_count) == (2, 3)


def test_no_index_says_to_take_a_free_one(tmp_path: Path) -> None:
    environment = read(tmp_path, WORKER_COUNT="3")
    assert (environment.worker_index, environment.worker_count) == (None, 3)


@pytest.mark.parametrize("index", ["3", "4"])
def test_an_index_is_below_the_count(index: str, tmp_path: Path) -> None:
    with pytest.raises(VariableError) as refused:
        read(tmp_path, WORKER_INDEX=index, WORKER_COUNT="3")
    assert str(refused.value) == f"WORKER_INDEX must be below WORKER_COUNT: 0 to 2, not {index}."


def test_a_lease_is_ten_seconds_unless_said_otherwise(tmp_path: Path) -> None:
    assert read(tmp_path).lease_s == 10
    assert read(tmp_path, BINGOSIM_LEASE_S="2.5").lease_s == 2.5


def test_development_uses_the_broker_of_this_machine(tmp_path: Path) -> None:
    assert read(tmp_path).broker_url == "amqp://guest:guest@127.0.0.1:5672//"


def test_production_knows_no_broker_but_the_one_it_is_told(tmp_path: Path) -> None:
    assert read(tmp_path, **PRODUCTION).broker_url is None
    told = "amqps://user:secret@broker:5671/bingo"
    assert read(tmp_path, **PRODUCTION, BROKER_URL=told).broker_url == told


def test_a_wrong_variable_stops_a_command_with_one_line() -> None:
    stopped = run_manage("check", DEBUG="perhaps")
    assert stopped.returncode == 2
    assert stopped.stdout == ""
    assert stopped.stderr == "DEBUG must be 1 or 0, not 'perhaps'.\n"


def test_production_sends_cookies_over_tls_only() -> None:
    code = "from django.conf import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    assert run_manage("shell", "-v0", "-c", code, **PRODUCTION).stdout == "True True\n"
    assert run_manage("shell", "-v0", "-c", code, DEBUG="1").stdout == "False False\n"


def test_a_database_that_does_not_answer_stops_a_command_with_one_line() -> None:
    stopped = run_manage("migrate", DATABASE_URL="postgres://postgres@127.0.0.1:1/none")
    assert stopped.returncode == 1
    assert len(stopped.stderr.splitlines()) == 1
    assert "127.0.0.1:1" in stopped.stderr


def test_options_of_postgresql_connections_are_passed_on(tmp_path: Path) -> None:
    database = read(tmp_path, DATABASE_URL="postgres://user@db/bingo?sslmode=require").database
    assert database["OPTIONS"]["sslmode"] == "require"


def test_options_of_the_address_go_before_our_own(tmp_path: Path) -> None:
    assert read(tmp_path, DATABASE_URL="postgres://user@db/bingo").database["OPTIONS"]["connect_timeout"] == 5
    url = "postgres://user@db/bingo?connect_timeout=30"
    assert read(tmp_path, DATABASE_URL=url).database["OPTIONS"]["connect_timeout"] == 30


def test_postgresql_is_reached_through_psycopg(tmp_path: Path) -> None:
    database = read(tmp_path, DATABASE_URL="postgres://user:secret@db:5433/bingo").database
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db", 5433, "bingo")


def test_connections_to_postgresql_are_kept_while_they_are_well(tmp_path: Path) -> None:
    database = read(tmp_path, DATABASE_URL="postgres://user@db/bingo").database
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (None, True)


def test_connections_to_sqlite_are_kept_for_a_minute(tmp_path: Path) -> None:
    assert read(tmp_path).database["CONN_MAX_AGE"] == 60


def test_sqlite_frees_space_and_lets_readers_read_while_one_writes(tmp_path: Path) -> None:
    assert pragmas(tmp_path / "db.sqlite3") == {
        "auto_vacuum": "2",  # incremental: possible only if set before the first table
        "journal_mode": "wal",
        "synchronous": "1",
        "busy_timeout": "20000",
        "foreign_keys": "1",
    }


def test_sqlite_transactions_take_the_write_lock_at_their_start(tmp_path: Path) -> None:
    assert read(tmp_path).database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_django_does_not_write_its_log_lines_a_second_time() -> None:
    assert logging.getLogger("django").propagate
    assert logging.getLogger("django").handlers == []


def record(text: str, *values: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("bingosim", logging.WARNING, __file__, 1, text, values, None)
    vars(made).update(extra)
    return made


def test_text_lines_end_in_what_they_are_about() -> None:
    formatter = TextFormatter("{levelname}: {message}", style="{")
    assert (
        formatter.format(record("lost", simulation="abc", batch=7)) == "WARNING: lost simulation=abc batch=7"
    )
    assert formatter.format(record("lost", simulation="abc", batch=None)) == "WARNING: lost simulation=abc"
    assert formatter.format(record("ready in %s s", 2, worker="w")) == "WARNING: ready in 2 s"


def test_what_repeats_is_written_at_once_then_every_ten_seconds() -> None:
    now = 100.0
    seldom = Seldom(clock=lambda: now)

    def written(**extra: object) -> bool:
        return seldom.filter(record("the database does not answer", **extra))

    assert written(repeats="database")
    assert written(repeats="broker")
    now = 109.9
    assert not written(repeats="database")
    assert written()
    now = 110.0
    assert written(repeats="database")
    assert not written(repeats="database")


def test_celery_says_seldom_too_that_the_broker_is_away() -> None:
    seldom = Seldom()
    celerys = {"name": "celery.worker.consumer.consumer"}
    assert [seldom.filter(record("Cannot connect to %s", name, **celerys)) for name in "ab"] == [True, False]
    assert seldom.filter(record("Connected to %s", "a", levelno=logging.INFO, **celerys))
    assert seldom.filter(record("another text", **celerys))


def test_what_a_line_repeats_is_no_part_of_it() -> None:
    repeated = record("the database does not answer", repeats="database")
    Seldom().filter(repeated)
    assert "repeats" not in json.loads(JsonFormatter().format(repeated))


def test_json_lines_hold_all_that_was_said_with_them() -> None:
    fields = json.loads(JsonFormatter().format(record("window", simulation="abc", runs=5, at=Path("here"))))
    assert fields.keys() == {"time", "level", "logger", "message", "simulation", "runs", "at"}
    assert (fields["simulation"], fields["runs"], fields["at"]) == ("abc", 5, "here")


def test_what_is_said_with_a_line_replaces_nothing_of_it() -> None:
    assert (
        json.loads(JsonFormatter().format(record("text", level="mine", time="never")))["level"] == "WARNING"
    )


def test_log_lines_can_be_json() -> None:
    try:
        raise ValueError("too bad")
    except ValueError:
        error = sys.exc_info()
    record = logging.LogRecord("bingosim", logging.WARNING, __file__, 1, "batch %s failed", (7,), error)
    line = JsonFormatter().format(record)
    fields = json.loads(line)
    assert "\n" not in line
    assert (fields["level"], fields["message"]) == ("WARNING", "batch 7 failed")
    assert "ValueError: too bad" in fields["exception"]


def test_static_files_have_names_of_their_content_in_production() -> None:
    code = "from django.conf import settings as s; print(s.STORAGES['staticfiles']['BACKEND'].split('.')[-1])"
    assert (
        run_manage("shell", "-v0", "-c", code, **PRODUCTION).stdout
        == "CompressedManifestStaticFilesStorage\n"
    )
    assert run_manage("shell", "-v0", "-c", code, DEBUG="1").stdout == "StaticFilesStorage\n"


def test_static_files_are_served_without_collecting_them_while_developing() -> None:
    code = """if True:
        from django.test import Client
        print(Client().get("/static/admin/css/base.css").status_code)
        """
    assert run_manage("shell", "-v0", "-c", code, DEBUG="1", ALLOWED_HOSTS="testserver").stdout == "200\n"

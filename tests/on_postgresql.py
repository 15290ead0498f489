"""Run the tests that use the database on PostgreSQL: `python -m tests.on_postgresql [pytest arguments]`."""

import os
import secrets
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg

SERVER_URL = os.environ.get("BINGOSIM_TEST_POSTGRES_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
SERVICES_REQUIRED = os.environ.get("BINGOSIM_REQUIRE_SERVICES") == "1"
HOW_TO_START = (
    "`make db-postgres` starts one in Docker; BINGOSIM_TEST_POSTGRES_URL names another, "
    "like postgres://user:password@host:5432/postgres."
)


def main(arguments: list[str]) -> int:
    """Return pytest's exit code; 0 where no server answers and none is required."""
    try:
        psycopg.connect(SERVER_URL, connect_timeout=3).close()
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        verdict = "failed" if SERVICES_REQUIRED else "skipped"
        print(f"Tests on PostgreSQL {verdict}: no server ({reason}). {HOW_TO_START}", file=sys.stderr)
        return int(SERVICES_REQUIRED)
    # A name of its own, so that two runs don't meet. Django puts test_ in front and drops it at the end.
    url = urlunsplit(urlsplit(SERVER_URL)._replace(path=f"/bingosim_{secrets.token_hex(4)}"))
    # What a browser shows is the same on any database.
    command = [sys.executable, "-m", "pytest", "-m", "database", "--ignore", "tests/e2e", *arguments]
    return subprocess.call(command, env={**os.environ, "DATABASE_URL": url})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

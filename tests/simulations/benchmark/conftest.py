"""The services that a benchmark needs."""

import psycopg
import pytest
from kombu import Connection

from tests.on_postgresql import SERVER_URL
from tests.services import BROKER_URL, missing


@pytest.fixture(scope="session")
def services() -> None:
    """Skip where a service is missing that the benchmark needs, unless it has to be there."""
    try:
        psycopg.connect(SERVER_URL, connect_timeout=3).close()
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        missing(f"no PostgreSQL ({reason}); BINGOSIM_TEST_POSTGRES_URL names one")
    try:
        with Connection(BROKER_URL, connect_timeout=3) as broker:
            broker.ensure_connection(max_retries=1, timeout=3)
    except Exception as error:  # kombu passes on whatever its transport raises
        missing(f"no RabbitMQ ({error}); BINGOSIM_TEST_BROKER_URL names one")

"""What is waited for rather than failed by, as PostgreSQL itself says it."""

import secrets
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from simulations.services.outages import is_outage, outage_text, said_by_server

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

RAISE = "DO $$ BEGIN RAISE EXCEPTION 'no luck' USING ERRCODE = '%s'; END $$"


def error_of(statement: str) -> Exception:
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return caught.value


@pytest.mark.parametrize(
    "sqlstate",
    ["53100", "53200", "53300", "57P01", "57P02", "57P03", "58030", "25006", "40P01", "55P03", "57014"],
)
def test_a_server_that_cannot_for_now_is_waited_for(sqlstate: str) -> None:
    error = error_of(RAISE % sqlstate)
    assert is_outage(error)
    assert said_by_server(error)
    assert outage_text(error) == "the database can't do what it is asked: no luck"


@pytest.mark.parametrize("sqlstate", ["23505", "42P01", "22P02", "P0001"])
def test_what_is_wrong_with_a_statement_is_no_outage(sqlstate: str) -> None:
    assert not is_outage(error_of(RAISE % sqlstate))


def test_a_database_that_takes_no_writes_is_waited_for() -> None:
    error = error_of("SET TRANSACTION READ ONLY; DELETE FROM simulations_simulation")
    assert is_outage(error)
    assert "read-only transaction" in outage_text(error)


def connecting_fails(**parameters: Any) -> Exception:
    with pytest.raises(psycopg.Error) as caught:
        psycopg.connect(**{**connection.get_connection_params(), **parameters})
    return caught.value


def test_a_server_that_is_not_there_or_takes_no_connection_is_waited_for() -> None:
    gone = connecting_fails(host="127.0.0.1", port=1)
    assert is_outage(gone)
    assert not said_by_server(gone)
    assert outage_text(gone).startswith("the database does not answer: ")
    name = f"crowded_{secrets.token_hex(4)}"
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as administrator:
        administrator.execute(f"CREATE USER {name} CONNECTION LIMIT 0 PASSWORD 'p'")
        try:
            crowded = connecting_fails(user=name, password="p")
        finally:
            administrator.execute(f"DROP USER {name}")
    assert "too many connections" in str(crowded)
    assert is_outage(crowded)

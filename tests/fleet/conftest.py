"""Services that the tests start themselves, and a fleet of its own for each test."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulations import engine
from tests.fleet.broker import Broker, require_rabbitmq
from tests.fleet.database import Database, require_postgresql
from tests.fleet.expected import document_text
from tests.fleet.faults import Gate
from tests.fleet.fleet import Fleet
from tests.fleet.messages import dead_letters, queue_of
from tests.fleet.processes import CHECKOUT

TEMPLATE = "template_fleet"
HERE = Path(__file__).parent
# Of all workers that tests start.
INDICES = range(8)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("fleet")


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    """A gate that is open."""
    return Gate(tmp_path / "gate")


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker that may be restarted, purged and starved; the next test finds it up again."""
    require_rabbitmq()
    broker = Broker(tmp_path_factory.mktemp("broker"))
    try:
        broker.start()
        yield broker
    finally:
        broker.close()


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A server that may be stopped, with a migrated template that has the event."""
    require_postgresql()
    engine.warmup()  # before a worker has to, with a lease that could run out meanwhile
    folder = tmp_path_factory.mktemp("database")
    database = Database(folder)
    try:
        database.start()
        database.create(TEMPLATE)
        _fill(database, folder)
        yield database
    finally:
        database.close()


@pytest.fixture
def fleet(broker: Broker, database: Database, tmp_path: Path) -> Iterator[Fleet]:
    """A fleet without workers."""
    broker.ensure_up()
    database.ensure_up()
    name = f"fleet_{secrets.token_hex(4)}"
    database.create(name, template=TEMPLATE)
    fleet = Fleet(broker, database, name=name, folder=tmp_path)
    try:
        yield fleet
    finally:
        fleet.close()
        broker.ensure_up()
        # By their names: to ask the broker for a list starts a virtual machine, for seconds of computing.
        broker.delete_queues([dead_letters(fleet), *(queue_of(fleet, index) for index in INDICES)])
        database.ensure_up()
        database.drop(name)


def _fill(database: Database, folder: Path) -> None:
    event = folder / "event.json"
    event.write_text(document_text())
    env = {**os.environ, "DATABASE_URL": database.url(TEMPLATE)}
    for arguments in (["migrate", "-v", "0"], ["load_event", str(event)]):
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=CHECKOUT, env=env, check=True, stdout=subprocess.DEVNULL)

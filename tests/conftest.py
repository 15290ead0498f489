"""What all tests share: which use the database, where that is, and how hypothesis looks for examples."""

import pytest
from django.conf import settings
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}

# Whose tests take half a minute each: begun last, one process would have to end them alone.
LONG = (
    "test_compose.py",
    "test_benchmarks.py",
    "test_stack.py",
    "test_measuring.py",
    "test_processes.py",
    "test_pages.py",
)

# The same examples in every run, on machines of any speed.
hypothesis_settings.register_profile("bingosim", derandomize=True, deadline=None)
hypothesis_settings.load_profile("bingosim")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Keep an SQLite database in a file, as users do.

    In memory all threads would share one connection, and requests to a live server each other's transactions.
    """
    default = settings.DATABASES["default"]
    if default["ENGINE"].endswith("sqlite3"):
        default["TEST"] = {
            **default.get("TEST", {}),
            "NAME": tmp_path_factory.mktemp("database") / "db.sqlite3",
        }


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--chaos-s", type=float, default=20.0, help="Seconds of chaos in tests/fleet/test_chaos.py."
    )


def pytest_configure(config: pytest.Config) -> None:
    # The one that users have takes a quarter of a second, in each of more than a thousand tests that log in.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    config.addinivalue_line("markers", "fleet: starts servers and workers (set by tests/fleet/conftest.py)")


@pytest.hookimpl(tryfirst=True)  # before `-m` selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that use the database, skip those that it can't do, and begin with the long ones."""
    on_postgresql = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    for item in items:
        if item.get_closest_marker("postgresql") and not on_postgresql:
            item.add_marker(pytest.mark.skip(reason="only on PostgreSQL: make test-postgres runs it there"))
        if _uses_database(item) and not item.get_closest_marker("any_database"):
            item.add_marker("database")
    items.sort(key=lambda item: item.path.name not in LONG)


def _uses_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
        return True
    test_class = getattr(item, "cls", None)
    return test_class is not None and issubclass(test_class, TransactionTestCase)

"""The groups, for tests that run after one that emptied all tables."""

from importlib import import_module
from types import SimpleNamespace

from django.apps import apps
from django.db import connection


def ensure_groups() -> None:
    """Make the groups as the migration does, where they are missing."""
    migration = import_module("simulations.migrations.0003_groups")
    migration.make_groups(apps, SimpleNamespace(connection=connection))

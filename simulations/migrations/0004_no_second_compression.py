"""Blocks and summaries are compressed already: PostgreSQL need not try once more, for half the time of storing."""

from typing import Any

from django.db import migrations

COLUMNS = {"simulations_batchresult": ("block", "summary"), "simulations_simulation": ("summary",)}


def set_storage(schema_editor: Any, storage: str) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, columns in COLUMNS.items():
        changes = ", ".join(f"ALTER COLUMN {column} SET STORAGE {storage}" for column in columns)
        schema_editor.execute(f"ALTER TABLE {table} {changes}")


def store_as_it_is(apps: Any, schema_editor: Any) -> None:
    set_storage(schema_editor, "EXTERNAL")


def compress(apps: Any, schema_editor: Any) -> None:
    set_storage(schema_editor, "EXTENDED")


class Migration(migrations.Migration):
    dependencies = [("simulations", "0003_groups")]
    operations = [migrations.RunPython(store_as_it_is, compress)]

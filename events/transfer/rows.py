"""Rows of the database brought to what is wanted, by their natural keys."""

from collections.abc import Hashable, Iterable
from operator import attrgetter, itemgetter
from typing import Any

from django.db.models import QuerySet

# SQLite allows few enough parameters in a statement that wide rows need several.
ROWS_A_STATEMENT = 200

Values = dict[str, Any]


class RowBringer:
    """Inserts and updates rows, model by model, and remembers which are no longer wanted.

    Those are removed at the end and in reverse: what was brought later may refer to what came before.
    """

    def __init__(self) -> None:
        self._vanished: list[tuple[QuerySet[Any], list[int]]] = []

    def bring(self, rows: QuerySet[Any], key: tuple[str, ...], wanted: Iterable[Values]) -> dict[Any, Any]:
        """Make the rows hold the wanted values; return them by their keys, in the wanted order."""
        of_row, of_values = attrgetter(*key), itemgetter(*key)
        existing: dict[Hashable, Any] = {}
        doubled = [row.pk for row in rows if existing.setdefault(of_row(row), row) is not row]
        values = {of_values(entry): entry for entry in wanted}
        missing = {key: rows.model(**entry) for key, entry in values.items() if key not in existing}
        _update(rows, [(existing[key], entry) for key, entry in values.items() if key in existing])
        rows.bulk_create(missing.values(), batch_size=ROWS_A_STATEMENT)
        vanished = [row.pk for key, row in existing.items() if key not in values]
        self._vanished.append((rows, vanished + doubled))
        return {key: existing.get(key) or missing[key] for key in values}

    def remove_vanished(self) -> None:
        """Delete the rows that were not wanted."""
        for rows, ids in reversed(self._vanished):
            if ids:
                rows.model.objects.filter(pk__in=ids).delete_keeping_versions()


def _update(rows: QuerySet[Any], wanted: list[tuple[Any, Values]]) -> None:
    changed: list[Any] = []
    fields: set[str] = set()
    for row, values in wanted:
        differing = {field: value for field, value in values.items() if getattr(row, field) != value}
        if differing:
            changed.append(row)
            fields.update(differing)
            vars(row).update(differing)
    if changed:
        rows.bulk_update(changed, sorted(fields), batch_size=ROWS_A_STATEMENT)

"""Validators and constraints that the models share; what is right, the document says."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, F, Q
from pydantic import TypeAdapter
from pydantic import ValidationError as PydanticError
from pydantic_core import PydanticCustomError

from events import document
from events.document.errors import Path, PlacedError, place_of
from events.document.values import MOST_TEXT, Scalar, Text, Zone
from events.models.values import loot_from_json

# Room for the longest key or name of a document.
KEY_LENGTH = MOST_TEXT

_LOOT = TypeAdapter(list[document.LootLine])
_BANDS = TypeAdapter(list[document.SizeBand])
_SESSIONS = TypeAdapter(list[document.PlaySession])


class PartProblem(ValidationError):
    """One thing that the document finds wrong with a part, and where in it, for forms to show it there."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(str(PlacedError(place_of(path), detail)), code="document")
        self.path, self.detail = path, detail


def validate_text(value: str) -> None:
    """Refuse what can't be a key or a name: it must be one line of text."""
    _read(Text(), value)


def validate_zone(value: str) -> None:
    """Refuse what is not the name of a time zone."""
    _read(Zone(), value)


def validate_loot(value: object) -> None:
    """Refuse what is not a loot table in its stored form (see `values`)."""
    validate_part(_LOOT, loot_from_json(value))


def validate_bands(value: object) -> None:
    """Refuse what is not a list of size bands."""
    validate_part(_BANDS, value)


def validate_sessions(value: object) -> None:
    """Refuse what is not a list of weekly sessions."""
    validate_part(_SESSIONS, value)


def readable(validate: Callable[[object], None], value: list[Any]) -> list[Any]:
    """Return a stored list, empty where it was stored past the forms and a validator refuses it."""
    try:
        validate(value)
    except ValidationError:
        return []
    return value


def validate_part(adapter: TypeAdapter[Any], data: object) -> None:
    """Raise Django's `ValidationError` with all that the document's schema finds wrong."""
    if problems := problems_of(adapter, data):
        raise ValidationError(problems)


def problems_of(adapter: TypeAdapter[Any], data: object) -> list[PartProblem]:
    """Return all that the document's schema finds wrong with a part."""
    try:
        adapter.validate_python(data)
    except PydanticError as error:
        return [PartProblem(problem["loc"], problem["msg"]) for problem in error.errors()]
    return []


def between(field: str, lowest: int, highest: int, name: str) -> CheckConstraint:
    """Return a constraint on a number's limits, both included."""
    condition = Q((f"{field}__gte", lowest), (f"{field}__lte", highest))
    message = f"{field.replace('_', ' ')} must be from {lowest:,} to {highest:,}."
    return CheckConstraint(condition=condition, name=name, violation_error_message=message)


def above_zero(field: str, highest: int, name: str) -> CheckConstraint:
    """Return a constraint on a number above 0."""
    condition = Q((f"{field}__gt", 0), (f"{field}__lte", highest))
    message = f"{field.replace('_', ' ')} must be above 0 and at most {highest:,}."
    return CheckConstraint(condition=condition, name=name, violation_error_message=message)


def not_empty(name: str, *fields: str) -> CheckConstraint:
    """Return a constraint that texts are not empty."""
    condition = ~Q(*((field, "") for field in fields), _connector=Q.OR)
    message = f"{' and '.join(fields)} must not be empty."
    return CheckConstraint(condition=condition, name=name, violation_error_message=message)


def at_most(field: str, other: str, name: str) -> CheckConstraint:
    """Return a constraint that one number is not above another."""
    message = f"{field.replace('_', ' ')} must be at most {other.replace('_', ' ')}."
    return CheckConstraint(
        condition=Q((f"{field}__lte", F(other))), name=name, violation_error_message=message
    )


def _read(scalar: Scalar, value: object) -> None:
    try:
        scalar.read(value)
    except PydanticCustomError as error:
        raise ValidationError(error.message()) from error

"""Documents in and out: text and plain data to models and back."""

import hashlib
import json
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import Any

from pydantic import ValidationError
from pydantic.json_schema import GenerateJsonSchema

from events.document.bounds import ProblemBudget, TooManyProblems, check_data
from events.document.comments import with_hints_at_comments
from events.document.errors import (
    MOST_PROBLEMS,
    DocumentError,
    PlacedError,
    Problem,
    in_document_order,
    shown,
)
from events.document.known_names import with_players_found
from events.document.local_times import with_local_start
from events.document.models import EventDocument
from events.document.problems import shape_problems
from events.document.reading import read_data
from events.document.references import References
from events.document.values import plain_number
from events.document.writing import yaml_text


def parse_document(data: object) -> EventDocument:
    """Return the event that plain data describes, as it comes from YAML or JSON.

    Raises `DocumentError` with everything that is wrong.
    """
    check_data(data)
    return _checked(data, [])


def read_document(text: str, name: str = "the document") -> EventDocument:
    """Return the event that YAML or JSON text describes; the content decides which it is.

    ``name`` is what errors about the text as a whole call it, such as its file name. Raises
    `DocumentError` with everything that is wrong.
    """
    try:
        data, doubled = read_data(text)
    except DocumentError as error:
        hinted = with_hints_at_comments(error.errors, text)
        named = [PlacedError(f"{name}, {e.place}" if e.place else name, e.message) for e in hinted]
        raise DocumentError(named) from None
    try:
        return _checked(data, doubled)
    except DocumentError as error:
        raise DocumentError(with_hints_at_comments(error.errors, text)) from None


def _checked(data: object, problems: list[Problem]) -> EventDocument:
    if not isinstance(data, dict):
        problems = [*problems, ((), f"a document must be a mapping, not {shown(data)}")]
        raise DocumentError(in_document_order(data, problems))
    data = with_local_start(with_players_found(data))
    problems = problems + list(islice(References(data).problems(), MOST_PROBLEMS + 1))
    try:
        document = EventDocument.model_validate(data, context=ProblemBudget())
    except ValidationError as error:
        problems += islice(shape_problems(error), MOST_PROBLEMS + 1)
    except TooManyProblems:
        problems.append(((), "so much is wrong that it is not listed: is this an event at all?"))
    if problems:
        raise DocumentError(in_document_order(data, problems))
    return document


def dump_document(document: EventDocument) -> dict[str, Any]:
    """Return a document as plain data in its order, without what is at its default.

    The data is text, whole numbers, floats, true and false, lists and mappings;
    `parse_document` gives back the same document from it.
    """
    return document.model_dump(mode="json", exclude_defaults=True)


def write_yaml(document: EventDocument) -> str:
    """Return a document as YAML for people to read and edit."""
    return yaml_text(dump_document(document))


def canonical_json(document: EventDocument) -> str:
    """Return the one JSON text of a document: compact, in its order, every number exact."""
    return json.dumps(dump_document(document), ensure_ascii=False, separators=(",", ":"))


def document_digest(document: EventDocument) -> str:
    """Return the SHA-256 of a document's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()


class _Schema(GenerateJsonSchema):
    def encode_default(self, dft: Any) -> Any:
        """Return a default as a file would have it."""
        if isinstance(dft, Decimal):
            return plain_number(dft)
        return str(dft) if isinstance(dft, StrEnum) else super().encode_default(dft)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the files that people write.

    It describes shapes and limits, for editors; what refers from one part to another, sums and
    exact decimals are checked on reading only.
    """
    schema = EventDocument.model_json_schema(schema_generator=_Schema)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema, "title": "BingoSim event"}

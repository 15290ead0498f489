"""The event document: one schema for files, forms, frozen snapshots and the engine.

`read_document` and `parse_document` give an `EventDocument` or raise `DocumentError` with all
errors at once; `write_yaml`, `dump_document` and `canonical_json` give it back. No Django here.
"""

from events.document.codec import (
    canonical_json,
    document_digest,
    dump_document,
    json_schema,
    parse_document,
    read_document,
    write_yaml,
)
from events.document.errors import DocumentError, PlacedError
from events.document.models import (
    FORMAT,
    STRATEGY_PARAMS,
    Activity,
    AttemptTime,
    EventDocument,
    GroupSize,
    LootLine,
    Modifier,
    Outcome,
    Player,
    PlaySession,
    Roll,
    Row,
    Rule,
    SizeBand,
    StrategyName,
    StrategySpec,
    Team,
    Tile,
    TimeModel,
    Weekday,
)
from events.document.values import SizeRange, Units, millionths

__all__ = [
    "FORMAT",
    "STRATEGY_PARAMS",
    "Activity",
    "AttemptTime",
    "DocumentError",
    "EventDocument",
    "GroupSize",
    "LootLine",
    "Modifier",
    "Outcome",
    "PlacedError",
    "PlaySession",
    "Player",
    "Roll",
    "Row",
    "Rule",
    "SizeBand",
    "SizeRange",
    "StrategyName",
    "StrategySpec",
    "Team",
    "Tile",
    "TimeModel",
    "Units",
    "Weekday",
    "canonical_json",
    "document_digest",
    "dump_document",
    "json_schema",
    "millionths",
    "parse_document",
    "read_document",
    "write_yaml",
]

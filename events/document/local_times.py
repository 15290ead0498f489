"""When an event starts: by the clocks of its own time zone, whatever a file says it by."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic.json_schema import JsonSchemaValue

from events.document.errors import shown
from events.document.values import Scalar, refuse, zone_exists

LOCAL_TIME_PATTERN = r"20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.0+)?)?"
# Z is the time of London in winter.
OFFSET_PATTERN = r"\s?(Z|[+-][0-9]{2}:?[0-9]{2})"

# Why a time with an offset was left as it is.
OFFSET_UNTAKEN = (
    " (its offset says nothing where the time zone is wrong, or where clocks show the time twice)"
)


@dataclass(frozen=True)
class LocalTime(Scalar):
    """A date and time by the clocks of the event's time zone."""

    def read(self, value: object) -> datetime:
        moment = value if isinstance(value, datetime) else _moment(value)
        if moment is None or moment.tzinfo or moment.microsecond or not 2000 <= moment.year < 2100:
            why = OFFSET_UNTAKEN if moment and moment.tzinfo else ""
            refuse(f"must be a local time of this century like 2026-03-06T18:00:00, not {shown(value)}{why}")
        return moment

    def write(self, value: datetime) -> str:
        return value.isoformat()

    def schema(self) -> JsonSchemaValue:
        return {
            "type": "string",
            "pattern": f"^{LOCAL_TIME_PATTERN}({OFFSET_PATTERN})?$",
            "description": "A time on the event's own clocks, or one with Z or an offset from UTC.",
        }


def with_local_start(data: dict[str, Any]) -> dict[str, Any]:
    """Return a document's plain data with a start that has an offset as its time zone's clocks show it.

    What clocks show twice that night, and what can't be read, stays as it is: it is refused.
    """
    moment, zone = _moment(data.get("starts_at")), data.get("timezone")
    if moment is None or moment.tzinfo is None or not isinstance(zone, str) or not zone_exists(zone):
        return data
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    is_the_first = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) == moment
    return {**data, "starts_at": local.isoformat()} if is_the_first else data


def _moment(value: object) -> datetime | None:
    pattern = f"{LOCAL_TIME_PATTERN}({OFFSET_PATTERN})?"
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
        return None
    try:
        return datetime.fromisoformat(re.sub(r"\s(?=Z|[+-])", "", value))
    # A day or an hour that does not exist.
    except (ValueError, OverflowError):
        return None

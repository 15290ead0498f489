"""How log lines are written."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

# What a record has of itself; all else came with `extra`.
_OWN = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
# What text lines show of it; the rest is for programs, and mostly in the message already.
_SHOWN = ("simulation", "batch")


def _extra(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in _OWN}


class TextFormatter(logging.Formatter):
    """Lines for people, which end in what they are about: `simulation=… batch=…`."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line, without a traceback."""
        extra = _extra(record)
        about = [f" {name}={extra[name]}" for name in _SHOWN if extra.get(name) is not None]
        return super().formatMessage(record) + "".join(about)


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for programs that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps({**_extra(record), **fields}, ensure_ascii=False, default=str)

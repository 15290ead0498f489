"""How log lines are written."""

import json
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

# What a record has of itself; all else came with `extra`.
_OWN = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
# What text lines show of it; the rest is for programs, and mostly in the message already.
_SHOWN = ("simulation", "batch")
# Celery says there, at each try, that the broker is away.
_CELERYS = "celery.worker.consumer.consumer"


def _extra(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in _OWN}


class Seldom(logging.Filter):
    """Lets through what repeats while a server is away: the first line, then one every ten seconds.

    Such records have ``extra={"repeats": "database"}``, or what else it is about: all with the same word
    count as the same, wherever they come from. Celery's count as the same where their texts are.
    """

    def __init__(self, every_s: float = 10.0, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._every_s = every_s
        self._clock = clock
        self._due: dict[str, float] = {}
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is written."""
        what = vars(record).pop("repeats", None)
        if what is None and record.name == _CELERYS and record.levelno >= logging.WARNING:
            what = str(record.msg)
        if what is None:
            return True
        with self._lock:
            now = self._clock()
            if now < self._due.get(what, now):
                return False
            self._due[what] = now + self._every_s
        return True


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

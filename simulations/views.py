"""What those who operate the application ask it: whether it lives, whether it can serve, and its figures.

All three answer anyone who reaches them, and hold no secrets and no names. The figures are reached at the
port for monitoring alone.
"""

import logging
from functools import cache
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from simulations.metrics import SharedMetrics, broker_answers

logger = logging.getLogger(__name__)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Say that the process lives, whatever else does not: restarting it would not mend that."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether requests can be served: that takes the database, with all its tables, but no broker."""
    database = _database_state()
    ready = database == "ok"
    body = {"status": "ready" if ready else "not ready", "database": database, "broker": _broker_state()}
    return JsonResponse(body, status=200 if ready else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer Prometheus."""
    return HttpResponse(generate_latest(SharedMetrics()), content_type=CONTENT_TYPE_LATEST)


def _database_state() -> str:
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except DatabaseError as error:
        # Its text names hosts and users: it is for the log, not for whoever asks.
        logger.warning("the database does not answer: %s", str(error).strip().partition("\n")[0])
        return "unreachable"
    return "ok" if _last_migrations() <= applied.keys() else "not migrated"


@cache
def _last_migrations() -> set[tuple[str, str]]:
    """Return the apps' last migrations, which stand for those before them."""
    return set(MigrationLoader(None).graph.leaf_nodes())


def _broker_state() -> str:
    states: dict[Any, str] = {True: "ok", False: "unreachable", None: "not configured"}
    return states[broker_answers()]

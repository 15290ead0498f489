"""Events as files to keep, and the schema that editors complete and check such files with."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from events.admin.documents.page import MOST_ERRORS, event_or_404, require, show
from events.document import DocumentError, EventDocument, dump_document, json_schema, write_yaml
from events.transfer import document_of

TYPES = {"yaml": "application/yaml", "json": "application/json"}


def export_page(request: HttpRequest, site: Any, event_id: int) -> HttpResponse:
    """Download an event's document, or say why it has none."""
    require(request, "events.view_event")
    form = request.GET.get("format", "yaml")
    if form not in TYPES:
        raise Http404
    event = event_or_404(event_id)
    try:
        document = document_of(event)
    except DocumentError as error:
        return show(
            request,
            site,
            "export_refused",
            title=f"{event}: export",
            event=event,
            status=409,
            errors=error.errors[:MOST_ERRORS],
            more=len(error.errors) - MOST_ERRORS,
        )
    response = HttpResponse(_text(document, form), content_type=f"{TYPES[form]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{document.slug}.{form}"'
    return response


def schema_page(request: HttpRequest, site: Any) -> HttpResponse:
    """Return the JSON Schema of event documents."""
    return JsonResponse(json_schema(), json_dumps_params={"indent": 2, "ensure_ascii": False})


def _text(document: EventDocument, form: str) -> str:
    if form == "json":
        return json.dumps(dump_document(document), ensure_ascii=False, indent=2) + "\n"
    return write_yaml(document)

"""Events as documents: import with a preview, export, duplicates, players from a spreadsheet, and history."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from events.admin.documents.duplicating import duplicate_page
from events.admin.documents.exporting import export_page, schema_page
from events.admin.documents.importing import import_page, replace_page
from events.admin.documents.players import players_page
from events.admin.documents.timeline import history_page

Page = tuple[str, Callable[..., HttpResponse], str]

PAGES = (
    ("import/", import_page, "import"),
    ("schema.json", schema_page, "schema"),
    ("<int:event_id>/replace/", replace_page, "replace"),
    ("<int:event_id>/export/", export_page, "export"),
    ("<int:event_id>/duplicate/", duplicate_page, "duplicate"),
    ("<int:event_id>/players/csv/", players_page, "players_csv"),
    ("<int:event_id>/history/", history_page, "history"),
)


def pages(model_admin: Any) -> list[Page]:
    """Return the pages of documents: their routes, views and names."""
    return [(route, _of_site(view, model_admin.admin_site), name) for route, view, name in PAGES]


def _of_site(view: Callable[..., HttpResponse], site: Any) -> Callable[..., HttpResponse]:
    @wraps(view)
    def page(request: HttpRequest, **arguments: Any) -> HttpResponse:
        return view(request, site, **arguments)

    return page

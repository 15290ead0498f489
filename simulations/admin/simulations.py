"""Simulations in the admin: asked for, watched, steered, read and deleted, but never edited."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.cache import add_never_cache_headers, get_conditional_response, patch_cache_control
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe
from unfold.decorators import display

from events.admin.addresses import event_named
from events.admin.filters import FilteredByEvent, OfEvent
from events.admin.history import last_save
from events.admin.watched import ModelAdmin
from events.admin.workspace import workspace
from events.document import write_yaml
from simulations.admin import starting, steering
from simulations.admin.page import PLACES, ExtendForm, page_context
from simulations.admin.progress import STATUS_LABELS, progress_of
from simulations.admin.whole_page import whole_page
from simulations.admin.words import size
from simulations.models import ACTIVE, Mode, Simulation, SimulationQuerySet
from simulations.presentation.drawing import duration, percent_digits
from simulations.services import SteeringRefused, delete, start_waiting
from simulations.services.space import space_of

BREAK = mark_safe("<br>")
PAGE_TEMPLATE = "admin/simulations/simulation/page.html"
Column = TypeVar("Column", bound=Callable[..., Any])


def column(**how: Any) -> Callable[[Column], Column]:
    """Return unfold's decorator of a list's column, which has no types."""
    decorate: Callable[[Column], Column] = display(**how)
    return decorate


@admin.register(Simulation)
class SimulationAdmin(FilteredByEvent, ModelAdmin):
    """The list, the page of one, and what is done with them."""

    list_display: Any = ("what", "shown_status", "progress", "place", "asked_by", "asked", "took")
    list_filter = ("status", "mode", OfEvent)
    list_select_related = ("asked_by",)
    list_per_page = 50
    search_fields = ("id", "event_slug", "event_name", "name", "asked_by__username")
    search_help_text = "Search by event, name, identifier or who asked"
    ordering = ("-created_at", "-id")
    list_before_template = "admin/events/workspace.html"

    def get_queryset(self, request: HttpRequest) -> SimulationQuerySet:
        start_waiting()
        return Simulation.objects.listed().with_runs_done()

    @column(description="event", ordering="event_name", header=True)
    def what(self, simulation: Simulation) -> Sequence[str]:
        changes = [f"with {change}" for change in simulation.overrides]
        below = format_html_join(
            BREAK, "{}", ((line,) for line in (simulation.name or simulation.pk, *changes))
        )
        return [simulation.event_name, below]

    @column(description="status", ordering="status", label=STATUS_LABELS)
    def shown_status(self, simulation: Simulation) -> str:
        return simulation.shown_status

    @column(description="runs", ordering="n_runs")
    def progress(self, simulation: Any) -> str:
        done, n_runs = simulation.runs_done, simulation.n_runs
        if done == n_runs:
            return f"{n_runs:,}"
        return f"{done:,} of {n_runs:,} ({percent_digits(done / n_runs, 0)} %)"

    @column(description="where", ordering="mode")
    def place(self, simulation: Simulation) -> str:
        return PLACES[Mode(simulation.mode)]

    @column(description="asked for", ordering="created_at")
    def asked(self, simulation: Simulation) -> str:
        return date_format(localtime(simulation.created_at), "DATETIME_FORMAT")

    @column(description="took", ordering=F("preparing_s") + F("elapsed_s"))
    def took(self, simulation: Simulation) -> str:
        """Return the time from its start to its end, getting ready included."""
        took_s = simulation.preparing_s + simulation.elapsed_s
        return duration(took_s) if simulation.elapsed_s else "–"

    def get_urls(self) -> list[URLPattern]:
        pages: list[steering.Page] = [
            ("estimate/", starting.show_estimate, "estimate"),
            ("<slug:simulation_id>/progress/", require_safe(self.progress_view), "progress"),
            ("<slug:simulation_id>/document/", require_safe(self.document_view), "document"),
            *steering.pages(self),
        ]
        own = [
            path(route, self.admin_site.admin_view(view), name=f"simulations_simulation_{name}")
            for route, view, name in pages
        ]
        # Its own headers say what a browser may keep of it.
        page = self.admin_site.admin_view(self.change_view, cacheable=True)
        own.append(path("<slug:object_id>/change/", page, name="simulations_simulation_change"))
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        event = event_named(request) if request.user.has_perm("events.view_event") else None
        shown = workspace(request, event, "simulation") if event else None
        context = {**(extra_context or {}), "workspace": shown}
        if request.method != "POST":
            return super().changelist_view(request, context)
        if any("\x00" in chosen for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise BadRequest("No simulation has such an identifier.")
        try:
            # What is refused is taken back as a whole, and what the log says of it.
            with transaction.atomic():
                return super().changelist_view(request, context)
        except SteeringRefused as refused:
            # One of those that were to be deleted was resumed since the page asked.
            messages.error(request, str(refused))
            return HttpResponseRedirect(request.get_full_path())

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return starting.simulate(self, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        return self.show(request, object_id)

    def show(
        self, request: HttpRequest, simulation_id: str, extend: ExtendForm | None = None
    ) -> HttpResponse:
        """Return the page of a simulation; with what was typed where that was refused."""
        simulation = self._visible(request, simulation_id, Simulation.objects.listed())
        if simulation.status in ACTIVE:
            # Its turn may have come, or its process may be gone. What has ended needs no more questions.
            start_waiting()
            simulation = self._visible(request, simulation_id, Simulation.objects.listed())
        if extend is None and (page := whole_page(request, simulation)):
            if known := get_conditional_response(request, etag=page.etag):
                return _kept_by_browsers(known, page.etag)
            if content := page.content(partial(self._lasting_context, simulation), PAGE_TEMPLATE):
                return _kept_by_browsers(HttpResponse(content), page.etag)
        response = TemplateResponse(request, PAGE_TEMPLATE, self._page_context(request, simulation, extend))
        add_never_cache_headers(response)
        return response

    def _page_context(
        self, request: HttpRequest, simulation: Simulation, extend: ExtendForm | None = None
    ) -> dict[str, Any]:
        return {
            # First: the navigation marks the event that it keeps at hand.
            **page_context(request, simulation, extend),
            **self.admin_site.each_context(request),
            "opts": self.opts,
        }

    def _lasting_context(self, simulation: Simulation, request: HttpRequest) -> dict[str, Any] | None:
        """Return what a page that is remembered shows; None where another try may show more."""
        context = self._page_context(request, simulation)
        return None if context["shown"].unreadable else {**context, "request": request}

    @staticmethod
    def _visible(request: HttpRequest, simulation_id: str, simulations: SimulationQuerySet) -> Simulation:
        if not request.user.has_perm("simulations.view_simulation") and not request.user.has_perm(
            "simulations.change_simulation"
        ):
            raise PermissionDenied
        return get_object_or_404(simulations.select_related("event", "asked_by"), pk=simulation_id)

    def progress_view(self, request: HttpRequest, simulation_id: str) -> HttpResponse:
        """Return how far it is, for its page, which asks again as long as it goes on."""
        start_waiting()
        simulation = self._visible(request, simulation_id, Simulation.objects.listed())
        progress = progress_of(simulation)
        context = {"simulation": simulation, "progress": progress}
        response = TemplateResponse(request, "admin/simulations/simulation/progress.html", context)
        if not progress.active:
            # The page with all its figures.
            response["HX-Refresh"] = "true"
        return response

    def document_view(self, request: HttpRequest, simulation_id: str) -> HttpResponse:
        """Return the event as it was simulated, as a file."""
        simulation = self._visible(request, simulation_id, Simulation.objects.all())
        name = f"{simulation.event_slug}-{simulation.pk}.yaml"
        return HttpResponse(
            write_yaml(simulation.frozen_document),
            content_type="application/yaml; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except SteeringRefused as refused:
            # It was resumed since the page asked.
            simulation = Simulation(pk=object_id)
            messages.error(request, f"{refused} {last_save(request, simulation)}".strip())
            return HttpResponseRedirect(reverse("admin:simulations_simulation_change", args=[object_id]))

    def get_deleted_objects(
        self, objs: Iterable[Simulation], request: HttpRequest
    ) -> tuple[list[str], dict[str, Any], set[str], list[str]]:
        """Name the simulations alone: Django's own way loads every batch and result; active ones stay."""
        simulations = list(objs)
        protected = [
            f"{simulation}: it is {simulation.status}, cancel it first"
            for simulation in simulations
            if simulation.status in ACTIVE
        ]
        # The permission of each of its parts comes with that of the simulation.
        lacking = set() if self.has_delete_permission(request) else {"simulation"}
        space = space_of(*(simulation.pk for simulation in simulations))
        return (
            [str(simulation) for simulation in simulations],
            {
                "simulations": len(simulations),
                "batches of results": space.batches,
                "freed": size(space.n_bytes),
            },
            lacking,
            protected,
        )

    def delete_model(self, request: HttpRequest, obj: Simulation) -> None:
        delete(obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        delete(*queryset.values_list("pk", flat=True))


def _kept_by_browsers(response: HttpResponse, etag: str) -> HttpResponse:
    """Let a browser keep the page, and ask each time whether it still holds."""
    response.headers["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    return response

"""Simulations in the admin: to look at and to delete, not to change."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from simulations.models import ACTIVE, Simulation, SimulationQuerySet
from simulations.services import SteeringRefused, delete, mark_interrupted


@admin.register(Simulation)
class SimulationAdmin(admin.ModelAdmin):
    list_display = ("id", "event_name", "name", "n_runs", "status", "created_at", "elapsed_s")
    list_filter = ("status", "mode")
    search_fields = ("id", "event_slug", "event_name", "name")
    ordering = ("-created_at", "-id")
    exclude = ("document", "summary", "token")

    def get_queryset(self, request: HttpRequest) -> SimulationQuerySet:
        mark_interrupted()
        return Simulation.objects.listed()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_deleted_objects(
        self, objs: Iterable[Simulation], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Name the simulations alone: Django's own way loads every batch and result; active ones stay."""
        simulations = list(objs)
        protected = [str(simulation) for simulation in simulations if simulation.status in ACTIVE]
        # The permission of each of its parts comes with that of the simulation.
        lacking = set() if self.has_delete_permission(request) else {"simulation"}
        return (
            [str(simulation) for simulation in simulations],
            {"simulations": len(simulations)},
            lacking,
            protected,
        )

    def delete_model(self, request: HttpRequest, obj: Simulation) -> None:
        self._delete(request, obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        self._delete(request, *queryset.values_list("pk", flat=True))

    def _delete(self, request: HttpRequest, *ids: str) -> None:
        try:
            delete(*ids)
        except SteeringRefused as refused:
            # One of them was resumed since the page asked.
            self.message_user(request, str(refused), messages.ERROR)

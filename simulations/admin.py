"""Simulations in the admin: to look at, not to change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from simulations.models import Simulation, SimulationQuerySet
from simulations.services import mark_interrupted


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

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

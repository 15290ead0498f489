"""Pages of capabilities."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from events.admin.catalogue import CatalogueAdmin
from events.admin.filters import ByConditionInEvent
from events.admin.keys import KeyFromName
from events.admin.workspace import change_url
from events.models import Capability, Event
from events.models.counting import number_of


class CapabilityForm(KeyFromName):
    """A capability's name and key."""

    class Meta:
        model = Capability
        fields = ("name", "key")
        help_texts: ClassVar[Any] = {"name": "A quest, an item or a level, as people call it."}

    class Media:
        css: ClassVar[Any] = {"all": ("events/parts.css",)}


class Missing(ByConditionInEvent):
    """Capabilities of an event that nobody has, or that no rule asks for."""

    title = "what is missing"
    parameter_name = "missing"
    conditions: ClassVar = {
        "holders": ("Held by nobody", Q(n_holders=0)),
        "rules": ("Asked for by no rule", Q(n_required=0, n_modifying=0)),
    }


@admin.register(Capability)
class CapabilityAdmin(CatalogueAdmin):
    """Capabilities of the library, or of an event."""

    form = CapabilityForm
    tab = "capability"
    columns = ("name", "key")
    event_columns = ("holders_count", "rules_count")
    list_filter: ClassVar[Any] = (*CatalogueAdmin.list_filter, Missing)
    search_fields = ("key", "name")
    search_help_text = "Search by name or key"
    fieldsets = ((None, {"fields": ("name", "key")}),)
    change_form_template = "admin/events/library/capability.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        counted: QuerySet[Any] = (
            super()
            .get_queryset(request)
            .annotate(
                n_holders=number_of("holders", Capability),
                n_required=number_of("requirements", Capability),
                n_modifying=number_of("modifiers", Capability),
            )
        )
        return counted

    @admin.display(description="held by players", ordering="n_holders")
    def holders_count(self, capability: Any) -> int:
        """Return how many players have it."""
        return int(capability.n_holders)

    @admin.display(description="asked for by rules")
    def rules_count(self, capability: Any) -> str:
        """Say how many rules require it, and how many are different with it."""
        told = {"require": capability.n_required, "modified": capability.n_modifying}
        return ", ".join(f"{count} {how}" for how, count in told.items() if count) or "none"

    def form_context(
        self, request: HttpRequest, event: Event | None, part: Capability | None
    ) -> dict[str, Any]:
        """Return, besides, who has it, and the tiles that have rules with it."""
        shown = super().form_context(request, event, part)
        if part is None:
            return shown
        held = part.holders.select_related("player").order_by("player__position", "pk")
        return {
            **shown,
            "holders": [{"name": one.player.name, "url": change_url(one.player)} for one in held],
            "uses": [{"use": use, "url": change_url(use.part)} for use in Capability.used_by([part])],
        }

"""Pages of capabilities."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse

from events.admin.keys import KeyFromName
from events.admin.library import CatalogueAdmin
from events.admin.workspace import change_url
from events.models import Capability, PlayerCapability, RuleModifier, RuleRequirement


class CapabilityForm(KeyFromName):
    """A capability's name and key."""

    class Meta:
        model = Capability
        fields = ("name", "key")
        help_texts: ClassVar[Any] = {"name": "A quest, an item or a level, as people call it."}

    class Media:
        css: ClassVar[Any] = {"all": ("events/parts.css",)}


@admin.register(Capability)
class CapabilityAdmin(CatalogueAdmin):
    """Capabilities of the library, or of an event."""

    form = CapabilityForm
    tab = "capability"
    list_display: Any = ("name", "key", "holders_count", "rules_count", "used_by")
    search_fields = ("key", "name")
    fieldsets = ((None, {"fields": ("name", "key")}),)
    change_form_template = "admin/events/library/capability.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        counts = {
            "n_holders": PlayerCapability,
            "n_required": RuleRequirement,
            "n_modifying": RuleModifier,
        }
        capabilities = super().get_queryset(request)
        counted: QuerySet[Any] = capabilities.annotate(
            **{name: _count(kind) for name, kind in counts.items()}
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

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        capability = self.get_object(request, object_id) if object_id else None
        shown = self._used(capability) if capability is not None else {}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def _used(self, capability: Capability) -> dict[str, Any]:
        """Return who has it, and the tiles that have rules with it."""
        held = capability.holders.select_related("player").order_by("player__position", "pk")
        return {
            "holders": [{"name": one.player.name, "url": change_url(one.player)} for one in held],
            "uses": [{"use": use, "url": change_url(use.part)} for use in Capability.used_by([capability])],
        }


def _count(kind: type[Any]) -> Coalesce:
    # A subquery each: joining several kinds of rows would multiply them.
    rows = kind.objects.filter(capability=OuterRef("pk")).order_by().values("capability")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)

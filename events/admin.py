"""The plain administration of events and the library."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from events import models

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:  # generic in the type stubs only
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline


class PartAdmin(ModelAdmin):
    list_filter = ("event",)


@admin.register(models.Event)
class EventAdmin(ModelAdmin):
    list_display = ("name", "slug", "starts_at", "timezone", "duration_hours", "version", "updated_at")
    search_fields = ("name", "slug")
    readonly_fields = ("version", "created_at", "updated_at")


@admin.register(models.Activity)
class ActivityAdmin(PartAdmin):
    list_display = ("key", "name", "event", "solo", "group_min", "group_max", "attempt_seconds")
    search_fields = ("key", "name")


@admin.register(models.Capability)
class CapabilityAdmin(PartAdmin):
    list_display = ("key", "name", "event")
    search_fields = ("key", "name")


class HeldInline(TabularInline):
    model = models.PlayerCapability
    autocomplete_fields = ("capability",)
    extra = 0


@admin.register(models.Player)
class PlayerAdmin(PartAdmin):
    list_display = ("name", "event", "skill", "timezone")
    search_fields = ("name",)
    inlines = (HeldInline,)


@admin.register(models.Tile)
class TileAdmin(PartAdmin):
    list_display = ("key", "name", "event", "row", "position", "points", "needs")
    search_fields = ("key", "name")


@admin.register(models.Drop)
class DropAdmin(ModelAdmin):
    """Drops follow from the loot of activities: they can be found, not edited."""

    list_display = ("key", "activity")
    list_filter = ("activity__event",)
    list_select_related = ("activity",)
    search_fields = ("key", "activity__key")

    def has_add_permission(self, request: Any) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False


class RuleDropInline(TabularInline):
    model = models.RuleDrop
    autocomplete_fields = ("drop",)
    extra = 0


class RequirementInline(TabularInline):
    model = models.RuleRequirement
    autocomplete_fields = ("capability",)
    extra = 0


class ModifierInline(TabularInline):
    model = models.RuleModifier
    autocomplete_fields = ("capability",)
    extra = 0


@admin.register(models.Rule)
class RuleAdmin(ModelAdmin):
    list_display = ("tile", "position", "activity")
    list_filter = ("tile__event",)
    list_select_related = ("tile", "activity")
    search_fields = ("tile__key", "activity__key")
    autocomplete_fields = ("tile", "activity")
    inlines = (RuleDropInline, RequirementInline, ModifierInline)


class MemberInline(TabularInline):
    model = models.TeamMember
    autocomplete_fields = ("player",)
    extra = 0


@admin.register(models.Team)
class TeamAdmin(PartAdmin):
    list_display = ("name", "event", "strategy")
    search_fields = ("name",)
    inlines = (MemberInline,)

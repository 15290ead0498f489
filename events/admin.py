"""The plain administration of events and the library."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from events import models

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
    ModelForm = forms.ModelForm[Any]
else:  # generic in the type stubs only
    ModelAdmin, TabularInline, ModelForm = admin.ModelAdmin, admin.TabularInline, forms.ModelForm


class PartAdmin(ModelAdmin):
    list_filter = ("event",)


class EventForm(ModelForm):
    """An event's own fields, and the version that whoever fills them in has seen."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_version"] = self.instance.version

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance.pk is not None and not self._lock_seen_version():
            raise ValidationError(
                "The event, or a part of it, was changed after this page was opened. "
                "Open it again, and change it there."
            )
        return cleaned

    def _lock_seen_version(self) -> bool:
        # Locked, so that nobody saves the event between this check and its saving.
        seen = {"pk": self.instance.pk, "version": self.cleaned_data.get("seen_version")}
        return models.Event.objects.select_for_update().filter(**seen).first() is not None


@admin.register(models.Event)
class EventAdmin(ModelAdmin):
    form = EventForm
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

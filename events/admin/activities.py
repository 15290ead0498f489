"""Pages of activities."""

from collections import Counter
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from pydantic import TypeAdapter
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from events import document
from events.admin.activity_words import (
    TIME_MODELS,
    attempt_in_words,
    bands_in_words,
    clock_text,
    loot_in_words,
    parties_in_words,
    sizes_text,
)
from events.admin.addresses import at_hand
from events.admin.catalogue import CatalogueAdmin
from events.admin.fields import SecondsField, WholeField
from events.admin.filters import BelongsTo, ByCondition, ByConditionInEvent
from events.admin.keys import KeyFromName
from events.admin.loot import (
    DROP_KEYS_ID,
    BandFormSet,
    LootFormSet,
    band_data,
    band_rows,
    loot_data,
    loot_rows,
    rest_in_words,
)
from events.admin.nested import NestsForms
from events.document.errors import Path
from events.document.models import MOST_LINES, MOST_OUTCOMES, MOST_TEAM_PLAYERS
from events.models import Activity, Drop
from events.models.counting import number_of
from events.models.validation import problems_of, readable, validate_bands, validate_loot
from events.models.values import drop_keys, loot_from_json, loot_to_json

ATTEMPT = TypeAdapter(document.AttemptTime)
GROUP = TypeAdapter(document.GroupSize)

# Where the form has what the document has elsewhere.
FIELDS_OF_DOCUMENT = {
    "group": {"min": "group_min", "max": "group_max"},
    "attempt": {"seconds": "attempt_seconds", "spread": "attempt_spread", "model": "attempt_model"},
}
# Drops of other activities that the page suggests: those of a large event.
MOST_SUGGESTED = 1_000

NOBODY = "Nobody could do it: allow it alone, or say how large parties are."
OTHER_END = "Parties need a smallest and a largest size: fill in both, or neither."


class ActivityForm(NestsForms, KeyFromName):
    """An activity with its loot and its size bands."""

    children: ClassVar = {"loot": LootFormSet, "bands": BandFormSet}

    solo = forms.BooleanField(
        label="Can be done alone", required=False, initial=True, widget=UnfoldBooleanSwitchWidget
    )
    group_min = WholeField(
        1,
        MOST_TEAM_PLAYERS,
        label="Smallest party",
        required=False,
        help_text="The fewest players in an attempt. Empty where there are no parties.",
    )
    group_max = WholeField(
        1,
        MOST_TEAM_PLAYERS,
        label="Largest party",
        required=False,
        help_text="The most players in an attempt. Empty where there are no parties.",
    )
    attempt_seconds = SecondsField(
        1,
        86_400,
        label="An attempt takes",
        help_text="Seconds, with the way there and back; or minutes and seconds: 90 is 1:30.",
    )
    attempt_spread = SecondsField(
        0,
        86_400,
        label="Give or take",
        required=False,
        if_blank=0,
        help_text="Seconds: with 90 and 20 an attempt takes from 70 to 110 seconds.",
    )
    attempt_model = forms.ChoiceField(
        label="Within that",
        choices=TIME_MODELS,
        initial="uniform",
        widget=UnfoldAdminSelectWidget,
        help_text="How likely the times between the shortest and the longest are.",
    )

    def initial_rows(self, name: str) -> Any:
        """Return the loot and the bands that the activity has."""
        if name == "loot":
            return loot_rows(loot_from_json(self.stored_list(self.instance, "loot", validate_loot)))
        return band_rows(self.stored_list(self.instance, "bands", validate_bands))

    def field_at(self, path: Path) -> str | None:
        """Return the field of what a document has in mappings of their own."""
        if path and path[0] in FIELDS_OF_DOCUMENT:
            return FIELDS_OF_DOCUMENT[str(path[0])].get(str(path[-1]))
        return super().field_at(path)

    def clean(self) -> dict[str, Any] | None:
        """Find what is wrong with fields that belong together, each at its field."""
        cleaned = super().clean()
        if not set(FIELDS_OF_DOCUMENT["attempt"].values()) & self.errors.keys():
            self._check("attempt", ATTEMPT)
        if not set(FIELDS_OF_DOCUMENT["group"].values()) & self.errors.keys():
            self._check_parties()
        return cleaned

    def _check(self, part: str, adapter: TypeAdapter[Any]) -> None:
        data = {name: self.cleaned_data[field] for name, field in FIELDS_OF_DOCUMENT[part].items()}
        for problem in problems_of(adapter, data):
            self.place_error((part, *problem.path), problem.detail)

    def _check_parties(self) -> None:
        ends = [self.cleaned_data["group_min"], self.cleaned_data["group_max"]]
        if None not in ends and ends[0] > ends[1]:
            self.add_error("group_min", f"must be at most the largest party, which is {ends[1]}")
        elif None not in ends:
            self._check("group", GROUP)
        elif any(ends):
            self.add_error("group_min" if ends[0] is None else "group_max", OTHER_END)
        elif not self.cleaned_data["solo"]:
            self.add_error("solo", NOBODY)

    def _post_clean(self) -> None:
        # Before the model looks at itself as a whole.
        if "loot" in self.cleaned_data:
            before = drop_keys(readable(validate_loot, self.instance.loot))
            self.instance.loot = loot_to_json(loot_data(self.cleaned_data["loot"]))
            self.instance.renamed_drops = self._renamed_drops(before)
        if "bands" in self.cleaned_data:
            self.instance.bands = band_data(self.cleaned_data["bands"])
        super()._post_clean()  # type: ignore[misc]  # not in the type stubs

    def _renamed_drops(self, before: list[str]) -> dict[str, str]:
        """Return new keys by old ones, in an order in which none is taken when it is given.

        A drop is renamed where all rows that had its key have the same other one now, which no other row has.
        Two that change places are not: their rows may have been moved.
        """
        rows = (
            row
            for line in self.nested["loot"].rows
            for outcome in line.nested["outcomes"].rows
            for row in outcome.nested["drops"].rows
        )
        typed = {(row.initial.get("key"), row.cleaned_data["key"]) for row in rows}
        times_old, times_new = Counter(old for old, _ in typed), Counter(new for _, new in typed)
        left = {
            old: new
            for old, new in typed
            if old in before and old != new and times_old[old] == times_new[new] == 1
        }
        renamed: dict[str, str] = {}
        taken = {*before}
        while free := [old for old, new in left.items() if new not in taken]:
            for old in free:
                renamed[old] = left.pop(old)
                taken = taken - {old} | {renamed[old]}
        return renamed


class HowItIsDone(ByCondition):
    """Activities by who may do them, of which one may be for both."""

    title = "how it is done"
    parameter_name = "done"
    conditions: ClassVar = {
        "alone": ("Can be done alone", Q(solo=True)),
        "parties": ("Can be done in parties", Q(group_min__isnull=False)),
    }


class InTiles(ByConditionInEvent):
    """Activities of an event that tiles use, or those that none does."""

    title = "use"
    parameter_name = "use"
    conditions: ClassVar = {
        "used": ("Used by tiles", Q(n_tiles__gt=0)),
        "unused": ("Used by no tile", Q(n_tiles=0)),
    }


@admin.register(Activity)
class ActivityAdmin(CatalogueAdmin):
    """Activities of the library, or of an event."""

    form = ActivityForm
    tab = "activity"
    columns = ("name", "key", "parties", "attempt", "n_of_drops")
    event_columns = ("tiles",)
    change_form_template = "admin/events/activity/change_form.html"
    list_filter = (BelongsTo, HowItIsDone, InTiles)
    search_fields = ("key", "name", "drops__key")
    search_help_text = "Search by name, key or drop"
    # What the form has as rows, and what is not for people to fill in.
    exclude: ClassVar[Any] = ("event", "position", "loot", "bands")
    fieldsets = (
        (None, {"fields": ("name", "key")}),
        ("Who does it", {"fields": ("solo", ("group_min", "group_max"))}),
        ("How long it takes", {"fields": (("attempt_seconds", "attempt_spread"), "attempt_model")}),
    )

    class Media:
        css: ClassVar = {"all": ("events/activity.css",)}
        js = ("events/activity.js",)

    def get_urls(self) -> list[URLPattern]:
        rest = path("rest/", self.admin_site.admin_view(self.rest_view), name="events_activity_rest")
        return [rest, *super().get_urls()]

    def rest_view(self, request: HttpRequest) -> HttpResponse:
        """Answer with what the rates of loot lines leave, for a form that is being filled in."""
        if not (self.has_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied
        lines = request.POST.getlist("line")[:MOST_LINES]
        return JsonResponse({"rests": [rest_in_words(line.splitlines()[:MOST_OUTCOMES]) for line in lines]})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        entries: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = entries.annotate(
            n_drops=number_of("drops", Activity), n_tiles=number_of("rules__tile", Activity)
        )
        return counted

    @admin.display(description="Players", ordering="group_max")
    def parties(self, activity: Activity) -> str:
        """Return who does it together, for the list."""
        return sizes_text(activity)

    @admin.display(description="An attempt (min:s)", ordering="attempt_seconds")
    def attempt(self, activity: Activity) -> str:
        """Return how long it takes, for the list."""
        return clock_text(activity.attempt_seconds)

    @admin.display(description="Drops", ordering="n_drops")
    def n_of_drops(self, activity: Any) -> int:
        """Return how many drops it has, for the list."""
        return int(activity.n_drops)

    @admin.display(description="Tiles that use it", ordering="n_tiles")
    def tiles(self, activity: Any) -> int:
        """Return how many tiles have a rule for it, for the list."""
        return int(activity.n_tiles)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if not self._may_save(request, obj):
            # It is told in words instead: see the template.
            return []
        return super().get_fieldsets(request, obj)

    def _may_save(self, request: HttpRequest, obj: Any) -> bool:
        if obj is None:
            return self.has_add_permission(request)
        return self.has_change_permission(request, obj)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        activity: Any = kwargs.get("obj")
        if self._may_save(request, activity):
            context |= {"drop_keys": _known_drops(request), "drop_keys_id": DROP_KEYS_ID}
        else:
            context["in_words"] = {
                "activity": activity,
                "parties": parties_in_words(activity),
                "attempt": attempt_in_words(activity),
                "loot": loot_in_words(activity),
                "bands": bands_in_words(activity),
            }
        return super().render_change_form(request, context, *args, **kwargs)


def _known_drops(request: HttpRequest) -> list[str]:
    """Return the keys of drops that the event's activities, or the library's, have."""
    keys = Drop.objects.filter(activity__event=at_hand(request)).order_by("key")
    return list(keys.values_list("key", flat=True).distinct()[:MOST_SUGGESTED])

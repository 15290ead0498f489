"""Pages of teams: whom they consist of, and how they decide."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.models import CHANGE
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.widgets import RADIO_CLASSES

from events.admin.base import PartAdmin
from events.admin.fields import ExactField, TextField
from events.admin.filters import FilteredByEvent, OfEvent
from events.admin.forms import PartForm
from events.admin.history import log_part, saves_since, summed_up
from events.admin.roster import RosterField, save_roster
from events.document.models import STRATEGY_PARAMS, StrategyName
from events.document.values import plain_number
from events.models import Team, next_position
from events.overview import overview_of

STRATEGIES = {
    StrategyName.ROW_UNLOCKING: "Opens the next row as fast as it can: first the tiles that need the least "
    "time for the points it takes, then whatever brings most points.",
    StrategyName.GREEDY: "Always the tile with the most points, and of equal ones the quickest.",
    StrategyName.COMBO_UNLOCKING: "Opens rows like row_unlocking, but saves for later what counts for tiles "
    "of locked rows too; once all rows are open, it prefers activities that several tiles share.",
    StrategyName.POINTS_PER_HOUR: "The tile that brings most points for each hour it is estimated to take.",
    StrategyName.WEIGHTED: "The tile with the highest score, reckoned with the weights below.",
}
PARAMS = {
    "w_points": ("Points", "Score for each point of the tile."),
    "w_rate": ("Points an hour", "Score for each point an hour that the tile brings."),
    "w_unlock": ("Unlocking", "Score if the tile belongs to the quickest way to open the next row."),
    "w_shared": (
        "Shared activities",
        "Score for each other unfinished tile that shares an activity with it.",
    ),
    "w_hours": ("Hours", "Score that each estimated hour of the tile takes away."),
}


class StrategySelect(forms.RadioSelect):
    """The strategies, with what each does."""

    template_name = "admin/events/team/strategies.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return what the template shows."""
        choices = [
            {"value": str(strategy), "does": does, "is_chosen": str(strategy) == str(value)}
            for strategy, does in STRATEGIES.items()
        ]
        id_ = (attrs or {}).get("id", name)
        return {"name": name, "id": id_, "choices": choices, "classes": " ".join(RADIO_CLASSES)}


class ParamField(ExactField):
    """A parameter of the weighted strategy."""

    def __init__(self, name: str) -> None:
        label, help_text = PARAMS[name]
        most = 10**6
        super().__init__(most, -most, required=False, label=label, help_text=help_text, placeholder="0")


class TeamForm(PartForm):
    """A team's name, strategy and roster."""

    name = TextField()
    strategy = forms.ChoiceField(
        choices=[(str(name), str(name)) for name in StrategyName],
        widget=StrategySelect,
        initial=str(StrategyName.ROW_UNLOCKING),
        help_text="How the team decides which tile to work on.",
    )
    roster = RosterField(required=False)

    class Meta:
        model = Team
        fields = ("name", "strategy")

    class Media:
        js = ("events/roster.js",)
        css: ClassVar[Any] = {"all": ("events/nested.css", "events/parts.css")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        team = kwargs.get("instance")
        if team is not None:
            members = team.members.values_list("player_id", flat=True)
            kwargs["initial"] = {"roster": [*members], **_typed(team.params)}
        super().__init__(*args, **kwargs)
        for name in STRATEGY_PARAMS:
            self.fields[name] = ParamField(name)
        roster: Any = self.fields["roster"]
        roster.of(self.event, self.instance, self._told_of)

    def _told_of(self, team: Team) -> list[str]:
        return saves_since(self.request, self.data.get("opened"), team)

    @property
    def weights(self) -> list[Any]:
        """The fields that only the weighted strategy has."""
        return [self[name] for name in STRATEGY_PARAMS]

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self["strategy"].value() != StrategyName.WEIGHTED:
            # What is hidden is not held against anybody.
            for name in STRATEGY_PARAMS:
                self.errors.pop(name, None)

    def _post_clean(self) -> None:
        # Before the model's own checks, which see them, too.
        self.instance.params = self._params()
        super()._post_clean()  # type: ignore[misc]  # not in the type stubs

    def _params(self) -> list[list[Any]]:
        """Return the weights that were typed, those that were there before in their order."""
        if self.cleaned_data.get("strategy") != StrategyName.WEIGHTED:
            return []
        before = [name for name, _ in self.instance.params if name in STRATEGY_PARAMS]
        typed = {name: self.cleaned_data.get(name) for name in dict.fromkeys((*before, *STRATEGY_PARAMS))}
        return [[name, plain_number(value)] for name, value in typed.items() if isinstance(value, Decimal)]


def _typed(params: list[list[Any]]) -> dict[str, Decimal]:
    """Return stored weights as their fields hold them."""
    return {name: Decimal(repr(value)) for name, value in params}


@admin.register(Team)
class TeamAdmin(FilteredByEvent, PartAdmin):
    """Teams of all events, or of one."""

    form = TeamForm
    tab = "team"
    in_library = False
    list_display: Any = ("name", "event", "players_count", "strategy")
    list_filter = (OfEvent, "strategy")
    list_select_related = ("event",)
    search_fields = ("name", "members__player__name")
    search_help_text = "Search by team or player"
    fieldsets = ((None, {"fields": ("name", "strategy")}),)
    change_form_template = "admin/events/team/change_form.html"

    def get_list_display(self, request: HttpRequest) -> Any:
        if self.event_at_hand(request) is None:
            return super().get_list_display(request)
        return ("name", "players_count", "hours_online", "strategy")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        teams = super().get_queryset(request)
        counted: QuerySet[Any] = teams.annotate(n_players=Count("members", distinct=True))
        return counted

    @admin.display(description="players", ordering="n_players")
    def players_count(self, team: Any) -> int:
        """Return how many players a team has."""
        return int(team.n_players)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list, each of an event's teams with its hours online there."""
        changelist: Any = super().get_changelist_instance(request)
        event = self.event_at_hand(request)
        if event is not None:
            online = {team.id: team.online_seconds for team in overview_of(event).teams}
            for team in changelist.result_list:
                team.online_seconds = online.get(team.pk)
        return changelist

    @admin.display(description="hours online during the event", empty_value="unknown")
    def hours_online(self, team: Any) -> str | None:
        """Return the hours that a team's players are online, taken together."""
        seconds = team.online_seconds
        return None if seconds is None else f"{seconds / 3600:,.0f}"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Put a new team at the end of its event's."""
        if not change:
            obj.position = next_position(Team, event=obj.event_id)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        team = form.instance
        for other, players in save_roster(team, form.cleaned_data["roster"]).items():
            moved = [f"Roster: {player} moved to {team}" for player in players]
            log_part(request, other, other.event, CHANGE, moved)
            self.log_change(request, other, summed_up(moved))
        super().save_related(request, form, formsets, change)

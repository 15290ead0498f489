"""Pages of players: what they have, and when they play."""

from decimal import Decimal
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from events.admin.addresses import number_in
from events.admin.catalogue import CatalogueAdmin
from events.admin.fields import MultiplierField, TextField, ZoneInput
from events.admin.forms import PartForm
from events.admin.nested import NestsForms
from events.admin.permissions import PASTE_PLAYERS
from events.admin.scope import Entries, EntriesField
from events.admin.sessions import SessionSet, initial_sessions
from events.admin.week import hours_a_week, week_of
from events.admin.workspace import Tool, page
from events.models import Capability, Event, Player, PlayerCapability, Team
from events.models.counting import number_of
from events.models.validation import readable, validate_sessions
from events.transfer.rows import RowBringer

NO_TEAM = "none"


class PlayerForm(NestsForms, PartForm):
    """A player with what they have and their week."""

    children: ClassVar[Any] = {"sessions": SessionSet}

    name = TextField()
    skill = MultiplierField(
        initial=Decimal(1),
        help_text="Multiplies the time of every attempt: 0.85 is 15 % faster, 1.2 a fifth slower.",
    )
    held = EntriesField(
        required=False, label="Capabilities", help_text="Quests, items and levels that rules ask for."
    )

    class Meta:
        model = Player
        fields = ("name", "skill", "timezone")
        labels: ClassVar[Any] = {"timezone": "Time zone"}
        widgets: ClassVar[Any] = {"timezone": ZoneInput}

    class Media:
        js = ("events/sessions.js",)
        css: ClassVar[Any] = {"all": ("events/parts.css",)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        player = kwargs.get("instance")
        if player is not None:
            held = PlayerCapability.objects.filter(player=player).values_list("capability_id", flat=True)
            sessions = self.stored_list(player, "sessions", validate_sessions)
            kwargs["initial"] = {"held": [*held], "sessions": initial_sessions(sessions)}
        super().__init__(*args, **kwargs)
        capabilities: Any = self.fields["held"]
        capabilities.offer(Entries(Capability, self.event))
        if "timezone" in self.fields:
            own = self.event.timezone if self.event else "the event's"
            self.fields["timezone"].widget.attrs["placeholder"] = f"{own}"
            self.fields["timezone"].help_text = "On whose clocks the sessions are. Empty: on the event's."

    def _post_clean(self) -> None:
        # Before the model's own checks, which see them, too.
        if "sessions" in self.cleaned_data:
            self.instance.sessions = self.cleaned_data["sessions"]
        super()._post_clean()  # type: ignore[misc]  # not in the type stubs


def save_held(player: Player, capabilities: list[Capability]) -> None:
    """Give a player exactly these capabilities, in this order; call it after the player was saved."""
    rows = RowBringer()
    wanted = [
        {"player_id": player.pk, "capability_id": capability.pk, "position": position}
        for position, capability in enumerate(capabilities)
    ]
    stored = PlayerCapability.objects.filter(player=player)
    rows.bring(stored, ("player_id", "capability_id"), wanted)
    rows.remove_vanished()


def _hours(player: Player) -> str:
    sessions = readable(validate_sessions, player.sessions)
    return f"{round(hours_a_week(sessions), 1):g}" if sessions else "can't be read"


class InTeam(admin.SimpleListFilter):
    """The players of a team of the event whose list this is, or those of none."""

    title = "team"
    parameter_name = "team"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the event's teams; without an event there are none to choose from."""
        event_id = number_in(request.GET.get("event"))
        teams = () if event_id is None else Team.objects.filter(event=event_id).values_list("pk", "name")
        return [(NO_TEAM, "In no team"), *((str(pk), name) for pk, name in teams)] if teams else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return who is in the chosen team; everybody where it is of another event."""
        team = self.value()
        if team not in dict(self.lookup_choices):
            return queryset
        return queryset.filter(membership__team=None if team == NO_TEAM else team)


@admin.register(Player)
class PlayerAdmin(CatalogueAdmin):
    """Players of the library, or of an event."""

    form = PlayerForm
    tab = "player"
    columns = ("name", "skill_shown", "capabilities_count", "hours", "timezone_shown")
    event_columns = ("team",)
    list_filter: ClassVar[Any] = (*CatalogueAdmin.list_filter, InTeam)
    search_fields = ("name", "held__capability__name", "held__capability__key")
    search_help_text = "Search by name or capability"
    fieldsets = ((None, {"fields": ("name", "skill", "timezone", "held")}),)
    read_as: ClassVar[Any] = {
        "skill": "skill_shown",
        "timezone": "timezone_shown",
        "held": "told_capabilities",
    }
    change_form_template = "admin/events/player/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        players = super().get_queryset(request).select_related("membership__team")
        counted: QuerySet[Any] = players.annotate(n_held=number_of("held", Player))
        return counted

    def has_copy_permission(self, request: HttpRequest) -> bool:
        # Players bring the capabilities that the event lacks.
        return super().has_copy_permission(request) and request.user.has_perm("events.add_capability")

    def list_tools(self, request: HttpRequest, event: Event | None) -> list[Tool]:
        tools = super().list_tools(request, event)
        if event is None or not request.user.has_perms(PASTE_PLAYERS):
            return tools
        return [*tools, Tool("Paste from a spreadsheet", "table", page("players_csv")(event))]

    @admin.display(description="capabilities", empty_value="none")
    def told_capabilities(self, player: Player) -> str:
        """Return what a player has, for those who may only read."""
        return ", ".join(one.capability.name for one in player.held.select_related("capability"))

    @admin.display(description="skill", ordering="skill")
    def skill_shown(self, player: Player) -> str:
        """Return the factor without needless zeros."""
        return f"{player.skill.normalize():f}"

    @admin.display(description="capabilities", ordering="n_held")
    def capabilities_count(self, player: Any) -> int:
        """Return how many capabilities a player has."""
        return int(player.n_held)

    @admin.display(description="hours a week")
    def hours(self, player: Player) -> str:
        """Return the hours in which a player plays."""
        return _hours(player) if player.sessions else "always available"

    @admin.display(description="time zone", ordering="timezone", empty_value="the event's")
    def timezone_shown(self, player: Player) -> str | None:
        """Return the time zone, if it is not the event's."""
        return player.timezone or None

    @admin.display(description="team", ordering="membership__team__name", empty_value="none")
    def team(self, player: Any) -> str | None:
        """Return the team that a player is in."""
        membership = getattr(player, "membership", None)
        return str(membership.team) if membership else None

    def form_context(self, request: HttpRequest, event: Event | None, part: Player | None) -> dict[str, Any]:
        shown = super().form_context(request, event, part)
        if part is None:
            return shown
        sessions = readable(validate_sessions, part.sessions)
        hours = f"{round(hours_a_week(sessions), 1):g}"
        return {**shown, "week": week_of(sessions), "hours": hours}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        save_held(form.instance, form.cleaned_data["held"])
        super().save_related(request, form, formsets, change)

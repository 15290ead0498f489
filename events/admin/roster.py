"""A team's roster as a field: an ordered list of players, and the others of the event to take in."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from events.admin.scope import Entries, EntriesField
from events.admin.workspace import change_url
from events.document.models import MOST_TEAM_PLAYERS
from events.document.names import same_name_key
from events.models import Event, Player, Team, TeamMember
from events.transfer.rows import RowBringer


class RosterWidget(forms.Widget):
    """Boxes to tick for all players of an event; those ticked come first, and their order is the roster's."""

    template_name = "admin/events/team/roster.html"
    entries: Mapping[str, Any] = {}
    # Other teams by the ids of those who play in them, and where the page showed them to play.
    elsewhere: Mapping[str, Team] = {}
    seen_elsewhere: Mapping[str, str] = {}

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return what the template shows."""
        chosen = [str(pk) for pk in value or () if str(pk) in self.entries]
        others = [pk for pk in self.entries if pk not in chosen]
        return {
            "name": name,
            "id": (attrs or {}).get("id", name),
            "chosen": [self._player(pk) for pk in chosen],
            "free": [self._player(pk) for pk in others if pk not in self.elsewhere],
            "taken": [self._player(pk) for pk in others if pk in self.elsewhere],
            "most": MOST_TEAM_PLAYERS,
        }

    def _player(self, pk: str) -> dict[str, Any]:
        player: Player = self.entries[pk]
        team = self.elsewhere.get(pk)
        return {
            "pk": pk,
            "name": player.name,
            "found_by": same_name_key(player.name),
            "team": team,
            "team_url": change_url(team) if team else "",
        }

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Return who is ticked, in the page's order."""
        ticked = list(data.getlist(name) if hasattr(data, "getlist") else data.get(name, []))
        self.seen_elsewhere = {pk: data.get(f"{name}-team-{pk}", "") for pk in ticked}
        return ticked

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Return that nothing is left out: no box ticked is an empty roster."""
        return False

    def id_for_label(self, id_: str) -> str:
        """Return none: there is a box for each player."""
        return ""


class RosterField(EntriesField):
    """The players of a team in order.

    Whoever plays in another team comes from there if the page showed that, and is refused if not: somebody
    else took them meanwhile.
    """

    widget: Any = RosterWidget

    # Returns in words who changed another team after the page was opened.
    told_of: Callable[[Team], list[str]]

    def of(self, event: Event | None, team: Team, told_of: Callable[[Team], list[str]]) -> None:
        """Offer the players of an event to one of its teams."""
        self.told_of = told_of
        self.offer(Entries(Player, event))
        others = TeamMember.objects.filter(team__event=event).exclude(team=team.pk).select_related("team")
        self.widget.elsewhere = {str(one.player_id): one.team for one in others}

    def taken(self, players: list[Player]) -> Iterator[tuple[Player, Team]]:
        """Yield who of the players plays in another team now, and in which."""
        for player in players:
            team = self.widget.elsewhere.get(str(player.pk))
            if team is not None:
                yield player, team

    def seen(self, player: Player, team: Team) -> bool:
        """Say whether the page showed that somebody plays in that other team."""
        return bool(self.widget.seen_elsewhere.get(str(player.pk)) == str(team.pk))

    def validate(self, value: Any) -> None:
        """Refuse players whom another team took meanwhile, and too many."""
        problems = [
            " ".join([f"{player} plays in {team}.", *self.told_of(team)])
            for player, team in self.taken(value)
            if not self.seen(player, team)
        ]
        if len(value) > MOST_TEAM_PLAYERS:
            problems.append(f"A team has at most {MOST_TEAM_PLAYERS} players, not {len(value)}.")
        if problems:
            raise ValidationError(problems)


def save_roster(team: Team, players: list[Player]) -> dict[Team, list[Player]]:
    """Make a team consist of exactly these players, in this order; call it after the team was saved.

    Returns who came from which other team.
    """
    elsewhere = TeamMember.objects.filter(player__in=players).exclude(team=team)
    left: dict[Team, list[Player]] = defaultdict(list)
    for member in elsewhere.select_related("team", "player"):
        left[member.team].append(member.player)
    elsewhere.delete()
    rows = RowBringer()
    wanted = [
        {"team_id": team.pk, "player_id": player.pk, "position": position}
        for position, player in enumerate(players)
    ]
    rows.bring(TeamMember.objects.filter(team=team), ("player_id",), wanted)
    rows.remove_vanished()
    return left

"""Teams and who plays in them."""

from typing import Any

from django.db import models
from django.db.models import UniqueConstraint
from pydantic import TypeAdapter

from events import document
from events.models.catalogue import Player
from events.models.event import Event, EventPart
from events.models.validation import KEY_LENGTH, not_empty, validate_part, validate_text
from events.models.values import pairs_from_json, pairs_to_json

_TEAM = TypeAdapter(document.Team)


def strategies() -> list[tuple[str, str]]:
    """Return the choices; as a function, so that a new strategy needs no migration."""
    return [(str(name), str(name)) for name in document.StrategyName]


class Team(EventPart):
    """Players who share progress and follow one strategy."""

    reads = ("members__player",)

    event = models.ForeignKey(Event, models.CASCADE)
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=KEY_LENGTH, validators=[validate_text])
    strategy = models.CharField(max_length=40, choices=strategies, default="row_unlocking")
    # Pairs of name and number, in order.
    params = models.JSONField("parameters", default=list, blank=True)
    players = models.ManyToManyField(Player, through="TeamMember", related_name="teams")

    class Meta:
        ordering = ("position", "id")
        default_related_name = "teams"
        constraints = (
            UniqueConstraint(fields=("event", "name"), name="team_name_in_event"),
            not_empty("team_named", "name"),
        )

    def __str__(self) -> str:
        return self.name

    def as_data(self) -> dict[str, Any]:
        """Return the team with its roster as a document has it."""
        return {**self._strategy_data(), "players": [member.player.name for member in self.members.all()]}

    def clean(self) -> None:
        super().clean()
        validate_part(_TEAM, self._strategy_data())

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.params = pairs_to_json(self.params)
        validate_part(_TEAM, self._strategy_data())
        super().save(*args, **kwargs)

    def _strategy_data(self) -> dict[str, Any]:
        params = pairs_from_json(self.params)
        if not params:
            return {"strategy": self.strategy}
        return {"strategy": {"name": self.strategy, **params} if isinstance(params, dict) else params}


class TeamMember(EventPart):
    """A player's place in a team's roster; a player is in one team at most."""

    owner_path = "team__event"
    references = ("player",)

    team = models.ForeignKey(Team, models.CASCADE, related_name="members")
    # Restricted, not protected: both go when their event goes, but no team loses its player unawares.
    player = models.OneToOneField(Player, models.RESTRICT, related_name="membership")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return str(self.player)

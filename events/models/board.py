"""Tiles and the rules that say what counts for them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import UniqueConstraint

from events.models.catalogue import Activity, Capability, Drop
from events.models.event import Event, EventPart
from events.models.validation import KEY_LENGTH, above_zero, between, not_empty, validate_text


class Tile(EventPart):
    """A goal on the board; the tiles that share a row number make up a row."""

    reads = (
        "rules__activity",
        "rules__drops__drop",
        "rules__requirements__capability",
        "rules__modifiers__capability",
    )

    event = models.ForeignKey(Event, models.CASCADE)
    row = models.PositiveSmallIntegerField(default=0, help_text="0 is the row that is open from the start.")
    position = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=KEY_LENGTH, validators=[validate_text])
    name = models.CharField(max_length=KEY_LENGTH, validators=[validate_text])
    points = models.PositiveIntegerField()
    needs = models.DecimalField(
        max_digits=16, decimal_places=6, default=1, help_text="Progress to finish it."
    )

    class Meta:
        ordering = ("row", "position", "id")
        default_related_name = "tiles"
        constraints = (
            UniqueConstraint(fields=("event", "key"), name="tile_key_in_event"),
            not_empty("tile_named", "key", "name"),
            between("row", 0, 49, "tile_row"),
            between("points", 1, 1000, "tile_points"),
            between("needs", 1, 10**9, "tile_needs"),
        )

    def __str__(self) -> str:
        return self.name

    def as_data(self) -> dict[str, Any]:
        """Return the tile with its rules as a document has it."""
        return {
            "key": self.key,
            "name": self.name,
            "points": self.points,
            "needs": self.needs,
            "rules": [rule.as_data() for rule in self.rules.all()],
        }


class Rule(EventPart):
    """That an activity may be done for a tile, and which of its drops count."""

    owner_path = "tile__event"
    references = ("activity",)

    tile = models.ForeignKey(Tile, models.CASCADE)
    # Restricted, not protected: both go when their event goes, but no rule loses its activity.
    activity = models.ForeignKey(Activity, models.RESTRICT)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        default_related_name = "rules"

    def __str__(self) -> str:
        return f"{self.activity} for {self.tile}"

    def as_data(self) -> dict[str, Any]:
        """Return the rule as a document has it."""
        return {
            "activity": self.activity.key,
            "drops": {accepted.drop.key: accepted.weight for accepted in self.drops.all()},
            "requires": [requirement.capability.key for requirement in self.requirements.all()],
            "modifiers": [modifier.as_data() for modifier in self.modifiers.all()],
        }


class RulePart(EventPart):
    """What belongs to a rule, in an order."""

    owner_path = "rule__tile__event"

    rule = models.ForeignKey(Rule, models.CASCADE)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class RuleDrop(RulePart):
    """A drop that counts for a tile, and how much."""

    references = ("drop",)

    drop = models.ForeignKey(Drop, models.RESTRICT, related_name="rules")
    weight = models.DecimalField(max_digits=10, decimal_places=6, default=1, help_text="Progress a unit.")

    class Meta:
        ordering = ("position", "id")
        default_related_name = "drops"
        constraints = (
            UniqueConstraint(fields=("rule", "drop"), name="rule_drop_once"),
            above_zero("weight", 1000, "rule_drop_weight"),
        )

    def __str__(self) -> str:
        return f"{self.drop.key} x {self.weight.normalize():f}"

    def check_references(self) -> None:
        super().check_references()
        # A form that adds the rule may lack its activity, which is an error of the rule's own.
        if self.rule.activity_id is not None and self.drop.activity_id != self.rule.activity_id:
            raise ValidationError({"drop": f"{self.rule.activity} never drops {self.drop.key}."})


class RuleRequirement(RulePart):
    """A capability that a player needs to follow a rule."""

    references = ("capability",)

    capability = models.ForeignKey(Capability, models.RESTRICT)

    class Meta:
        ordering = ("position", "id")
        default_related_name = "requirements"
        constraints = (UniqueConstraint(fields=("rule", "capability"), name="rule_requirement_once"),)

    def __str__(self) -> str:
        return str(self.capability)


class RuleModifier(RulePart):
    """What a capability changes about the attempts of a rule."""

    references = ("capability",)

    capability = models.ForeignKey(Capability, models.RESTRICT)
    time = models.DecimalField(max_digits=9, decimal_places=6, default=1)
    rate = models.DecimalField(max_digits=9, decimal_places=6, default=1)

    class Meta:
        ordering = ("position", "id")
        default_related_name = "modifiers"
        constraints = (
            UniqueConstraint(fields=("rule", "capability"), name="rule_modifier_once"),
            above_zero("time", 100, "rule_modifier_time"),
            above_zero("rate", 100, "rule_modifier_rate"),
        )

    def __str__(self) -> str:
        return f"{self.capability}: time x {self.time.normalize():f}, rate x {self.rate.normalize():f}"

    def as_data(self) -> dict[str, Any]:
        """Return the modifier as a document has it."""
        return {"capability": self.capability.key, "time": self.time, "rate": self.rate}

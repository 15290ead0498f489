"""Activities with their drops, capabilities and players: of an event, or of the library."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, NamedTuple, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q, UniqueConstraint
from pydantic import TypeAdapter

from events import document
from events.models.event import Event, EventPart, PartQuerySet
from events.models.validation import (
    KEY_LENGTH,
    above_zero,
    at_most,
    between,
    not_empty,
    validate_bands,
    validate_loot,
    validate_part,
    validate_sessions,
    validate_text,
    validate_zone,
)
from events.models.values import drop_keys, loot_from_json, loot_to_json

_ACTIVITY = TypeAdapter(document.Activity)

# A comparison with nothing counts as fulfilled in a check: what must not be empty says so.
WITH_PARTIES = Q(
    group_min__isnull=False,
    group_max__isnull=False,
    group_min__gte=1,
    group_min__lte=models.F("group_max"),
    group_max__lte=100,
)
WITHOUT_PARTIES = Q(solo=True, group_min__isnull=True, group_max__isnull=True)

TIME_MODELS = [(str(model), str(model)) for model in document.TimeModel]


def unique_in_event(kind: str, field: str) -> tuple[UniqueConstraint, UniqueConstraint]:
    """Return constraints on a field that names one part in each event, and one in the library."""
    # Two of them, since empty events count as different in a plain unique constraint.
    in_library = Q(event__isnull=True)
    return (
        UniqueConstraint(fields=("event", field), condition=~in_library, name=f"{kind}_{field}_in_event"),
        UniqueConstraint(fields=(field,), condition=in_library, name=f"{kind}_{field}_in_library"),
    )


class Use(NamedTuple):
    """A tile or team that needs an entry, which keeps the entry from being deleted."""

    part: EventPart
    how: str

    def __str__(self) -> str:
        return f"{self.part._meta.verbose_name} {self.part} {self.how}"


class CatalogueQuerySet(PartQuerySet):
    def library(self) -> "CatalogueQuerySet":
        """Keep what belongs to no event."""
        return self.filter(event=None)


class CatalogueEntry(EventPart):
    """What an event has of its own, perhaps copied from the library, or what the library has."""

    event = models.ForeignKey(
        Event, models.CASCADE, null=True, blank=True, help_text="Empty for an entry of the library."
    )
    position = models.PositiveIntegerField(default=0)
    # How to get to what keeps an entry from being deleted, for `prefetch_related`.
    users: ClassVar[tuple[str, ...]] = ()

    copied_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="copies"
    )

    objects: ClassVar[models.Manager[Any]] = CatalogueQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def used_by(cls, entries: Iterable[Self]) -> list[Use]:
        """Return what needs any of these entries, in as many queries for many as for one."""
        with_users = cls._default_manager.filter(pk__in=[entry.pk for entry in entries])
        return [use for entry in with_users.prefetch_related(*cls.users) for use in entry._uses()]

    def _uses(self) -> Iterator[Use]:
        raise NotImplementedError

    def clean(self) -> None:
        super().clean()
        self._refuse_a_move()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_a_move()
        super().save(*args, **kwargs)

    def _refuse_a_move(self) -> None:
        """Refuse another event than before: what refers to this would stay behind."""
        if self._state.adding:
            return
        moved = type(self)._default_manager.filter(pk=self.pk).exclude(event=self.event_id)
        if moved.exists():
            raise ValidationError(f"{self} can't move to another event: copy it.")


class Capability(CatalogueEntry):
    """Something a player has: a quest, an item, a level."""

    users = ("requirements__rule__tile", "modifiers__rule__tile")

    key = models.CharField(max_length=KEY_LENGTH, validators=[validate_text])
    name = models.CharField(max_length=KEY_LENGTH, validators=[validate_text])

    class Meta:
        ordering = ("position", "id")
        verbose_name_plural = "capabilities"
        default_related_name = "capabilities"
        constraints = (*unique_in_event("capability", "key"), not_empty("capability_named", "key", "name"))

    def __str__(self) -> str:
        return self.name

    def _uses(self) -> Iterator[Use]:
        yield from (Use(asked.rule.tile, f"requires {self}") for asked in self.requirements.all())
        yield from (Use(modifier.rule.tile, f"is modified by {self}") for modifier in self.modifiers.all())


class Activity(CatalogueEntry):
    """Something players do: an attempt takes time and rolls loot lines."""

    users = ("rules__tile",)
    # New keys of drops by their old ones, for whoever renames some: rules accept them as before.
    renamed_drops: Mapping[str, str] = {}

    key = models.CharField(max_length=KEY_LENGTH, validators=[validate_text])
    name = models.CharField(max_length=KEY_LENGTH, validators=[validate_text])
    solo = models.BooleanField(default=True, help_text="May be done alone.")
    group_min = models.PositiveSmallIntegerField(null=True, blank=True)
    group_max = models.PositiveSmallIntegerField(null=True, blank=True)
    attempt_seconds = models.PositiveIntegerField()
    attempt_spread = models.PositiveIntegerField(default=0)
    attempt_model = models.CharField(max_length=20, choices=TIME_MODELS, default="uniform")
    loot = models.JSONField(default=list, blank=True, validators=[validate_loot])
    bands = models.JSONField(default=list, blank=True, validators=[validate_bands])

    class Meta:
        ordering = ("position", "id")
        verbose_name_plural = "activities"
        default_related_name = "activities"
        constraints = (
            *unique_in_event("activity", "key"),
            not_empty("activity_named", "key", "name"),
            between("attempt_seconds", 1, 86_400, "activity_seconds"),
            at_most("attempt_spread", "attempt_seconds", "activity_spread"),
            models.CheckConstraint(
                condition=Q(attempt_model__in=[model for model, _ in TIME_MODELS]), name="activity_time_model"
            ),
            models.CheckConstraint(
                condition=WITHOUT_PARTIES | WITH_PARTIES,
                name="activity_group",
                violation_error_message="Parties have from group min to group max players, at most 100; "
                "without parties it must be possible alone.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def as_data(self) -> dict[str, Any]:
        """Return the activity as a document has it."""
        parties = self.group_min is not None
        return {
            "name": self.name,
            "solo": self.solo,
            "group": {"min": self.group_min, "max": self.group_max} if parties else None,
            "attempt": {
                "seconds": self.attempt_seconds,
                "spread": self.attempt_spread,
                "model": self.attempt_model,
            },
            "loot": loot_from_json(self.loot),
            "bands": self.bands,
        }

    def _uses(self) -> Iterator[Use]:
        # Once for each tile: several of its rules may be for the same activity.
        tiles = {rule.tile_id: rule.tile for rule in self.rules.all()}
        return (Use(tile, f"has a rule for {self}") for tile in tiles.values())

    def clean(self) -> None:
        super().clean()
        validate_part(_ACTIVITY, self.as_data())
        self._refuse_to_lose_drops()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the activity and keep its drops in step with its loot."""
        # Read and written again, so that mappings from forms become pairs.
        self.loot = loot_to_json(loot_from_json(self.loot))
        validate_part(_ACTIVITY, self.as_data())
        with transaction.atomic():
            super().save(*args, **kwargs)
            self._match_drops()

    def _match_drops(self) -> None:
        keys = drop_keys(self.loot)
        self._refuse_to_lose_drops()
        for old, new in self.renamed_drops.items():
            Drop.objects.filter(activity=self, key=old).update(key=new)
        Drop.objects.filter(activity=self).exclude(key__in=keys).delete()
        Drop.objects.bulk_create(
            [Drop(activity=self, key=key, position=position) for position, key in enumerate(keys)],
            update_conflicts=True,
            update_fields=("position",),
            unique_fields=("activity", "key"),
        )

    def _refuse_to_lose_drops(self) -> None:
        """Refuse loot without a drop that a rule accepts."""
        if self._state.adding:
            return
        keys = {*drop_keys(loot_to_json(loot_from_json(self.loot)))}
        kept = keys | {old for old, new in self.renamed_drops.items() if new in keys}
        in_use = Drop.objects.filter(activity=self, rules__isnull=False).exclude(key__in=kept)
        tiles = in_use.values_list("key", "rules__rule__tile__name").distinct().order_by("key")
        if lost := [f"{key} (tile {name})" for key, name in tiles]:
            raise ValidationError({"loot": f"Rules accept {', '.join(lost)}: change them first."})


class Drop(EventPart):
    """A named thing that an activity's outcomes grant; it follows from the activity's loot."""

    owner_path = "activity__event"

    activity = models.ForeignKey(Activity, models.CASCADE)
    key = models.CharField(max_length=KEY_LENGTH, validators=[validate_text])
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        default_related_name = "drops"
        constraints = (
            UniqueConstraint(fields=("activity", "key"), name="drop_key_in_activity"),
            not_empty("drop_named", "key"),
        )

    def __str__(self) -> str:
        return f"{self.key} ({self.activity})"


class Player(CatalogueEntry):
    """A person; without sessions always available."""

    reads = ("held__capability",)
    users = ("membership__team",)

    name = models.CharField(max_length=KEY_LENGTH, validators=[validate_text])
    skill = models.DecimalField(
        max_digits=9,
        decimal_places=6,
        default=1,
        help_text="Multiplies the time of attempts: less is faster.",
    )
    timezone = models.CharField(
        max_length=KEY_LENGTH, blank=True, validators=[validate_zone], help_text="The event's where empty."
    )
    sessions = models.JSONField(default=list, blank=True, validators=[validate_sessions])
    capabilities = models.ManyToManyField(Capability, through="PlayerCapability", related_name="players")

    class Meta:
        ordering = ("position", "id")
        default_related_name = "players"
        constraints = (
            *unique_in_event("player", "name"),
            not_empty("player_named", "name"),
            above_zero("skill", 100, "player_skill"),
        )

    def __str__(self) -> str:
        return self.name

    def as_data(self) -> dict[str, Any]:
        """Return the player as a document has them."""
        return {
            "skill": self.skill,
            "capabilities": [held.capability.key for held in self.held.all()],
            "sessions": self.sessions,
            "timezone": self.timezone or None,
        }

    def _uses(self) -> Iterator[Use]:
        membership = getattr(self, "membership", None)
        if membership is not None:
            yield Use(membership.team, f"has {self} in its roster")


class PlayerCapability(EventPart):
    """That a player has a capability."""

    owner_path = "player__event"
    references = ("capability",)

    player = models.ForeignKey(Player, models.CASCADE)
    capability = models.ForeignKey(Capability, models.CASCADE, related_name="holders")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        verbose_name_plural = "player capabilities"
        default_related_name = "held"
        constraints = (UniqueConstraint(fields=("player", "capability"), name="player_capability_once"),)

    def __str__(self) -> str:
        return str(self.capability)

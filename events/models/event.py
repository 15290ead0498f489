"""An event, and what it means to be a part of one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, TypeVar
from zoneinfo import ZoneInfo

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import F, Max
from django.utils import timezone as clock

from events.document.values import SLUG_PATTERN
from events.models.counting import number_of
from events.models.validation import KEY_LENGTH, between, not_empty, validate_text, validate_zone

Read = TypeVar("Read")

# After as many reads in vain, who saves has to wait.
READ_ATTEMPTS = 5

validate_slug = RegexValidator(
    f"^{SLUG_PATTERN}\\Z", "A slug has lower-case letters, digits, hyphens and underscores."
)


class StaleEvent(Exception):
    """Somebody else has saved the event since it was loaded."""


class EventQuerySet(models.QuerySet["Event"]):
    def raise_version(self) -> int:
        """Mark the events as changed; return how many there were."""
        return self.update(version=F("version") + 1, updated_at=clock.now())

    def with_sizes(self) -> "EventQuerySet":
        """Add how many tiles, players and teams each has, as `n_tiles`, `n_players` and `n_teams`."""
        kinds = ("tiles", "players", "teams")
        return self.annotate(**{f"n_{parts}": number_of(parts, Event) for parts in kinds})


class Event(models.Model):
    """A community bingo event: it owns its activities, capabilities, players, tiles and teams."""

    slug = models.CharField(max_length=KEY_LENGTH, unique=True, validators=[validate_slug])
    name = models.CharField(max_length=KEY_LENGTH, validators=[validate_text])
    # On the event's own clocks: a moment could not hold a start in an hour that spring skips.
    start_date = models.DateField()
    start_time = models.TimeField()
    timezone = models.CharField(max_length=KEY_LENGTH, validators=[validate_zone])
    duration_hours = models.DecimalField(max_digits=8, decimal_places=4)
    unlock_points = models.PositiveIntegerField(default=5, help_text="0 opens every row from the start.")
    group_wait_minutes = models.PositiveIntegerField(default=15)
    n_rows = models.PositiveSmallIntegerField(
        "rows",
        default=0,
        help_text="Rows of the board, empty ones included; tiles in later rows add to them.",
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ("start_date", "start_time", "slug")
        constraints = (
            between("duration_hours", 1, 1440, "event_duration"),
            between("unlock_points", 0, 20_000, "event_unlock_points"),
            between("group_wait_minutes", 0, 1440, "event_group_wait"),
            between("n_rows", 0, 50, "event_rows"),
            not_empty("event_named", "slug", "name", "timezone"),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the event; raise `StaleEvent` if somebody else has saved it since it was loaded."""
        with transaction.atomic():
            if not self._state.adding:
                self.take_next_version()
            super().save(*args, **kwargs)

    @property
    def starts_at(self) -> datetime:
        """The start on the event's own clocks, without a zone."""
        return datetime.combine(self.start_date, self.start_time)

    @property
    def start(self) -> datetime:
        """The start as a moment."""
        return self.starts_at.replace(tzinfo=ZoneInfo(self.timezone))

    def take_next_version(self) -> None:
        """Raise the version by one, if it still is what was loaded; else raise `StaleEvent`."""
        unchanged = Event.objects.filter(pk=self.pk, version=self.version)
        if not unchanged.raise_version():
            raise StaleEvent(f"{self.slug} was changed by somebody else meanwhile: load it again.")
        self.version += 1


def read_of_one_version(event: Event, read: Callable[[Event], Read]) -> Read:
    """Return what ``read`` makes of the stored event, all of it at one version.

    Several queries can see several states: what was saved in between raised the version, and it is read
    again. Raises `Event.DoesNotExist` where the event is gone.
    """
    for _ in range(READ_ATTEMPTS):
        stored = Event.objects.get(pk=event.pk)
        result = read(stored)
        if Event.objects.filter(pk=stored.pk, version=stored.version, updated_at=stored.updated_at).exists():
            return result
    with transaction.atomic():
        return read(Event.objects.select_for_update().get(pk=event.pk))


def next_position(kind: type[models.Model], **among: Any) -> int:
    """Return the position after the last of a kind, among those with these values: `event=…`, `row=…`."""
    last: int | None = kind._default_manager.filter(**among).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


class PartQuerySet(models.QuerySet[Any]):
    """Parts of events. `update` and the bulk methods leave versions to the caller."""

    def delete(self) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            owners = set(self.order_by().values_list(self.model.owner_path, flat=True)) - {None}
            Event.objects.filter(pk__in=owners).raise_version()
            return self.delete_keeping_versions()

    def delete_keeping_versions(self) -> tuple[int, dict[str, int]]:
        """Delete for a caller that raises the version itself, once for all that it changes."""
        return super().delete()

    # As Django marks its own: not for templates, and not on managers, where it would delete everything.
    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]
    delete_keeping_versions.alters_data = True  # type: ignore[attr-defined]
    delete_keeping_versions.queryset_only = True  # type: ignore[attr-defined]


class EventPart(models.Model):
    """What belongs to an event: saving or deleting it raises the event's version.

    It may refer to parts of its own event only. The library's entries belong to no event.
    """

    # How to get from a part to its event, and which of its references must belong to the same one.
    owner_path: ClassVar[str] = "event"
    references: ClassVar[tuple[str, ...]] = ()
    # What `as_data` reads besides the part's own row, for `prefetch_related`.
    reads: ClassVar[tuple[str, ...]] = ()

    objects = PartQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            self.check_references()
            self._raise_version()
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            self._raise_version()
            return super().delete(*args, **kwargs)

    @property
    def owner_id(self) -> int | None:
        """The id of the event that this belongs to; None in the library."""
        part: Any = self
        *steps, last = self.owner_path.split("__")
        for step in steps:
            part = getattr(part, step)
        owner: int | None = getattr(part, f"{last}_id")
        return owner

    def clean(self) -> None:
        super().clean()
        if self._has_references():
            self.check_references()

    def check_references(self) -> None:
        """Refuse references to parts of another event: the database can't tell them apart."""
        for name in self.references:
            if getattr(self, name).owner_id != self.owner_id:
                raise ValidationError({name: f"{getattr(self, name)} belongs to another event."})

    def _raise_version(self) -> None:
        # Before the part's own row is written: whoever stores a document locks the event first, too.
        if self.owner_id is not None:
            Event.objects.filter(pk=self.owner_id).raise_version()

    def _has_references(self) -> bool:
        """Say whether all is there that the check compares; a form may have left some of it empty."""
        # By the objects and not by their ids: on a page that adds both, the parent has no id yet.
        try:
            self.owner_id  # noqa: B018
            return all(getattr(self, name) is not None for name in self.references)
        except ObjectDoesNotExist:
            return False

"""Whether attempts fit into the time that players have: an attempt never starts that would end too late."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from math import prod

from events.availability import Interval
from events.document import Activity, EventDocument, Rule, TimeModel, millionths

MILLION = 10**6


def fewest_players(activity: Activity) -> int:
    """Return how many players an attempt takes at least."""
    return 1 if activity.solo or activity.group is None else activity.group.min


def quickest_seconds(activity: Activity) -> int:
    """Return the least seconds that an attempt may draw, before multipliers."""
    return activity.attempt.seconds - _spread(activity)


def slowest_seconds(activity: Activity) -> int:
    """Return the most seconds that an attempt may draw, before multipliers."""
    return activity.attempt.seconds + _spread(activity)


class People:
    """What attempts ask of players: how quick they are, what they have, how long they play at a stretch."""

    def __init__(self, document: EventDocument, online: Mapping[str, list[Interval]]) -> None:
        self.online = online
        self.skills = {name: millionths(player.skill) for name, player in document.players.items()}
        self.capabilities = {name: set(player.capabilities) for name, player in document.players.items()}
        self._most_together: dict[tuple[tuple[str, ...], int], int] = {}

    @cached_property
    def longest(self) -> dict[str, int]:
        """The longest stretch of each player, in seconds; 0 for who is never online."""
        return {
            name: max((end - start for start, end in spans), default=0) for name, spans in self.online.items()
        }

    def most_together(self, players: Sequence[str], seconds: int = 1) -> int:
        """Return how many of the players are online at once for so many seconds, at most."""
        asked = (tuple(players), seconds)
        if asked not in self._most_together:
            self._most_together[asked] = self._count_together(players, seconds)
        return self._most_together[asked]

    def _count_together(self, players: Iterable[str], seconds: int) -> int:
        spans = [span for name in players for span in self.online[name]]
        # When an attempt of that length may start: the end is the first second that is too late.
        starts = [(start, end - seconds + 1) for start, end in spans if end - start >= seconds]
        # Who goes offline in a second is not there any more for who comes online in it: -1 sorts before 1.
        changes = sorted([(start, 1) for start, _ in starts] + [(end, -1) for _, end in starts])
        return max(accumulate(change for _, change in changes), default=0)


class Crew:
    """The players of a team who may follow a rule, and the attempts that they have the time for.

    Where it can't be told at once who would be in a party, the quickest party that might be is reckoned with:
    what doesn't fit then never fits. Multipliers are in millionths.
    """

    def __init__(self, activity: Activity, rule: Rule, people: People, players: Sequence[str]) -> None:
        self.activity = activity
        self.players = players
        self._people = people
        self._modifiers = [(modifier.capability, millionths(modifier.time)) for modifier in rule.modifiers]

    @cached_property
    def is_party(self) -> bool:
        """Whether they are enough for an attempt, and as many are ever online together."""
        fewest = fewest_players(self.activity)
        return len(self.players) >= fewest and (
            fewest == 1 or self._people.most_together(self.players) >= fewest
        )

    @property
    def longest(self) -> int:
        """The seconds that any of them plays at a stretch, at most."""
        return max((self._people.longest[name] for name in self.players), default=0)

    def can_start(self, raw_seconds: int) -> bool:
        """Say whether any of them can start an attempt of that draw."""
        return any(self._party_can_start(size, raw_seconds) for size in self._factors)

    def least_seconds(self, player: str, raw_seconds: int) -> int:
        """Return the least seconds of an attempt of that draw that a player makes; they are a party."""
        seconds = [self._seconds_alone(player, raw_seconds)] if 1 in self._factors else []
        if self._quickest_party:
            seconds.append(_multiplied(raw_seconds, [self._people.skills[player], *self._quickest_party]))
        return min(seconds)

    def who_never_starts(self, raw_seconds: int) -> dict[str, int]:
        """Return who never plays long enough for an attempt of that draw, with the seconds that it takes."""
        longest = self._people.longest
        # Most people play far longer.
        bound = raw_seconds * self._greatest_multiplier / MILLION
        least = {
            name: self.least_seconds(name, raw_seconds) for name in self.players if longest[name] < bound
        }
        return {name: seconds for name, seconds in least.items() if longest[name] < seconds}

    def _party_can_start(self, size: int, raw_seconds: int) -> bool:
        longest = self._people.longest
        if size == 1:
            return any(self._seconds_alone(name, raw_seconds) <= longest[name] for name in self.players)
        # The slowest member's skill is the party's: the best that a party of this size may have.
        skill = sorted(self._people.skills[name] for name in self.players)[size - 1]
        seconds = _multiplied(raw_seconds, [skill, *self._factors[size]])
        if sum(longest[name] >= seconds for name in self.players) < size:
            return False
        return self._people.most_together(self.players, seconds) >= size

    def _seconds_alone(self, player: str, raw_seconds: int) -> int:
        held = self._people.capabilities[player]
        modifiers = [time for capability, time in self._modifiers if capability in held]
        return _multiplied(raw_seconds, [self._people.skills[player], self._factors[1][0], *modifiers])

    @cached_property
    def _factors(self) -> dict[int, list[int]]:
        """The least multipliers of parties besides skill, by those sizes that matter."""
        modifiers = list(self._party_modifiers())
        return {
            size: [_band_time(self.activity, size), *modifiers]
            for size in _sizes_that_matter(self.activity, len(self.players))
        }

    @cached_property
    def _quickest_party(self) -> list[int]:
        """The least of those multipliers for more than one player; none where nobody has company."""
        return min((factors for size, factors in self._factors.items() if size > 1), default=[])

    def _party_modifiers(self) -> Iterator[int]:
        for capability, time in self._modifiers:
            has = (capability in self._people.capabilities[name] for name in self.players)
            # Who makes a party slower can stay away from it, unless everybody would.
            if all(has) if time > MILLION else any(has):
                yield time

    @cached_property
    def _greatest_multiplier(self) -> int:
        """A multiplier that no attempt of theirs exceeds."""
        skill = max((self._people.skills[name] for name in self.players), default=MILLION)
        bands = max([MILLION, *(millionths(band.time) for band in self.activity.bands)])
        factors = [skill, bands, *(max(time, MILLION) for _, time in self._modifiers)]
        # Rounded up.
        return int(-(-prod(factors) // MILLION ** (len(factors) - 1)))


def _spread(activity: Activity) -> int:
    return 0 if activity.attempt.model == TimeModel.FIXED else activity.attempt.spread


def _sizes_that_matter(activity: Activity, n_players: int) -> list[int]:
    """Return the sizes that a party may have, the least alone of those that are equally quick."""
    sizes = {1} if activity.solo or activity.group is None else set()
    if activity.group is not None:
        group = activity.group
        sizes |= {group.min, *(max(band.size.lo, group.min) for band in activity.bands)}
        # Beyond a band that slows parties down, larger ones may be quicker again.
        sizes |= {band.size.hi + 1 for band in activity.bands if band.size.hi >= group.min}
        sizes = {size for size in sizes if size == 1 or group.min <= size <= group.max}
    return sorted(size for size in sizes if size <= n_players)


def _band_time(activity: Activity, size: int) -> int:
    times = (millionths(band.time) for band in activity.bands if band.size.lo <= size <= band.size.hi)
    return next(times, MILLION)


def _multiplied(raw_seconds: int, factors: Iterable[int]) -> int:
    """Return the seconds of an attempt, multiplied as the simulation model says."""
    product = MILLION
    for factor in factors:
        product = product * factor // MILLION
    return max(1, raw_seconds * product // MILLION)

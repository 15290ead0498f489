"""One team of one run, second by second."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

from events.availability import intervals
from events.document import Activity, EventDocument, Rule, millionths
from simulations.engine.draws import draw, seed_key, stream_key
from tests.engine.oracle.attempts import duration, roll_lines
from tests.engine.oracle.progress import NEVER, Progress
from tests.engine.oracle.seats import Attempt, Choice, Seat, State


class LogEntry(NamedTuple):
    second: int
    kind: str
    details: dict[str, Any]


@dataclass
class OracleTeam:
    """What one team came to in one run; seconds are -1 for never."""

    name: str
    points: int
    tiles: int
    row: int
    last_s: int
    rows: list[int]
    tiles_s: list[int]
    opened_row: list[int]
    tile_points: list[int]
    activity_attempts: Counter[str]
    activity_seconds: Counter[str]
    tile_attempts: list[int]
    tile_seconds: list[int]
    granted: Counter[tuple[str, str]]
    wasted: Counter[tuple[str, str]]
    lost: Counter[tuple[str, str]]
    log: list[LogEntry]

    def points_at(self, second: int) -> int:
        """Return the points reached by the end of ``second``."""
        return sum(
            points
            for points, finished_s in zip(self.tile_points, self.tiles_s, strict=True)
            if 0 <= finished_s <= second
        )

    def starts_of(self, activity: str) -> list[int]:
        """Return the seconds in which attempts of an activity started, in the order of their ends."""
        return [
            entry.details["start"]
            for entry in self.log
            if entry.kind == "attempt" and entry.details["activity"] == activity
        ]


class TeamRun:
    """Plays one team through the event."""

    def __init__(self, document: EventDocument, team: str, seed: str, run: int) -> None:
        self.document = document
        self.team = team
        self.seed = seed_key(seed)
        self.run = run
        self.progress = Progress(document, team)
        self.seats = [self.seat(name, position) for position, name in enumerate(document.teams[team].players)]
        self.attempts: list[Attempt] = []
        self.wait_s = document.group_wait_minutes * 60
        self.activity_attempts: Counter[str] = Counter()
        self.activity_seconds: Counter[str] = Counter()
        self.tile_attempts = [0] * len(self.progress.tiles)
        self.tile_seconds = [0] * len(self.progress.tiles)
        self.granted: Counter[tuple[str, str]] = Counter()
        self.wasted: Counter[tuple[str, str]] = Counter()
        self.lost: Counter[tuple[str, str]] = Counter()
        self.log: list[LogEntry] = []

    def seat(self, name: str, position: int) -> Seat:
        player = self.document.players[name]
        online = intervals(player, self.document)
        return Seat(
            name=name,
            position=position,
            skill=millionths(player.skill),
            capabilities=frozenset(player.capabilities),
            intervals=online,
            until=online[0][0] if online else None,
        )

    def play(self) -> OracleTeam:
        second: int | None = 0
        while second is not None:
            self.play_second(second)
            second = self.next_second(second)
        return self.outcome()

    def play_second(self, second: int) -> None:
        tile_finished = self.end_attempts(second)
        self.end_sessions(second)
        if tile_finished:
            self.look_again(second)
        else:
            self.end_waits(second)
        self.wake(second)
        while second < self.document.duration_s and any(seat.state == State.FREE for seat in self.seats):
            self.pick_and_start(second)

    def next_second(self, second: int) -> int | None:
        """Return the next second in which anything can happen, None when the event is over."""
        moments = [attempt.end for attempt in self.attempts]
        for seat in self.seats:
            moments += [end for _, end in seat.intervals]
            if seat.until is not None and seat.state in (State.AWAY, State.BUSY):
                moments.append(seat.until)
            if seat.state == State.WAITING:
                moments.append(self.deadline(seat))
        return min((m for m in moments if second < m <= self.document.duration_s), default=None)

    def deadline(self, seat: Seat) -> int:
        assert seat.clock is not None
        return seat.clock[0] + self.wait_s

    def rule(self, choice: Choice) -> Rule:
        return self.progress.tiles[choice.tile_ix].rules[choice.rule_ix]

    def activity(self, choice: Choice) -> Activity:
        return self.document.activities[self.rule(choice).activity]

    # The start of a second: attempts, sessions and waits end, players come online.

    def end_attempts(self, second: int) -> bool:
        """Resolve the attempts that end now; return whether a tile was finished."""
        due = [attempt for attempt in self.attempts if attempt.end == second]
        self.attempts = [attempt for attempt in self.attempts if attempt.end != second]
        before = list(self.progress.tiles_s)
        for attempt in sorted(due, key=lambda attempt: attempt.members[0].position):
            self.end_attempt(attempt)
        return self.progress.tiles_s != before

    def end_sessions(self, second: int) -> None:
        for seat in self.seats:
            if any(end == second for _, end in seat.intervals):
                seat.left_out.clear()
                if seat.state in (State.WAITING, State.IDLE):
                    seat.go_away(second)

    def look_again(self, second: int) -> None:
        """Free whoever waits or idles, since a tile of the team was finished."""
        for seat in self.seats:
            seat.left_out.clear()
            if seat.clock is not None and self.deadline(seat) == second:
                seat.clock = None
            if seat.state in (State.WAITING, State.IDLE):
                seat.state = State.FREE

    def end_waits(self, second: int) -> None:
        for seat in self.seats:
            if seat.state == State.WAITING and self.deadline(seat) == second:
                self.leave_out(seat)

    def leave_out(self, seat: Seat) -> None:
        assert seat.choice is not None
        seat.left_out.add(self.rule(seat.choice).activity)
        seat.clock = None
        seat.state = State.FREE

    def wake(self, second: int) -> None:
        for seat in self.seats:
            if seat.state in (State.AWAY, State.BUSY) and seat.until == second:
                if seat.is_online(second):
                    seat.state = State.FREE
                else:
                    seat.go_away(second)

    # Picks and parties.

    def pick_and_start(self, second: int) -> None:
        """Make one pass: everyone free picks, parties form, parties start."""
        picks: dict[Choice, list[Seat]] = {}
        for seat in self.seats:
            if seat.state == State.FREE:
                seat.choice = self.pick(seat)
                if seat.clock is not None and seat.clock[1] != seat.choice:
                    seat.clock = None
                if seat.choice is None:
                    seat.state = State.IDLE
                else:
                    picks.setdefault(seat.choice, []).append(seat)
        parties: list[list[Seat]] = []
        for choice, seats in picks.items():
            parties += self.form_parties(choice, seats, second)
        for members in sorted(parties, key=lambda members: members[0].position):
            self.start(members, second)

    def pick(self, seat: Seat) -> Choice | None:
        """Return the rule that a free player follows, None if there is nothing to do."""
        for tile_ix in self.progress.task_order:
            possible = [
                (self.progress.rule_estimates[tile_ix][rule_ix], rule_ix)
                for rule_ix, rule in enumerate(self.progress.tiles[tile_ix].rules)
                if seat.capabilities.issuperset(rule.requires) and rule.activity not in seat.left_out
            ]
            if possible:
                return Choice(tile_ix, min(possible)[1])
        return None

    def form_parties(self, choice: Choice, free: list[Seat], second: int) -> list[list[Seat]]:
        """Return the parties of those who follow one rule; the others of them wait."""
        activity = self.activity(choice)
        if activity.group is None:
            return [[seat] for seat in free]
        waiting = [seat for seat in self.seats if seat.state == State.WAITING and seat.choice == choice]
        company = sorted(free + waiting, key=lambda seat: seat.position)
        size = activity.group.max
        n_full = len(company) // size
        parties = [company[i * size : (i + 1) * size] for i in range(n_full)]
        rest = company[n_full * size :]
        if len(rest) >= activity.group.min:
            parties.append(rest)
        elif activity.solo:
            parties += [[seat] for seat in rest]
        else:
            for seat in rest:
                self.wait(seat, choice, second)
        return parties

    def wait(self, seat: Seat, choice: Choice, second: int) -> None:
        if self.wait_s == 0:
            self.leave_out(seat)
            return
        seat.state = State.WAITING
        if seat.clock is None:
            seat.clock = (second, choice)

    # Attempts and what they bring.

    def start(self, members: list[Seat], second: int) -> None:
        """Start an attempt, or stop those who lack the time for it."""
        choice = members[0].choice
        assert choice is not None
        end = second + duration(self.activity(choice), self.rule(choice), members, self.draw)
        late = [seat for seat in members if end > seat.session_end(second)]
        if not late:
            self.attempts.append(Attempt(second, end, members, choice))
        for seat in members:
            if seat in late:
                seat.go_away(second)
            elif late:
                seat.state = State.FREE
            else:
                seat.be_busy(end)

    def end_attempt(self, attempt: Attempt) -> None:
        key = self.rule(attempt.choice).activity
        tile_ix = attempt.choice.tile_ix
        player_seconds = (attempt.end - attempt.start) * len(attempt.members)
        self.activity_attempts[key] += 1
        self.activity_seconds[key] += player_seconds
        self.tile_attempts[tile_ix] += 1
        self.tile_seconds[tile_ix] += player_seconds
        self.note(
            attempt.end,
            "attempt",
            start=attempt.start,
            end=attempt.end,
            members=[seat.name for seat in attempt.members],
            tile=self.progress.tiles[tile_ix].key,
            activity=key,
        )
        penalty = self.resolve_rolls(attempt)
        for seat in attempt.members:
            seat.counts[key] += 1
            seat.until = attempt.end + penalty

    def resolve_rolls(self, attempt: Attempt) -> int:
        """Hand out what every roll grants; return the largest penalty."""
        rule, activity = self.rule(attempt.choice), self.activity(attempt.choice)
        penalty = 0
        for rolled in roll_lines(activity, rule, attempt.members, self.draw):
            self.note(attempt.end, "roll", line=rolled.line, member=rolled.member, outcome=rolled.outcome_ix)
            penalty = max(penalty, rolled.penalty_s)
            for drop, amount in rolled.drops:
                self.grant(attempt.end, rule.activity, drop, amount)
        return penalty

    def draw(self, seat: Seat, activity: str, slot: int) -> int:
        return draw(self.seed, self.run, stream_key(seat.name, activity), seat.counts[activity], slot)

    def grant(self, second: int, activity: str, drop: str, amount: int) -> None:
        tile_ix = self.progress.tile_for_grant(activity, drop)
        self.granted[activity, drop] += amount
        key = None if tile_ix is None else self.progress.tiles[tile_ix].key
        self.note(second, "grant", activity=activity, drop=drop, units=amount, tile=key)
        if tile_ix is None:
            self.wasted[activity, drop] += amount
            return
        self.lost[activity, drop] += self.progress.add(tile_ix, activity, drop, amount)
        if self.progress.is_reached(tile_ix):
            self.note(second, "finish", tile=key)
            row = self.progress.finish(tile_ix, second)
            if row is not None:
                self.note(second, "unlock", row=row)

    def note(self, second: int, kind: str, **details: Any) -> None:
        self.log.append(LogEntry(second, kind, details))

    def outcome(self) -> OracleTeam:
        tiles_s = self.progress.tiles_s
        points = [tile.points for tile in self.progress.tiles]
        return OracleTeam(
            name=self.team,
            points=sum(p for p, second in zip(points, tiles_s, strict=True) if second != NEVER),
            tiles=sum(second != NEVER for second in tiles_s),
            row=self.progress.last_row,
            last_s=max(tiles_s),
            rows=self.progress.rows_s,
            tiles_s=tiles_s,
            opened_row=self.progress.opened_row,
            tile_points=points,
            activity_attempts=self.activity_attempts,
            activity_seconds=self.activity_seconds,
            tile_attempts=self.tile_attempts,
            tile_seconds=self.tile_seconds,
            granted=self.granted,
            wasted=self.wasted,
            lost=self.lost,
            log=self.log,
        )


def play(document: EventDocument, seed: str, run: int) -> list[OracleTeam]:
    """Play one run of an event and return its teams in document order."""
    return [TeamRun(document, team, seed, run).play() for team in document.teams]

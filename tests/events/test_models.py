"""What the models and their tables allow, and when an event's version rises."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import count
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Model, RestrictedError

from events.models import (
    Activity,
    Capability,
    Drop,
    Event,
    Player,
    PlayerCapability,
    Rule,
    RuleDrop,
    RuleModifier,
    RuleRequirement,
    StaleEvent,
    Team,
    TeamMember,
    Tile,
    read_of_one_version,
)
from events.models.event import READ_ATTEMPTS
from events.transfer import document_of
from tests.events.factories import an_event, zulrah_data

pytestmark = pytest.mark.django_db

WRONG_VALUES: list[tuple[type[Model], str, Any]] = [
    (Event, "duration_hours", 0),
    (Event, "unlock_points", 20_001),
    (Event, "group_wait_minutes", 1441),
    (Event, "slug", ""),
    (Activity, "attempt_seconds", 86_401),
    (Activity, "attempt_spread", 10_000),
    (Activity, "attempt_model", "poisson"),
    (Activity, "group_max", 101),
    (Capability, "key", ""),
    (Player, "skill", 0),
    (Player, "skill", "100.000001"),
    (Tile, "points", 0),
    (Tile, "needs", "0.5"),
    (Tile, "row", 50),
    (RuleDrop, "weight", 0),
    (RuleModifier, "time", 0),
    (RuleModifier, "rate", 101),
    (Team, "name", ""),
]


@pytest.mark.parametrize(("model", "field", "value"), WRONG_VALUES)
def test_the_database_refuses_what_is_beyond_the_limits(model: Any, field: str, value: Any) -> None:
    an_event()
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**{field: value})


def test_an_activity_that_nobody_could_do_is_refused() -> None:
    an_event()
    with pytest.raises(IntegrityError), transaction.atomic():
        Activity.objects.update(solo=False, group_min=None, group_max=None)


def doubled_parts(event: Event) -> list[Model]:
    tile, rule_drop = Tile.objects.get(key="zulrah"), RuleDrop.objects.get(drop__key="loot.cox")
    held = PlayerCapability.objects.select_related("player", "capability").first()
    modifier = RuleModifier.objects.select_related("rule", "capability").first()
    requirement = RuleRequirement.objects.select_related("rule", "capability").get()
    member = TeamMember.objects.select_related("team", "player").get(player__name="Mia")
    assert held is not None
    assert modifier is not None
    return [
        Event(
            **{
                f: getattr(event, f)
                for f in ("slug", "name", "timezone", "start_date", "start_time", "duration_hours")
            }
        ),
        Capability(event=event, key="quest.ds2", name="Again"),
        Activity(event=event, key="raid.cox", name="Again", attempt_seconds=1),
        Player(event=event, name="Mia"),
        Tile(event=event, key=tile.key, name="Again", points=1),
        Team(event=event, name="Apes"),
        Drop(activity=rule_drop.drop.activity, key="loot.cox"),
        RuleDrop(rule=rule_drop.rule, drop=rule_drop.drop),
        RuleModifier(rule=modifier.rule, capability=modifier.capability),
        RuleRequirement(rule=requirement.rule, capability=requirement.capability),
        PlayerCapability(player=held.player, capability=held.capability),
        TeamMember(team=Team.objects.get(name="Zebras"), player=member.player),
    ]


def test_no_two_parts_of_an_event_share_a_name() -> None:
    for part in doubled_parts(an_event()):
        with pytest.raises(IntegrityError), transaction.atomic():
            part.save()


def test_no_two_entries_of_the_library_share_a_name() -> None:
    Capability.objects.create(key="quest.ds2", name="Dragon Slayer II")
    Capability.objects.create(event=an_event(), key="quest.new", name="New")
    Capability.objects.create(key="quest.new", name="New")
    with pytest.raises(IntegrityError), transaction.atomic():
        Capability.objects.create(key="quest.ds2", name="Again")
    assert Capability.objects.library().count() == 2


def out_of_team(event: Event, name: str) -> Player:
    """Return a player who is in no team any more, which keeps them from being deleted; not as a change."""
    TeamMember.objects.filter(team__event=event, player__name=name).delete_keeping_versions()
    return Player.objects.get(event=event, name=name)


def change_a_tile(event: Event) -> None:
    tile = Tile.objects.get(event=event, key="zulrah")
    tile.points = 9
    tile.save()


CHANGES: dict[str, Callable[[Event], object]] = {
    "a tile saved": change_a_tile,
    "a weight saved": lambda event: RuleDrop.objects.filter(rule__tile__event=event).first().save(),  # type: ignore[union-attr]
    "a member saved": lambda event: TeamMember.objects.filter(team__event=event).first().save(),  # type: ignore[union-attr]
    "a player added": lambda event: Player.objects.create(event=event, name="New"),
    "a player deleted": lambda event: out_of_team(event, "Mia").delete(),
    "several tiles deleted": lambda event: Tile.objects.filter(event=event).delete(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_any_part_raises_the_version(change: Callable[[Event], object]) -> None:
    event, other = an_event(), an_event(slug="other")
    change(event)
    event.refresh_from_db()
    other.refresh_from_db()
    assert (event.version, other.version) == (2, 1)


def test_saving_an_event_raises_its_version() -> None:
    event = an_event()
    event.name = "New name"
    event.save()
    assert event.version == Event.objects.get().version == 2


def test_an_event_that_somebody_else_saved_meanwhile_is_not_overwritten() -> None:
    mine = an_event()
    theirs = Event.objects.get()
    theirs.name = "Theirs"
    theirs.save()
    mine.name = "Mine"
    with pytest.raises(StaleEvent, match="changed by somebody else"):
        mine.save()
    assert Event.objects.get().name == "Theirs"


@pytest.mark.parametrize("n_saved", [0, 1, READ_ATTEMPTS])
def test_what_is_saved_while_it_is_read_is_read_again(n_saved: int) -> None:
    event, reads = an_event(), count(1)

    def read(stored: Event) -> int:
        if next(reads) <= n_saved:
            Event.objects.raise_version()
        return stored.version

    assert read_of_one_version(event, read) == event.version + n_saved


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_who_keeps_saving_an_event_waits_at_last_while_it_is_read() -> None:
    event = an_event()

    def save() -> int:
        try:
            return Event.objects.raise_version()
        finally:
            connection.close()

    def read(stored: Event) -> tuple[int, int]:
        saving.append(pool.submit(save))
        wait(saving, timeout=0.3)
        return stored.version, Event.objects.get().version

    saving: list[Future[int]] = []
    with ThreadPoolExecutor() as pool:
        before, after = read_of_one_version(event, read)
    assert before == after == event.version + READ_ATTEMPTS
    assert Event.objects.get().version == after + 1


def foreign_references(event: Event, other: Event) -> list[Any]:
    rule = Rule.objects.get(tile__event=event, tile__key="cox")
    capability = Capability.objects.get(event=other, key="quest.ds2")
    return [
        Rule(tile=rule.tile, activity=Activity.objects.get(event=other, key="raid.cox")),
        RuleDrop(rule=rule, drop=Drop.objects.get(activity__event=other, key="loot.cox")),
        RuleRequirement(rule=rule, capability=capability),
        RuleModifier(rule=rule, capability=capability),
        PlayerCapability(player=Player.objects.get(event=event, name="Mia"), capability=capability),
        TeamMember(team=Team.objects.get(event=event, name="Apes"), player=Player(event=other, name="New")),
    ]


def test_parts_can_not_refer_to_parts_of_another_event() -> None:
    for part in foreign_references(an_event(), an_event(slug="other")):
        for refuse in (part.clean, part.save) if not isinstance(part, TeamMember) else (part.save,):
            with pytest.raises(ValidationError, match="belongs to another event"):
                refuse()


def test_a_part_can_not_move_to_another_event() -> None:
    activity = Activity.objects.get(event=an_event(), key="raid.cox")
    for owner in (an_event(slug="other"), None):
        activity.event = owner
        with pytest.raises(ValidationError, match="can't move"):
            activity.save()


def test_a_rule_can_not_accept_a_drop_of_another_activity() -> None:
    event = an_event()
    rule = Rule.objects.get(tile__event=event, tile__key="cox")
    with pytest.raises(ValidationError, match=r"Chambers of Xeric never drops kill\.zulrah"):
        RuleDrop(rule=rule, drop=Drop.objects.get(key="kill.zulrah")).save()


@pytest.mark.parametrize(
    "part",
    [
        lambda: Activity.objects.get(key="raid.cox"),
        lambda: Drop.objects.get(key="loot.cox"),
        lambda: Capability.objects.get(key="quest.ds2"),
    ],
)
def test_what_rules_refer_to_can_not_be_deleted(part: Callable[[], Model]) -> None:
    an_event()
    with pytest.raises(RestrictedError):
        part().delete()


def test_deleting_an_event_deletes_all_that_it_owns_and_nothing_else() -> None:
    event, other = an_event(), an_event(slug="other")
    Capability.objects.create(key="quest.ds2", name="Dragon Slayer II")
    before = document_of(other)
    event.delete()
    assert document_of(other) == before
    assert Capability.objects.count() == 3
    assert Activity.objects.count() == 2


def test_drops_follow_the_loot_of_their_activity() -> None:
    activity = Activity(key="boss", name="Boss", attempt_seconds=60)
    activity.loot = [{"line": "main", "outcomes": [{"rate": 1, "drops": {"b": 1, "a": 2}}]}]
    activity.save()
    assert activity.loot[0]["outcomes"][0]["drops"] == [["b", 1], ["a", 2]]
    assert [drop.key for drop in activity.drops.all()] == ["b", "a"]
    activity.loot = [{"line": "main", "outcomes": [{"rate": 1, "drops": {"c": 1, "b": 2}}]}]
    activity.save()
    assert [drop.key for drop in activity.drops.all()] == ["c", "b"]


def test_loot_can_not_lose_a_drop_that_a_rule_accepts() -> None:
    activity = Activity.objects.get(event=an_event(), key="raid.cox")
    activity.loot = zulrah_data()["loot"]
    for refuse in (activity.full_clean, activity.save):
        with pytest.raises(ValidationError, match=r"Rules accept loot\.cox"):
            refuse()


WRONG_LOOT = [
    "loot",
    [{"line": "main"}],
    [{"line": "main", "outcomes": [{"rate": 2}]}],
    [{"line": "main", "outcomes": [{"rate": "1/2", "drops": [["a", 1, 2]]}]}],
    [{"line": "main", "outcomes": [{"rate": "3/4"}, {"rate": "1/2"}]}],
]


@pytest.mark.parametrize("loot", WRONG_LOOT)
def test_loot_that_no_document_may_have_is_refused_with_its_place(loot: Any) -> None:
    activity = Activity(key="boss", name="Boss", attempt_seconds=60, loot=loot)
    for refuse in (activity.full_clean, activity.save):
        with pytest.raises(ValidationError):
            refuse()
    assert not Activity.objects.exists()


def test_a_strategy_without_parameters_can_not_have_any() -> None:
    team = Team(event=an_event(), name="New", strategy="greedy", params=[["w_points", 1]])
    for refuse in (team.full_clean, team.save):
        with pytest.raises(ValidationError, match="no parameters"):
            refuse()


@pytest.mark.parametrize("field", ["timezone", "name", "slug"])
def test_forms_refuse_texts_that_no_document_may_have(field: str) -> None:
    event = an_event()
    setattr(event, field, " Nowhere\n")
    with pytest.raises(ValidationError) as caught:
        event.full_clean()
    assert list(caught.value.message_dict) == [field]

"""Changes are told by the names and units that the forms have."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.forms.utils import pretty_name

from events.admin.activities import ActivityForm
from events.admin.capabilities import CapabilityForm
from events.admin.change_words import (
    ACTIVITY,
    BAND,
    EVENT,
    LOOT_LINE,
    MODIFIER,
    NAMES,
    OUTCOME,
    PARTS,
    PLAYER,
    RULE,
    STRATEGY,
    TEAM,
    TILE,
    Label,
    Told,
    place_of,
)
from events.admin.events import EventForm
from events.admin.forms import described
from events.admin.loot import BandForm, LineForm, OutcomeForm
from events.admin.players import PlayerForm
from events.admin.rules import ModifierForm, RuleForm
from events.admin.teams import PARAMS, TeamForm
from events.admin.tiles import TileForm
from events.models import Activity, Event, Player, Team, Tile
from events.transfer import part_changes
from tests.events.factories import an_event

# Where a form calls a field otherwise than a document does.
RENAMED = {"held": "capabilities", "roster": "players"}
PARTIES = ACTIVITY["group"].inside
ATTEMPT = ACTIVITY["attempt"].inside
FORMS = [
    (EventForm, EVENT),
    (
        ActivityForm,
        ACTIVITY
        | {f"group_{name}": label for name, label in PARTIES.items()}
        | {f"attempt_{name}": label for name, label in ATTEMPT.items()},
    ),
    (LineForm, LOOT_LINE),
    (OutcomeForm, OUTCOME),
    (BandForm, BAND),
    (CapabilityForm, NAMES),
    (PlayerForm, PLAYER),
    (TeamForm, TEAM),
    (TileForm, TILE),
    (RuleForm, RULE),
    (ModifierForm, MODIFIER),
]


@pytest.mark.parametrize(("form", "labels"), FORMS)
def test_a_field_is_called_as_in_its_form(form: Any, labels: Mapping[str, Label]) -> None:
    for name, field in form.base_fields.items():
        if field.widget.is_hidden:
            continue
        called = str(field.label or pretty_name(name))
        assert called.removesuffix(" (s)") == labels[RENAMED.get(name, name)].name, name
        unit = field.widget.attrs.get("suffix")
        assert unit is None or unit == f"{labels[name].unit}s", name


def test_weights_of_a_strategy_are_called_as_in_the_form() -> None:
    assert {name: label for name, (label, _) in PARAMS.items()} == {
        name: label.name for name, label in STRATEGY.items() if name != "name"
    }


def unnamed(data: Any, label: Label) -> Iterator[str]:
    """Yield the fields of some data that no label tells of."""
    entries = (
        data.values() if isinstance(data, dict) and label.entry else data if isinstance(data, list) else ()
    )
    for entry in entries:
        yield from unnamed(entry, Label(inside=label.inside))
    if isinstance(data, dict) and label.inside and not label.entry:
        for name, value in data.items():
            if name not in label.inside:
                yield name
            else:
                yield from unnamed(value, label.inside[name])


@pytest.mark.django_db
def test_every_field_of_every_part_has_a_name() -> None:
    an_event()
    parts = [part for model in PARTS for part in model._default_manager.all()]
    assert {type(part) for part in parts} == {*PARTS}
    assert [
        name for part in parts for name in unnamed(described(part), Label(inside=PARTS[type(part)]))
    ] == []


@pytest.mark.parametrize(
    ("model", "before", "after", "told"),
    [
        (Event, {"duration_hours": "50"}, {"duration_hours": "49"}, "Duration: 50 hours → 49 hours"),
        (
            Event,
            {"group_wait_minutes": 1},
            {"group_wait_minutes": 0},
            "Wait for a party: 1 minute → 0 minutes",
        ),
        (
            Event,
            {"unlock_points": 999},
            {"unlock_points": 1000},
            "Points to open a row: 999 points → 1,000 points",
        ),
        (Activity, {"solo": True}, {"solo": False}, "Can be done alone: yes → no"),
        (
            Activity,
            {"group": None},
            {"group": {"min": 2, "max": 8}},
            "Parties: none → Smallest party 2, Largest party 8",
        ),
        (
            Activity,
            {"attempt": {"model": "uniform"}},
            {"attempt": {"model": "fixed"}},
            "Within that: Anything in between, equally likely → Always exactly the time",
        ),
        (
            Activity,
            {"loot": [{"line": "main", "roll": "per_player", "outcomes": []}]},
            {
                "loot": [
                    {"line": "main", "roll": "per_group", "outcomes": [{"rate": "1/2", "drops": {"a": 1}}]}
                ]
            },
            "Loot line main, Who rolls: Every member → The party once",
        ),
        (
            Activity,
            {"loot": [{"line": "main", "outcomes": []}]},
            {"loot": [{"line": "main", "outcomes": [{"rate": "1/2", "penalty_seconds": 1}]}]},
            "Loot line main, Outcome 1 added: Rate 1/2, Death costs 1 second",
        ),
        (
            Tile,
            {"rules": [{"drops": {"kill": 1}}]},
            {"rules": [{"drops": {"kill": 2}}]},
            "Rule 1, What counts, kill: 1 → 2",
        ),
        (
            Player,
            {"sessions": []},
            {"sessions": [{"day": "sat", "start": "9:00", "minutes": 60}]},
            "Weekly sessions: Saturday 9:00 for 60 minutes added",
        ),
        (
            Team,
            {"strategy": {"name": "weighted", "w_rate": 1}},
            {"strategy": {"name": "weighted", "w_rate": 2}},
            "Strategy, Points an hour: 1 → 2",
        ),
    ],
)
def test_changes_are_told_with_names_and_units(model: Any, before: Any, after: Any, told: str) -> None:
    assert part_changes(before, after, place_of(model))[0] == told


def test_what_has_no_name_is_told_by_its_key() -> None:
    assert str(Told(Label()).at("odd")) == "odd"

"""What changed, as people know it from the forms: `Duration: 50 hours → 49 hours`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from events.admin.activity_words import TIME_MODELS
from events.admin.loot import ROLLS
from events.admin.week import DAY_NAMES
from events.models import Activity, Capability, Event, Player, Team, Tile
from events.transfer.differences import SESSION_KEYS, Data, Place, shown


@dataclass(frozen=True)
class Label:
    """What a field is called in its form, and what is within it.

    ``unit`` is one of what its number counts. ``entry`` is one of what it holds, and ``inside`` the fields of
    that, or its own where it holds no entries. ``choices`` are the words for its values.
    """

    name: str = ""
    unit: str = ""
    entry: str = ""
    inside: Mapping[str, "Label"] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)


NAMES = {"name": Label("Name"), "key": Label("Key")}
EVENT = {
    **NAMES,
    "slug": Label("Slug"),
    "start_date": Label("Start date"),
    "start_time": Label("Start time"),
    "starts_at": Label("Start"),
    "timezone": Label("Time zone"),
    "duration_hours": Label("Duration", unit="hour"),
    "unlock_points": Label("Points to open a row", unit="point"),
    "group_wait_minutes": Label("Wait for a party", unit="minute"),
}
OUTCOME = {
    "rate": Label("Rate"),
    "penalty_seconds": Label("Death costs", unit="second"),
    "drops": Label("Drop"),
}
LOOT_LINE = {
    "line": Label("Name"),
    "roll": Label("Who rolls", choices=dict(ROLLS)),
    "times": Label("Rolls"),
    "outcomes": Label("Outcomes", entry="Outcome", inside=OUTCOME),
}
BAND = {"size": Label("Party size"), "time": Label("Time ×"), "rate": Label("Rates ×")}
ACTIVITY = {
    **NAMES,
    "solo": Label("Can be done alone"),
    "group": Label("Parties", inside={"min": Label("Smallest party"), "max": Label("Largest party")}),
    "attempt": Label(
        inside={
            "seconds": Label("An attempt takes", unit="second"),
            "spread": Label("Give or take", unit="second"),
            "model": Label("Within that", choices=dict(TIME_MODELS)),
        },
    ),
    "loot": Label("Loot", entry="Loot line", inside=LOOT_LINE),
    "bands": Label("Size bands", entry="Size band", inside=BAND),
}
PLAYER = {
    **NAMES,
    "skill": Label("Skill"),
    "timezone": Label("Time zone"),
    "capabilities": Label("Capabilities"),
    "sessions": Label("Weekly sessions", entry="Session"),
}
MODIFIER = {"capability": Label("Capability"), "time": Label("Time ×"), "rate": Label("Rate ×")}
RULE = {
    "activity": Label("Activity"),
    "drops": Label("What counts"),
    "requires": Label("Required capabilities"),
    "modifiers": Label("Modifiers", entry="Modifier", inside=MODIFIER),
}
TILE = {
    **NAMES,
    "row": Label("Row"),
    "points": Label("Points"),
    "needs": Label("Needs"),
    "rules": Label("Rules", entry="Rule", inside=RULE),
}
STRATEGY = {
    "name": Label(),
    "w_points": Label("Points"),
    "w_rate": Label("Points an hour"),
    "w_unlock": Label("Unlocking"),
    "w_shared": Label("Shared activities"),
    "w_hours": Label("Hours"),
}
TEAM = {**NAMES, "strategy": Label("Strategy", inside=STRATEGY), "players": Label("Roster")}
PARTS: dict[type[Model], dict[str, Label]] = {
    Event: EVENT,
    Activity: ACTIVITY,
    Capability: NAMES,
    Player: PLAYER,
    Team: TEAM,
    Tile: TILE,
}
DOCUMENT = {
    **EVENT,
    "capabilities": Label("Capabilities", entry="Capability", inside=NAMES),
    "activities": Label("Activities", entry="Activity", inside=ACTIVITY),
    "players": Label("Players", entry="Player", inside=PLAYER),
    "board": Label("Board", entry="Tile", inside=TILE),
    "teams": Label("Teams", entry="Team", inside=TEAM),
}


class Told(Place):
    """A place by the names that fields have in forms; people count entries from 1."""

    def __init__(self, label: Label, field: str = "", text: str = "", before: str = "") -> None:
        super().__init__(field, text)
        self._label, self._before = label, before

    def at(self, key: str) -> "Told":
        if self._label.entry:
            return self._entry(key)
        known = self._label.inside.get(key, Label(key))
        text = ", ".join(filter(None, (self.text, known.name)))
        return Told(known, key, text, self.text)

    def nth(self, ix: int) -> "Told":
        return self._entry(str(ix + 1))

    def _entry(self, name: str) -> "Told":
        text = ", ".join(filter(None, (self._before, f"{self._label.entry} {name}")))
        return Told(Label(inside=self._label.inside), name, text)

    def shown(self, value: Any) -> str:
        """Return a value with its unit, by the word that its form has for it, or with its fields' names."""
        label = self._label
        if isinstance(value, dict) and value.keys() == SESSION_KEYS:
            day, minutes = value["day"], Told(Label(unit="minute")).shown(value["minutes"])
            return f"{DAY_NAMES.get(day, day)} {value['start']} for {minutes}"
        if isinstance(value, dict) and label.inside and not label.entry:
            return ", ".join(self._given(value)) or "nothing"
        if isinstance(value, str):
            value = label.choices.get(value, value)
        text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else shown(value)
        return (
            f"{text} {label.unit}{'' if text == '1' else 's'}" if label.unit and value is not None else text
        )

    def _given(self, value: Data) -> Iterator[str]:
        """Yield what is there of a mapping: what is not says nothing."""
        for key, inner in value.items():
            if inner not in (None, [], {}):
                label = self._label.inside.get(key, Label(key))
                yield f"{label.name} {Told(label).shown(inner)}".strip()


def place_of(part: Model | type[Model]) -> Told:
    """Return where changes of a part begin to be told of."""
    return Told(Label(inside=PARTS[part if isinstance(part, type) else type(part)]))


# Of a whole document; and of its parts by themselves, by section.
OF_DOCUMENT = Told(Label(inside=DOCUMENT))
OF_SECTIONS = {section: Told(Label(inside=label.inside)) for section, label in DOCUMENT.items()}

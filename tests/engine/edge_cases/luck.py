"""Multipliers, rates and time models."""

from events.document import EventDocument
from tests.engine.documents import (
    Data,
    a_line,
    a_player,
    a_raid,
    a_rule,
    a_tile,
    an_activity,
    an_event,
    an_outcome,
    online,
)

QUEST = ["quest"]
ITEM = ["item"]


def a_hunt(
    rate: object, *multipliers: Data, junk: object = None, needs: object = 1, skill: float = 1
) -> EventDocument:
    """Return an event of one tile, whose loot may be junk too; each multiplier is a charm's."""
    charms = [f"charm-{number}" for number in range(len(multipliers))]
    modifiers = [{"capability": charm} | fields for charm, fields in zip(charms, multipliers, strict=True)]
    outcomes = [an_outcome(rate, kill=1)] + ([an_outcome(junk, junk=1)] if junk else [])
    return an_event(
        [[a_tile("tile", a_rule(modifiers=modifiers), needs=needs)]],
        {"Ann": a_player(capabilities=charms, skill=skill)},
        activities={"boss": an_activity(60, a_line(*outcomes))},
        capabilities={charm: charm for charm in charms},
    )


MULTIPLIERS: dict[str, EventDocument] = {
    "rates are capped": a_hunt("1/2", {"rate": 100}, junk="1/2", needs=30),
    "other outcomes make room": a_hunt("1/4", {"rate": 2}, junk="3/4", needs=1000),
    "other outcomes keep their rate": a_hunt("1/4", {"rate": 2}, junk="1/4", needs=1000),
    "a rate of one becomes less": a_hunt(1, {"rate": 0.5}, needs=1000),
    "capped rates keep their proportions": an_event(
        [[a_tile("tile", a_rule(drops={"kill": 1, "coins": 1}), needs=150)]],
        {"Ann": a_player()},
        activities={
            "boss": an_activity(
                60,
                a_line(an_outcome("1/4", kill=1), an_outcome("1/4", coins=5), an_outcome("1/4", junk=1)),
                bands=[{"size": 1, "rate": 3}],
            )
        },
    ),
    "a multiplier rounds down to nothing": a_hunt(1, {"rate": 0.000001}, {"rate": 0.000001}),
    "products round down at every step": a_hunt(1, {"time": 0.000001}, *[{"time": 100}] * 3, skill=1.5),
    "a product of multipliers is capped": a_hunt("1/10000000000000000", *[{"rate": 100}] * 8),
    "an attempt takes a second at least": an_event(
        [[a_tile("tile", "boss", needs=120)]], {"Ann": a_player(online(0, 5), skill=0.000001)}
    ),
    "any member's capability helps the party": an_event(
        [
            [
                a_tile(
                    "raid",
                    a_rule("raid", modifiers=[{"capability": "quest", "time": 0.5, "rate": 0.5}]),
                    needs=60,
                )
            ]
        ],
        {"Ann": a_player(), "Bob": a_player(capabilities=QUEST), "Cyd": a_player(capabilities=ITEM)},
        activities={
            "raid": a_raid(
                60,
                a_line(an_outcome("3/4", kill=1)),
                a_line(an_outcome("1/2", kill=2), an_outcome("1/2"), roll="per_group", line="chest"),
                size=(2, 3),
                bands=[{"size": 3, "rate": 1.5}],
            )
        },
    ),
    "a party takes the time of its first member's luck": an_event(
        [[a_tile("raid", "raid", needs=30)]],
        {"Ann": a_player(online(1, 50)), "Bob": a_player()},
        activities={"raid": a_raid(attempt={"seconds": 60, "spread": 40})},
    ),
    "every time model": an_event(
        [[a_tile(model, model, needs=20) for model in ("fixed", "uniform", "triangular", "normal")]],
        {"Ann": a_player()},
        activities={
            model: an_activity(40, attempt={"seconds": 40, "spread": spread, "model": model})
            for model, spread in (("fixed", 9), ("uniform", 40), ("triangular", 17), ("normal", 25))
        },
    ),
    "a spread of one second": an_event(
        [[a_tile(model, model, needs=300) for model in ("uniform", "triangular", "normal")]],
        {"Ann": a_player(online(0, 5)), "Bob": a_player(online(0, 5))},
        activities={
            model: an_activity(1, attempt={"seconds": 1, "spread": 1, "model": model})
            for model in ("uniform", "triangular", "normal")
        },
    ),
}

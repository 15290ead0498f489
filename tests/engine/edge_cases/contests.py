"""Strategies side by side, and who wins."""

from typing import Any

from events.document import EventDocument, StrategyName
from tests.engine.documents import a_line, a_player, a_raid, a_rule, a_tile, an_activity, an_event, an_outcome


def a_contest(strategies: dict[str, object], skills: tuple[float, float] = (1, 1)) -> EventDocument:
    """Return an event of teams of two that differ in strategy; the first team has these skills."""
    loot = a_line(an_outcome("2/5", kill=1, coins="1-3"), an_outcome("1/10", coins=9))
    activities = {
        "boss": an_activity(70, loot, group={"min": 2, "max": 4}, bands=[{"size": 2, "time": 0.9}]),
        "mine": an_activity(40, loot),
        "raid": a_raid(100, loot, a_line(roll="per_group", line="chest")),
    }
    board = [
        [
            a_tile(f"boss-{row}", a_rule("boss", ["kill"]), points=1, needs=3),
            a_tile(f"mine-{row}", a_rule("mine", ["coins"]), points=2, needs=11),
            a_tile(f"raid-{row}", a_rule("raid", ["kill"]), a_rule("mine", ["kill"]), points=4, needs=9),
            a_tile(f"coins-{row}", a_rule("boss", ["coins"]), points=2, needs=12),
        ]
        for row in range(4)
    ]
    players = {f"{team} {number}": a_player() for team in strategies for number in (1, 2)}
    for name, skill in zip(list(players)[:2], skills, strict=True):
        players[name]["skill"] = skill
    teams = {
        team: {"strategy": strategy, "players": [f"{team} 1", f"{team} 2"]}
        for team, strategy in strategies.items()
    }
    return an_event(board, players, activities=activities, teams=teams, unlock_points=4, duration_hours=2)


def two_loners(skill: float = 1, **fields: Any) -> EventDocument:
    """Return an event of two teams of one player; the second player has this skill."""
    return an_event(
        [[a_tile("tile", "boss")]],
        {"Ann": a_player(), "Bob": a_player(skill=skill)},
        teams={"First": {"players": ["Ann"]}, "Second": {"players": ["Bob"]}},
        **fields,
    )


STRATEGIES: dict[str, EventDocument] = {
    "every strategy": a_contest({str(name): str(name) for name in StrategyName}),
    "weighted with every parameter": a_contest(
        {
            "rate": {"name": "weighted", "w_rate": 1},
            "unlock": {"name": "weighted", "w_points": 1, "w_unlock": 10},
            "shared": {"name": "weighted", "w_shared": 0.5, "w_hours": 2.25},
            "against": {"name": "weighted", "w_points": -1, "w_rate": -0.25},
        },
        skills=(0.75, 1.25),
    ),
    "an estimate of less than one attempt": an_event(
        [
            [
                a_tile("slow", "slow", points=2),
                a_tile("much", a_rule(drops={"kill": 1000}), points=1),
                a_tile("none", points=5),
            ]
        ],
        {name: a_player() for name in ("Ann", "Bob", "Cyd", "Dan")},
        activities={
            "slow": an_activity(110),
            "boss": an_activity(60, a_line(an_outcome(kill=1_000_000), times=100)),
        },
        teams={
            "Rate": {"players": ["Ann"], "strategy": "points_per_hour"},
            "Weighted": {"players": ["Bob"], "strategy": {"name": "weighted", "w_points": 1, "w_rate": 1}},
            "Against": {"players": ["Cyd"], "strategy": {"name": "weighted", "w_rate": -1}},
            "Points": {"players": ["Dan"], "strategy": {"name": "weighted", "w_points": 1}},
        },
    ),
    "a weight on what unlocks": an_event(
        [[a_tile("quick", "quick"), a_tile("slow", "slow", points=3)], [a_tile("next", "quick")]],
        {"Ann": a_player()},
        activities={"quick": an_activity(60), "slow": an_activity(600)},
        teams={"Team": {"players": ["Ann"], "strategy": {"name": "weighted", "w_points": 1, "w_unlock": 10}}},
    ),
    "a tie is shared": two_loners(),
    "the first to reach its total wins": two_loners(skill=1.5),
    "nobody scores": two_loners(activities={"boss": an_activity(7200)}),
    "a team without players": an_event(
        [[a_tile("tile", "boss")]],
        {"Ann": a_player()},
        teams={"Some": {"players": ["Ann"]}, "None": {"players": []}},
    ),
}

"""Over many runs, chance behaves as theory has it, and as another generator has it.

Seeds are fixed, so a test either passes or not. Its tolerance is four standard errors, or a
p-value that one fault-free test in ten thousand would miss.
"""

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

import numpy as np
import pytest
from scipy import stats

from events.document import EventDocument
from simulations.engine import BatchOutput, Engine, compile_event
from tests.engine.comparison import SEED, SMALLEST_P, z_of_difference
from tests.engine.documents import a_line, a_player, a_raid, a_rule, a_tile, an_activity, an_event, an_outcome
from tests.engine.edge_cases import EDGE_CASES
from tests.engine.oracle import OracleTeam, play
from tests.engine.oracle.results import winners

N_RUNS = 20_000
Figures = dict[str, np.ndarray]


def simulated(document: EventDocument, n_runs: int = N_RUNS) -> BatchOutput:
    return Engine(compile_event(document), SEED).simulate(0, n_runs)


def z_of_mean(values: np.ndarray, mean: float, variance: float) -> float:
    """Return how many standard errors the mean of values is from what it should be."""
    return float((values.mean() - mean) / np.sqrt(variance / len(values)))


def p_of_counts(values: np.ndarray, probabilities: dict[int, float]) -> float:
    """Return the chi-square p-value of whole values; what is rarer than 10 expected is pooled."""
    found = {value: int((values == value).sum()) for value in probabilities}
    pooled = [value for value, p in probabilities.items() if p * len(values) < 10]
    kept = [value for value in probabilities if value not in pooled]
    counts = [found[value] for value in kept]
    expected = [probabilities[value] * len(values) for value in kept]
    rest = len(values) - sum(expected)
    if rest > 1:
        counts.append(len(values) - sum(counts))
        expected.append(rest)
    assert sum(counts) == len(values), "values that should not occur"
    return float(stats.chisquare(counts, np.array(expected) * len(values) / sum(expected)).pvalue)


# Theory: a player alone, one tile.


def a_hunt(
    *loot: dict[str, Any], needs: int = 1, hours: int = 24, drops: object = ("kill",), **fields: Any
) -> EventDocument:
    activity: dict[str, Any] = {"seconds": 60} | fields
    return an_event(
        [[a_tile("tile", a_rule(drops=drops), needs=needs)]],
        {"Ann": a_player()},
        activities={"boss": an_activity(activity.pop("seconds"), *loot, **activity)},
        duration_hours=hours,
    )


def attempts_needed(document: EventDocument, seconds: int = 60) -> np.ndarray:
    """Return after how many attempts of a fixed time the tile was finished, for every run."""
    last_s = simulated(document).columns["last_s"][:, 0].astype(np.int64)
    assert last_s.min() > 0
    return last_s // seconds


@pytest.mark.parametrize("one_in", [2, 3, 50])
def test_a_rare_drop_takes_geometrically_many_attempts(one_in: int) -> None:
    attempts = attempts_needed(a_hunt(a_line(an_outcome(f"1/{one_in}", kill=1))))
    rate = 1 / one_in
    assert abs(z_of_mean(attempts, one_in, (1 - rate) / rate**2)) < 4
    probabilities = {n: rate * (1 - rate) ** (n - 1) for n in range(1, 1440)}
    assert p_of_counts(attempts, probabilities) > SMALLEST_P


def test_five_drops_take_a_negative_binomial_number_of_attempts() -> None:
    attempts = attempts_needed(a_hunt(a_line(an_outcome("1/10", kill=1)), needs=5))
    assert abs(z_of_mean(attempts, 50, 5 * 0.9 / 0.1**2)) < 4
    law = stats.nbinom(5, 0.1)
    assert p_of_counts(attempts, {n: float(law.pmf(n - 5)) for n in range(5, 1440)}) > SMALLEST_P


def test_lines_and_repetitions_are_independent() -> None:
    loot = [
        a_line(an_outcome("1/20", kill=1), times=3),
        a_line(an_outcome("1/10", kill=1), an_outcome("1/2", junk=1), line="other"),
    ]
    attempts = attempts_needed(a_hunt(*loot))
    nothing = (1 - 1 / 20) ** 3 * (1 - 1 / 10)
    assert p_of_counts(attempts, {n: nothing ** (n - 1) * (1 - nothing) for n in range(1, 1440)}) > SMALLEST_P


def test_a_multiplier_makes_a_drop_more_likely() -> None:
    attempts = attempts_needed(a_hunt(a_line(an_outcome("1/50", kill=1)), bands=[{"size": 1, "rate": 2.5}]))
    assert abs(z_of_mean(attempts, 20, (1 - 0.05) / 0.05**2)) < 4


def test_outcomes_of_a_line_exclude_each_other() -> None:
    loot = a_line(an_outcome("1/6", kill=1), an_outcome("1/3", kill=2), an_outcome("1/2"))
    summary = simulated(a_hunt(loot, needs=10**6, hours=1), 400).summary
    kills = int(summary.drop_granted[0, 0])
    n_rolls = int(summary.activity_attempts[0, 0])
    mean, square = 1 / 6 + 2 / 3, 1 / 6 + 4 / 3
    assert n_rolls == 400 * 60
    assert abs(kills - n_rolls * mean) < 4 * np.sqrt(n_rolls * (square - mean**2))


def test_units_are_equally_likely_over_their_range() -> None:
    # The tile's needs are out of reach, so what was granted tells the mean, the points nothing.
    summary = simulated(a_hunt(a_line(an_outcome(kill="3-12")), needs=10**6, hours=1), 400).summary
    n_grants = 400 * 60
    variance = (10**2 - 1) / 12
    assert abs(summary.drop_granted[0, 0] - n_grants * 7.5) < 4 * np.sqrt(n_grants * variance)


def test_each_unit_of_a_range_is_equally_likely() -> None:
    # One grant of 1 to 6 units in each attempt: it takes two where the first falls short.
    shares = [
        float((attempts_needed(a_hunt(a_line(an_outcome(kill="1-6")), needs=needs)) == 1).mean())
        for needs in range(1, 7)
    ]
    expected = np.array([(7 - needs) / 6 for needs in range(1, 7)])
    errors = np.sqrt(expected * (1 - expected) / N_RUNS)
    assert (np.abs(shares - expected) <= 4 * errors).all()


def uniform_law(seconds: int, spread: int) -> dict[int, float]:
    return {seconds + d: 1 / (2 * spread + 1) for d in range(-spread, spread + 1)}


def triangular_law(seconds: int, spread: int) -> dict[int, float]:
    return {seconds + d: (spread + 1 - abs(d)) / (spread + 1) ** 2 for d in range(-spread, spread + 1)}


def normal_law(seconds: int, spread: int) -> dict[int, float]:
    normal = stats.norm(seconds, spread / 2)
    whole = range(seconds - spread, seconds + spread + 1)
    masses = {second: float(normal.cdf(second + 0.5) - normal.cdf(second - 0.5)) for second in whole}
    total = sum(masses.values())
    return {second: mass / total for second, mass in masses.items()}


LAWS: dict[str, Callable[[int, int], dict[int, float]]] = {
    "uniform": uniform_law,
    "triangular": triangular_law,
    "normal": normal_law,
}


@pytest.mark.parametrize("model", LAWS)
@pytest.mark.parametrize(("seconds", "spread"), [(40, 1), (40, 12), (300, 300)])
def test_attempts_take_as_long_as_their_time_model_says(model: str, seconds: int, spread: int) -> None:
    attempt = {"seconds": seconds, "spread": spread, "model": model}
    times = attempts_needed(a_hunt(attempt=attempt), seconds=1)
    law = LAWS[model](seconds, spread)
    if seconds == spread:
        # An attempt takes a second at least.
        law[1] += law.pop(0)
    values, masses = np.array(list(law)), np.array(list(law.values()))
    mean = float(values @ masses)
    variance = float((values - mean) ** 2 @ masses)
    assert abs(z_of_mean(times, mean, variance)) < 4
    fourth = float((values - mean) ** 4 @ masses)
    assert abs(z_of_mean((times - mean) ** 2, variance, fourth - variance**2)) < 4
    assert p_of_counts(times, law) > SMALLEST_P


def test_every_member_of_a_party_rolls_and_a_group_rolls_once() -> None:
    loot = [
        a_line(an_outcome("1/4", kill=1)),
        a_line(an_outcome("1/3", kill=1), line="chest", roll="per_group"),
    ]
    document = an_event(
        [[a_tile("raid", a_rule("raid"), needs=10**6)]],
        {name: a_player() for name in ("Ann", "Bob", "Cyd")},
        activities={"raid": a_raid(60, *loot, size=(3, 3))},
    )
    summary = simulated(document, 400).summary
    n_attempts = 400 * 60
    mean = 3 / 4 + 1 / 3
    variance = 3 * (1 / 4) * (3 / 4) + (1 / 3) * (2 / 3)
    assert summary.activity_attempts.tolist() == [[n_attempts]]
    assert abs(summary.drop_granted[0, 0] - n_attempts * mean) < 4 * np.sqrt(n_attempts * variance)


def test_twins_win_equally_often() -> None:
    loot = a_line(an_outcome("1/7", kill=1))
    names = ("Ann", "Bob", "Cyd", "Dan")
    document = an_event(
        [[a_tile("tile", "boss", needs=3)]],
        {name: a_player() for name in names},
        activities={"boss": an_activity(60, loot, attempt={"seconds": 1000, "spread": 900})},
        teams={f"Team {name}": {"players": [name]} for name in names},
        duration_hours=24,
    )
    outright = (simulated(document).columns["shared_by"] == 1).sum(axis=0)
    assert stats.chisquare(outright).pvalue > SMALLEST_P


# Another generator: the oracle with luck from the Mersenne Twister, beside the engine.


def play_with_other_luck(document: EventDocument, n_runs: int) -> list[list[OracleTeam]]:
    """Play runs with draws that are remembered by place, as pure ones are, but come from `random`."""
    generator = Random(20260601)
    with pytest.MonkeyPatch.context() as patch:

        @cache
        def other_draw(seed: int, run: int, stream: int, attempt: int, k: int) -> int:
            return generator.getrandbits(32)

        patch.setattr("tests.engine.oracle.team.draw", other_draw)
        return [play(document, SEED, run) for run in range(n_runs)]


def figures_of_oracle(runs: list[list[OracleTeam]]) -> Figures:
    """Return what the engine and the oracle are compared by: a figure's value in every run."""
    figures: dict[str, list[float]] = {}
    for teams in runs:
        best = winners(teams)
        for ix, team in enumerate(teams):
            values: dict[str, float] = {
                "points": team.points,
                "tiles": team.tiles,
                "row": team.row,
                "last_s": team.last_s,
                "win": 1 / len(best) if ix in best else 0,
            }
            values |= {f"finish {tile}": second for tile, second in enumerate(team.tiles_s)}
            for name, value in values.items():
                figures.setdefault(f"{team.name}: {name}", []).append(value)
    return {name: np.array(values) for name, values in figures.items()}


def figures_of_engine(document: EventDocument, n_runs: int) -> Figures:
    compiled = compile_event(document)
    engine = Engine(compiled, SEED)
    outputs = [engine.simulate(run, 1) for run in range(n_runs)]
    figures: Figures = {}
    for ix, team in enumerate(compiled.team_names):
        for name in ("points", "tiles", "row", "last_s"):
            values = [output.columns[name][0, ix] for output in outputs]
            figures[f"{team}: {name}"] = np.array(values, dtype=np.float64)
        shares = np.array([output.columns["shared_by"][0, ix] for output in outputs], dtype=np.float64)
        figures[f"{team}: win"] = np.divide(1, shares, out=np.zeros(n_runs), where=shares > 0)
        for tile in range(compiled.n_tiles):
            seconds = [
                output.summary.tile_sum[ix, tile] if output.summary.tile_count[ix, tile] else -1
                for output in outputs
            ]
            figures[f"{team}: finish {tile}"] = np.array(seconds, dtype=np.float64)
    return figures


def a_race() -> EventDocument:
    """Return an event in which much is left to luck: times, drops, units, penalties, parties."""
    loot = a_line(an_outcome("1/6", kill=1, coins="1-5"), an_outcome("1/20") | {"penalty_seconds": 200})
    ore = a_line(an_outcome("2/3", coins="1-3"))
    chest = a_line(an_outcome("1/4", kill=2), line="chest", roll="per_group")
    times = {"seconds": 100, "spread": 80}
    activities = {
        "boss": an_activity(100, loot, attempt=times | {"model": "normal"}),
        "mine": an_activity(100, ore, attempt=times | {"model": "triangular"}),
        "raid": a_raid(100, loot, chest, attempt=times),
    }
    board = [
        [
            a_tile(f"kill-{row}", a_rule("boss"), points=2, needs=2),
            a_tile(f"coin-{row}", a_rule("mine", ["coins"]), a_rule("boss", ["coins"]), points=1, needs=15),
            a_tile(f"raid-{row}", a_rule("raid"), points=3, needs=4),
        ]
        for row in range(3)
    ]
    players = {name: a_player() for name in ("Ann", "Bob", "Cyd", "Dan")}
    teams = {
        "Rows": {"players": ["Ann", "Bob"], "strategy": "row_unlocking"},
        "Greedy": {"players": ["Cyd", "Dan"], "strategy": "greedy"},
    }
    return an_event(board, players, activities=activities, teams=teams, unlock_points=3, duration_hours=2)


DOCUMENTS: dict[str, Callable[[], EventDocument]] = {
    "a race": a_race,
    "a party with modifiers": lambda: EDGE_CASES["any member's capability helps the party"],
}


@cache
def both_figures(name: str) -> tuple[Figures, Figures]:
    document = DOCUMENTS[name]()
    return figures_of_engine(document, 3000), figures_of_oracle(play_with_other_luck(document, 800))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_means_are_those_of_another_generator(name: str) -> None:
    found, expected = both_figures(name)
    assert found.keys() == expected.keys()
    deviations = {figure: z_of_difference(found[figure], expected[figure]) for figure in found}
    assert {figure: z for figure, z in deviations.items() if abs(z) >= 4} == {}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_distributions_are_those_of_another_generator(name: str) -> None:
    found, expected = both_figures(name)
    for figure in found:
        if figure.endswith((": points", ": last_s")):
            assert stats.ks_2samp(found[figure], expected[figure]).pvalue > SMALLEST_P, figure

"""Draws: the jitted functions are the plain ones, and what they give is as good as chance."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from scipy import stats

from simulations.engine.draws import (
    ATTEMPT_STEP,
    WORD_MASK,
    WORD_STEP,
    draw,
    mix_int,
    seed_key,
    stream_key,
)
from simulations.engine.words import draw_slot, draw_word, mix, run_key

WORDS = st.integers(0, WORD_MASK)
EXTREMES = [0, 1, 2, 2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, WORD_MASK - 1, WORD_MASK]
SEED = seed_key("7")
STREAM = stream_key("Zezima", "boss.zulrah")

# A fixed seed either passes or not; by chance one in ten thousand tests would not.
SMALLEST_P = 1e-4
N_DRAWS = 1 << 17


@njit
def fill_draws(seed, runs, streams, attempts, slots, out):  # type: ignore[no-untyped-def]
    """Draw for every position of arrays of equal length, as the kernels do."""
    for i in range(len(out)):
        start = mix(run_key(seed, runs[i]) ^ streams[i])
        out[i] = draw_slot(start, attempts[i], slots[i])


def draws(
    seed: int = SEED, *, runs: object = 0, streams: object = STREAM, attempts: object = 0, slots: object = 0
) -> np.ndarray:
    """Return draws as int64, of numbers and arrays that broadcast to one length."""
    columns = np.broadcast_arrays(
        np.asarray(runs, dtype=np.int64),
        np.asarray(streams, dtype=np.uint64),
        np.asarray(attempts, dtype=np.int64),
        np.asarray(slots, dtype=np.int64),
    )
    out = np.zeros(len(columns[0]), dtype=np.int64)
    fill_draws(np.uint64(seed), *(np.ascontiguousarray(column) for column in columns), out)
    return out


# The jitted functions.


def mixed(z: int) -> int:
    return int(mix(np.uint64(z)))


@pytest.mark.parametrize("z", EXTREMES)
def test_mix_equals_the_plain_one_at_extremes(z: int) -> None:
    assert mixed(z) == mix_int(z)


@given(WORDS)
def test_mix_equals_the_plain_one(z: int) -> None:
    assert mixed(z) == mix_int(z)


@given(WORDS, st.integers(0, 10**9))
def test_a_run_has_its_key(seed: int, run: int) -> None:
    assert int(run_key(np.uint64(seed), run)) == mix_int(seed + (run + 1) * ATTEMPT_STEP)


@given(WORDS, st.integers(0, 2**40), st.integers(0, 2**20))
def test_a_word_is_mixed_from_attempt_and_position(start: int, attempt: int, word: int) -> None:
    expected = mix_int(start + attempt * ATTEMPT_STEP + word * WORD_STEP)
    assert int(draw_word(np.uint64(start), attempt, word)) == expected


@given(
    WORDS,
    st.lists(
        st.tuples(st.integers(0, 10**9), WORDS, st.integers(0, 2**40), st.integers(0, 10**6)), min_size=1
    ),
)
def test_slots_equal_the_definition(seed: int, places: list[tuple[int, int, int, int]]) -> None:
    runs, streams, attempts, slots = (list(column) for column in zip(*places, strict=True))
    found = draws(seed, runs=runs, streams=streams, attempts=attempts, slots=slots)
    assert found.tolist() == [draw(seed, *place) for place in places]


def test_slots_equal_the_definition_at_extremes() -> None:
    small = [0, 1, 2, 63, 64, 10**9 - 1, 2**32]
    places = list(product(small, EXTREMES, small, small))
    columns = [np.array(column, dtype=object) for column in zip(*places, strict=True)]
    for seed in (0, SEED, WORD_MASK):
        runs, streams, attempts, slots = columns
        found = draws(seed, runs=runs, streams=streams, attempts=attempts, slots=slots)
        assert found.tolist() == [draw(seed, *place) for place in places]


def test_two_slots_are_the_halves_of_a_word() -> None:
    start = np.uint64(mix_int(mix_int(SEED + 4 * ATTEMPT_STEP) ^ STREAM))
    word = int(draw_word(start, 5, 3))
    assert (draw(SEED, 3, STREAM, 5, 6), draw(SEED, 3, STREAM, 5, 7)) == (word >> 32, word & 0xFFFFFFFF)


# Identities.


def test_seeds_are_text() -> None:
    assert len({seed_key(seed) for seed in ("7", "07", "7 ", "\u0667", "seven")}) == 5


def test_seeds_players_and_activities_are_kept_apart() -> None:
    keys = {seed_key("a"), stream_key("a", "b"), stream_key("b", "a"), stream_key("a", "a")}
    assert len(keys) == 4


def test_no_two_slots_of_a_stream_share_a_word() -> None:
    attempts = np.arange(5000, dtype=np.uint64)[:, None] * np.uint64(ATTEMPT_STEP)
    words = np.arange(64, dtype=np.uint64)[None, :] * np.uint64(WORD_STEP)
    counters = (attempts + words).ravel()
    assert len(np.unique(counters)) == len(counters)


# Quality: draws that differ in one thing only, in its order.

COUNT = np.arange(N_DRAWS)


def streams_of(players: list[str], activities: list[str]) -> np.ndarray:
    return np.array([stream_key(*pair) for pair in product(players, activities)], dtype=np.uint64)


def names(prefix: str) -> list[str]:
    return [f"{prefix}{number}" for number in range(N_DRAWS)]


NEIGHBOURS: dict[str, Callable[[], np.ndarray]] = {
    "runs": lambda: draws(runs=COUNT),
    "actors": lambda: draws(streams=streams_of(names("Player "), ["boss"])),
    "activities": lambda: draws(streams=streams_of(["Zezima"], names("boss."))),
    "attempts": lambda: draws(attempts=COUNT),
    "attempts, the lower half": lambda: draws(attempts=COUNT, slots=1),
    "slots": lambda: draws(slots=COUNT),
    "even slots": lambda: draws(slots=2 * COUNT),
    "seeds": lambda: np.array([draw(seed_key(str(seed)), 0, STREAM, 0, 0) for seed in COUNT]),
    "seed keys": lambda: np.array([draw(seed, 0, STREAM, 0, 0) for seed in range(N_DRAWS)]),
}


@pytest.fixture(scope="module", params=NEIGHBOURS)
def neighbours(request: pytest.FixtureRequest) -> np.ndarray:
    return NEIGHBOURS[request.param]()


def is_plausible(p: float) -> bool:
    """Return whether neither too uneven nor too even; ``p`` is uniform by chance."""
    return SMALLEST_P < p < 1 - SMALLEST_P


@pytest.mark.parametrize("shift", [24, 16, 8, 0])
def test_bits_are_uniform(neighbours: np.ndarray, shift: int) -> None:
    counts = np.bincount(neighbours >> shift & 0xFF, minlength=256)
    assert is_plausible(stats.chisquare(counts).pvalue)


def test_every_bit_is_set_half_the_time(neighbours: np.ndarray) -> None:
    counts = np.array([int((neighbours >> bit & 1).sum()) for bit in range(32)])
    deviations = (counts - N_DRAWS / 2) / np.sqrt(N_DRAWS / 4)
    assert is_plausible(float(stats.chi2.sf(np.sum(deviations**2), 32)))


def test_values_are_uniform(neighbours: np.ndarray) -> None:
    assert is_plausible(stats.kstest((neighbours + 0.5) / 2**32, "uniform").pvalue)


@pytest.mark.parametrize("shift", [28, 14, 0])
@pytest.mark.parametrize("lag", [1, 2, 3])
def test_pairs_are_independent(neighbours: np.ndarray, shift: int, lag: int) -> None:
    nibbles = neighbours >> shift & 0xF
    pairs = np.bincount(nibbles[:-lag] << 4 | nibbles[lag:], minlength=256).reshape(16, 16)
    assert is_plausible(stats.chi2_contingency(pairs).pvalue)


@pytest.mark.parametrize("lag", [1, 2, 7, 64])
def test_neighbours_are_uncorrelated(neighbours: np.ndarray, lag: int) -> None:
    values = neighbours / 2**32 - 0.5
    z = (values[:-lag] * values[lag:]).sum() / np.sqrt(N_DRAWS - lag) * 12
    assert abs(z) < 4


def test_runs_up_and_down_have_the_right_number(neighbours: np.ndarray) -> None:
    above = neighbours >= 2**31
    n_runs = 1 + int((above[1:] != above[:-1]).sum())
    # Wald and Wolfowitz: each neighbour is on the other side with probability 1/2.
    assert abs(n_runs - 1 - (N_DRAWS - 1) / 2) < 4 * np.sqrt((N_DRAWS - 1) / 4)


SIDE_BY_SIDE: dict[str, Callable[[], tuple[np.ndarray, np.ndarray]]] = {
    "seeds 7 and 07": lambda: (draws(runs=COUNT), draws(seed_key("07"), runs=COUNT)),
    "runs": lambda: (draws(attempts=COUNT), draws(runs=1, attempts=COUNT)),
    "players": lambda: (
        draws(attempts=COUNT, streams=stream_key("Ann", "boss")),
        draws(attempts=COUNT, streams=stream_key("Bob", "boss")),
    ),
    "activities": lambda: (
        draws(attempts=COUNT, streams=stream_key("Ann", "boss")),
        draws(attempts=COUNT, streams=stream_key("Ann", "raid")),
    ),
    "a player and their namesake activity": lambda: (
        draws(attempts=COUNT, streams=stream_key("Ann", "boss")),
        draws(attempts=COUNT, streams=stream_key("boss", "Ann")),
    ),
    "duration and first roll": lambda: (draws(attempts=COUNT), draws(attempts=COUNT, slots=1)),
    "rolls of different words": lambda: (draws(attempts=COUNT, slots=1), draws(attempts=COUNT, slots=2)),
}


@pytest.mark.parametrize("shift", [28, 0])
@pytest.mark.parametrize("pair", SIDE_BY_SIDE)
def test_things_side_by_side_are_independent(pair: str, shift: int) -> None:
    one, other = (values >> shift & 0xF for values in SIDE_BY_SIDE[pair]())
    table = np.bincount(one << 4 | other, minlength=256).reshape(16, 16)
    assert is_plausible(stats.chi2_contingency(table).pvalue)


# Avalanche: a flipped bit of the input flips every bit of the output half the time.


def flips(z: np.ndarray) -> np.ndarray:
    """Return float64 [64, 64]: how often input bit i flips output bit j, in standard errors."""
    mix_all = np.vectorize(mixed, otypes=[np.uint64])
    before = mix_all(z)
    bits = np.arange(64, dtype=np.uint64)
    rates = [
        ((before ^ mix_all(z ^ np.uint64(1 << bit)))[:, None] >> bits & np.uint64(1)).mean(axis=0)
        for bit in range(64)
    ]
    return (np.array(rates) - 0.5) * 2 * np.sqrt(len(z))


def test_mix_is_an_avalanche_on_any_words() -> None:
    words = np.random.default_rng(7).integers(0, 2**64, 2000, dtype=np.uint64)
    deviations = flips(words)
    assert np.abs(deviations).max() < 5.5
    assert is_plausible(float(stats.chi2.sf((deviations**2).sum(), 64 * 64)))


def test_mix_is_an_avalanche_on_neighbouring_attempts() -> None:
    counters = np.arange(2000, dtype=np.uint64) * np.uint64(ATTEMPT_STEP)
    assert np.abs(flips(counters)).max() < 5.5


def test_mix_maps_one_to_one() -> None:
    def unmix(z: int) -> int:
        for factor, shift in ((1, 31), (0x94D049BB133111EB, 27), (0xBF58476D1CE4E5B9, 30)):
            z = z * pow(factor, -1, 2**64) & WORD_MASK
            unshifted = z
            while (mixed_back := unshifted ^ unshifted >> shift) != z:
                unshifted ^= mixed_back ^ z
            z = unshifted
        return z

    assert [unmix(mix_int(z)) for z in EXTREMES] == EXTREMES

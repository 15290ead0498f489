"""Luck: every draw is a pure function of seed, run, actor, activity, attempt and slot.

``draw`` is the definition, in plain integers; the jitted functions below it are the same
arithmetic in ``uint64`` for the kernels, split so that what is constant is computed once.

``mix`` is the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014); a stream is that
generator's Weyl sequence from a hashed start, so words of one player's attempts at one activity
are evaluations at contiguous counters and a loop over them vectorises.
"""

import hashlib

import numpy as np
from numba import njit

WORD_MASK = (1 << 64) - 1
MIX_1 = 0xBF58476D1CE4E5B9
MIX_2 = 0x94D049BB133111EB
ATTEMPT_STEP = 0x9E3779B97F4A7C15
WORD_STEP = 0xD1B54A32D192ED03


def mix_int(z: int) -> int:
    """Scramble a 64-bit integer, one to one."""
    z &= WORD_MASK
    z = ((z ^ (z >> 30)) * MIX_1) & WORD_MASK
    z = ((z ^ (z >> 27)) * MIX_2) & WORD_MASK
    return z ^ (z >> 31)


def hash_text(kind: str, text: str) -> int:
    """Hash text to 64 bits; ``kind`` keeps seeds, players and activities apart."""
    digest = hashlib.blake2b(text.encode(), digest_size=8, person=kind.encode())
    return int.from_bytes(digest.digest(), "little")


def seed_key(seed: str) -> int:
    """Return the 64-bit key of a seed text (1 to 64 characters; ``7`` and ``07`` differ)."""
    return hash_text("seed", seed)


def stream_key(player: str, activity: str) -> int:
    """Return the 64-bit identity of a player's attempts at an activity, by name and key."""
    return mix_int(hash_text("player", player) + mix_int(hash_text("activity", activity)))


def draw(seed: int, run: int, stream: int, attempt: int, k: int) -> int:
    """Return the 32 random bits of slot ``k``.

    ``seed`` comes from `seed_key`, ``stream`` from `stream_key`; ``attempt`` counts the attempts
    of the activity that the player has finished in this run. Two slots share one 64-bit word:
    the even slot is its upper half, the odd one its lower half.
    """
    run_key = mix_int(seed + (run + 1) * ATTEMPT_STEP)
    start = mix_int(run_key ^ stream)
    word = mix_int(start + attempt * ATTEMPT_STEP + (k >> 1) * WORD_STEP)
    return word & 0xFFFFFFFF if k & 1 else word >> 32


U1, U27, U30, U31, U32 = (np.uint64(n) for n in (1, 27, 30, 31, 32))
U_MIX_1, U_MIX_2 = np.uint64(MIX_1), np.uint64(MIX_2)
U_ATTEMPT_STEP, U_WORD_STEP = np.uint64(ATTEMPT_STEP), np.uint64(WORD_STEP)
U_LOW = np.uint64(0xFFFFFFFF)


@njit(inline="always")
def mix(z):
    """`mix_int` on ``uint64``."""
    z = (z ^ (z >> U30)) * U_MIX_1
    z = (z ^ (z >> U27)) * U_MIX_2
    return z ^ (z >> U31)


@njit(inline="always")
def run_key(seed, run):
    """Return the key of one run: ``seed`` uint64, ``run`` int64."""
    return mix(seed + (np.uint64(run) + U1) * U_ATTEMPT_STEP)


@njit(inline="always")
def draw_word(start, attempt, word):
    """Return word ``word`` of an attempt, from the stream's start in this run (uint64)."""
    return mix(start + np.uint64(attempt) * U_ATTEMPT_STEP + np.uint64(word) * U_WORD_STEP)


@njit(inline="always")
def draw_slot(start, attempt, k):
    """Return the 32 bits of slot ``k`` as ``uint64``; `draw` with ``start = mix(run_key ^ stream)``."""
    word = draw_word(start, attempt, k >> 1)
    return word & U_LOW if k & 1 else word >> U32

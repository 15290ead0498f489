"""Draws as the kernels make them: `draws` in ``uint64``, split so that what is constant is computed once."""

import numpy as np
from numba import njit

from .draws import ATTEMPT_STEP, MIX_1, MIX_2, WORD_STEP

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

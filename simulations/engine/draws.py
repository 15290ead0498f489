"""Luck: every draw is a pure function of seed, run, actor, activity, attempt and slot.

``draw`` is the definition, in plain integers; `words` has the same arithmetic for the kernels.

``mix`` is the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014); a stream is that
generator's Weyl sequence from a hashed start, so words of one player's attempts at one activity
are evaluations at contiguous counters and a loop over them vectorises.
"""

import hashlib

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

"""What limits the fleet, in a sentence that follows from the measured figures."""

from collections.abc import Sequence

from events.wording import counted
from simulations.benchmark.levels import Level

# A loss below this part of the workers' time is none worth a sentence.
NOTEWORTHY = 0.02


def limit(levels: Sequence[Level], cores: int) -> str:
    """Say what takes the most of the time that the workers of the last level have.

    Their time goes into simulating as fast as at the first level, into simulating slower than that (they
    share cores with each other, the database and the broker), into claiming, storing and publishing, and
    into waiting for work.
    """
    level = levels[-1]
    losses = _losses(levels[0], level)
    what, share = max(losses.items(), key=lambda loss: loss[1])
    who = "one worker" if level.workers == 1 else f"{level.workers} workers"
    if share < NOTEWORTHY:
        return (
            f"Computing limits it: {who} simulated for {_of(level.simulate_share)} of the busy time, "
            f"and nothing else took {NOTEWORTHY:.0%} of it, so more throughput takes more or faster cores."
        )
    return _SENTENCES[what].format(**_facts(levels[0], level, cores, who, share))


def _losses(first: Level, level: Level) -> dict[str, float]:
    """Return the parts of the workers' time at a level that did not go into simulating at full speed."""
    time_s = level.workers * level.elapsed_s
    phases = level.phases_s
    slowed_s = phases["simulate"] * max(0.0, 1 - level.runs_per_simulating_s / first.runs_per_simulating_s)
    # Workers that ran out of work early waited on average half the time that the first of them did.
    tail_s = level.tail_s * (level.workers - 1) / 2
    waiting_s = level.idle_share * time_s
    return {
        "cores": slowed_s / time_s,
        "claim": phases["claim"] / time_s,
        "persist": phases["persist"] / time_s,
        "publish": level.publish_s / time_s,
        "tail": min(tail_s, waiting_s) / time_s,
        "waiting": max(0.0, waiting_s - tail_s) / time_s,
    }


def _facts(first: Level, level: Level, cores: int, who: str, share: float) -> dict[str, str]:
    batches = max(1, len(level.finished))
    return {
        "who": who,
        "cores": counted(cores, "core"),
        "share": _of(share),
        "speed": _of(level.runs_per_simulating_s / first.runs_per_simulating_s),
        "first": "one alone" if first.workers == 1 else f"one of {first.workers}",
        "claim_ms": f"{1000 * level.phases_s['claim'] / batches:.1f}",
        "persist_ms": f"{1000 * level.phases_s['persist'] / batches:.1f}",
        "publish_ms": f"{1000 * level.publish_s / batches:.1f}",
        "tail_s": f"{level.tail_s:.2f}",
        "others": _others(level),
    }


def _others(level: Level) -> str:
    """Say how much processor time others than the workers took, where that was measured."""
    if not level.cpu.get("machine_s") or "workers_s" not in level.cpu:
        return ""
    others_s = max(0.0, level.cpu["machine_s"] - level.cpu["workers_s"])
    share = _of(others_s / level.cpu["machine_s"])
    return f" (database, broker and all else took {share} of the processor time)"


def _of(share: float) -> str:
    return f"{100 * share:.1f} %"


_SENTENCES = {
    "cores": (
        "The cores limit it: {who} on {cores}, which PostgreSQL and RabbitMQ share, each simulated at "
        "{speed} of the speed of {first}{others}."
    ),
    "claim": "Claiming limits it: {who} spent {share} of the time asking for work, {claim_ms} ms a batch.",
    "persist": "Storing limits it: {who} spent {share} of the time writing results, {persist_ms} ms a batch.",
    "publish": (
        "Publishing limits it: {who} spent {share} of the time sending messages, {publish_ms} ms a batch."
    ),
    "tail": "The end limits it: the first of {who} to run out of work waited {tail_s} s for the last one.",
    "waiting": (
        "Handing work over limits it: {who} waited for {share} of the time, at the start and between a batch "
        "and the message about the next."
    ),
}

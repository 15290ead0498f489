"""What the engine's tests share: the bundled events, summaries side by side, and means of samples."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np

from events.document import EventDocument, read_document
from simulations.engine import CompiledEvent, Engine, Summary, compile_event

BUNDLED = Path(__file__).parents[2] / "events" / "bundled"
SEED = "7"
# One fault-free test in ten thousand would miss it.
SMALLEST_P = 1e-4


@cache
def bundled(slug: str) -> EventDocument:
    """Return an event that comes with the project."""
    return read_document((BUNDLED / f"{slug}.yaml").read_text(encoding="utf-8"))


def fields_of(summary: Summary) -> dict[str, np.ndarray]:
    """Return all of a summary, by the names that the oracle uses too."""
    return {"runs": np.array(summary.runs)} | summary.arrays


def differing_fields(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> list[str]:
    """Return the names of the fields that differ or that only one side has."""
    names = sorted(found.keys() | expected.keys())
    return [
        name
        for name in names
        if name not in found or name not in expected or not np.array_equal(found[name], expected[name])
    ]


def add_up(compiled: CompiledEvent, engines: Iterable[Engine], parts: Iterable[range]) -> tuple[int, Summary]:
    """Simulate each part with the engine at its place; return digest and summary of them all."""
    digest, total = 0, Summary.empty(compiled)
    for engine, part in zip(engines, parts, strict=True):
        output = engine.simulate(part.start, len(part))
        digest += output.digest
        total.merge(output.summary)
    return digest % 2**64, total


def simulate_alone(document: EventDocument, seed: str, part: range) -> tuple[int, dict[str, np.ndarray]]:
    """Simulate a part with an engine of its own; for other processes, so it takes and returns data."""
    output = Engine(compile_event(document), seed).simulate(part.start, len(part))
    return output.digest, fields_of(output.summary)


def z_of_difference(one: np.ndarray, other: np.ndarray) -> float:
    """Return the difference of two means in standard errors (Welch)."""
    error = np.sqrt(one.var() / len(one) + other.var() / len(other))
    difference = float(one.mean() - other.mean())
    return difference / error if error > 0 else 0.0 if difference == 0 else np.inf

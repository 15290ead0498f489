"""The event that fleets compute in tests, and what an undisturbed run of it comes to."""

from functools import lru_cache
from typing import NamedTuple

from events.document import canonical_json
from simulations.compiled import compile_frozen
from simulations.engine import Engine, digest_text
from tests.events.factories import a_document, tile_data

SEED = "7"
# Two workers compute it in some seconds, in batches short enough that each sees several.
RUNS = 1_000
BATCH_SIZE = 50


class Undisturbed(NamedTuple):
    digest: str
    summary: bytes


def document_text() -> str:
    """Return an event whose runs are so long that simulations last for seconds."""
    return canonical_json(a_document(duration_hours=1440, board=[{"tiles": [tile_data(needs=10**6)]}]))


@lru_cache(maxsize=16)
def undisturbed(n_runs: int, seed: str = SEED) -> Undisturbed:
    """Return what the engine makes of the runs in this process, in one piece."""
    output = Engine(compile_frozen(document_text()), seed).simulate(0, n_runs)
    return Undisturbed(digest_text(output.digest), output.summary.to_bytes())

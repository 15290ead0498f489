"""The simulation engine: numpy and numba only, no Django, nothing read but the document.

`compile_event` packs a document once; an `Engine` simulates ranges of its runs; `replay` tells
one run in full. Results depend on the document, the seed and the run's number alone.
"""

from numba.core import config

from .cache import prepare_cache

# Before the first kernel is defined: numba asks for the folder then.
config.CACHE_DIR = str(prepare_cache())

from .compile import CompiledEvent, compile_event  # noqa: E402
from .replay import ReplayEvent, TeamReplay, replay  # noqa: E402
from .simulator import (  # noqa: E402
    ENGINE_VERSION,
    BatchOutput,
    Engine,
    digest_text,
    is_warm,
    warmup,
)
from .summary import Summary, SummaryError  # noqa: E402

__all__ = [
    "ENGINE_VERSION",
    "BatchOutput",
    "CompiledEvent",
    "Engine",
    "ReplayEvent",
    "Summary",
    "SummaryError",
    "TeamReplay",
    "compile_event",
    "digest_text",
    "is_warm",
    "replay",
    "warmup",
]

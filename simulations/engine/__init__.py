"""The simulation engine: numpy and numba only, no Django, nothing read but the document.

`compile_event` packs a document once; an `Engine` simulates ranges of its runs; `replay` tells
one run in full. Results depend on the document, the seed and the run's number alone.

What computes is imported when it is asked for: numba takes half a second, which whoever only
reads results or hands out work need not wait.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .compile import CompiledEvent, compile_event
from .summary import Summary, SummaryError
from .version import ENGINE_VERSION

if TYPE_CHECKING:
    from .replaying import ReplayEvent, TeamReplay, replay
    from .simulator import BatchOutput, Engine, RunTimes, digest_text
    from .warming import is_warm, warmup

__all__ = [
    "ENGINE_VERSION",
    "BatchOutput",
    "CompiledEvent",
    "Engine",
    "ReplayEvent",
    "RunTimes",
    "Summary",
    "SummaryError",
    "TeamReplay",
    "compile_event",
    "digest_text",
    "is_warm",
    "replay",
    "warmup",
]

# No module here may be called like a name in it: whichever is imported last would win.
COMPUTING = {
    "BatchOutput": "simulator",
    "Engine": "simulator",
    "ReplayEvent": "replaying",
    "RunTimes": "simulator",
    "TeamReplay": "replaying",
    "digest_text": "simulator",
    "is_warm": "warming",
    "replay": "replaying",
    "warmup": "warming",
}


def __getattr__(name: str) -> Any:
    if name not in COMPUTING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{COMPUTING[name]}", __name__), name)
    globals()[name] = value
    return value

"""The engine as the rest of the application reaches it. Nothing here needs numba, so nothing waits for it."""

from collections.abc import Iterable
from functools import lru_cache

from events.document import EventDocument, read_document
from simulations.engine import ENGINE_VERSION, CompiledEvent, Summary, compile_event
from simulations.engine.folders import probably_compiled


@lru_cache(maxsize=8)
def read_frozen(document: str) -> EventDocument:
    """Return the event of a frozen document, which nobody changes; of one text it is read once."""
    return read_document(document, name="frozen document")


@lru_cache(maxsize=8)
def compile_frozen(document: str) -> CompiledEvent:
    """Compile a frozen document from its text; of one text it is done once."""
    return compile_event(read_frozen(document))


def engine_version() -> int:
    return ENGINE_VERSION


def kernels_probably_compiled() -> bool:
    """Return whether a local simulation need not compile the kernels first, as far as can be told here."""
    return probably_compiled()


def merge_summaries(summaries: Iterable[bytes | memoryview | None], document: str) -> Summary:
    """Merge stored summaries of a document's simulation; of none, or only None, the result is empty."""
    compiled = compile_frozen(document)
    merged = Summary.empty(compiled)
    for summary in filter(None, summaries):
        merged.merge(Summary.from_bytes(bytes(summary), compiled))
    return merged

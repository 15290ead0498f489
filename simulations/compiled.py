"""The engine as the rest of the application reaches it.

Imported where it is used: numba alone takes half a second to import, and lists, pages and most commands
compute nothing.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from events.document import read_document

if TYPE_CHECKING:
    from simulations.engine import CompiledEvent, Summary


@lru_cache(maxsize=8)
def compile_frozen(document: str) -> "CompiledEvent":
    """Compile a frozen document from its text; of one text it is done once."""
    from simulations.engine import compile_event

    return compile_event(read_document(document, name="frozen document"))


def engine_version() -> int:
    from simulations.engine import ENGINE_VERSION

    return ENGINE_VERSION


def merge_summaries(summaries: Iterable[bytes | memoryview | None], document: str) -> "Summary":
    """Merge stored summaries of a document's simulation; of none, or only None, the result is empty."""
    from simulations.engine import Summary

    compiled = compile_frozen(document)
    merged = Summary.empty(compiled)
    for summary in filter(None, summaries):
        merged.merge(Summary.from_bytes(bytes(summary), compiled))
    return merged

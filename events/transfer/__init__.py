"""Events between documents and the database, and between events and the library."""

from events.transfer.differences import changes_of_parts, document_changes, part_changes
from events.transfer.duplicating import duplicate_event, suggested_names
from events.transfer.export import document_of, players_of
from events.transfer.library import (
    LibraryError,
    copy_from_library,
    fill_library,
    preview_library,
    put_into_library,
    update_from_library,
)
from events.transfer.store import StoreResult, StoreStatus, preview_document, store_document

__all__ = [
    "LibraryError",
    "StoreResult",
    "StoreStatus",
    "changes_of_parts",
    "copy_from_library",
    "document_changes",
    "document_of",
    "duplicate_event",
    "fill_library",
    "part_changes",
    "players_of",
    "preview_document",
    "preview_library",
    "put_into_library",
    "store_document",
    "suggested_names",
    "update_from_library",
]

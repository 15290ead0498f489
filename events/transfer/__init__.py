"""Events between documents and the database, and between events and the library."""

from events.transfer.differences import document_changes
from events.transfer.export import document_of
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
    "copy_from_library",
    "document_changes",
    "document_of",
    "fill_library",
    "preview_document",
    "preview_library",
    "put_into_library",
    "store_document",
    "update_from_library",
]

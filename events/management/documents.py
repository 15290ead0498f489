"""Event documents in files, for the commands that read them."""

import sys
from pathlib import Path
from typing import NamedTuple

from events.document import DocumentError, EventDocument, PlacedError, read_document
from events.management.files import read_file, read_stream

BUNDLED = Path(__file__).resolve().parent.parent / "bundled"
# In place of a path.
STANDARD_INPUT = "-"


def bundled_files() -> list[str]:
    """Return the paths of the events that come with the project."""
    return sorted(str(path) for path in BUNDLED.glob("*.yaml"))


class DocumentFile(NamedTuple):
    """A document, and the text that it was read from."""

    document: EventDocument
    text: str


def read_documents(paths: list[str]) -> dict[str, EventDocument]:
    """Return the documents of files by path, as `read_document_files` reads them."""
    return {path: file.document for path, file in read_document_files(paths).items()}


def read_document_files(paths: list[str]) -> dict[str, DocumentFile]:
    """Return the documents by path, in their order, with their texts.

    Raises `FileRefused` for a file that can't be read, else `DocumentError` with all that is wrong.
    """
    contents = {path: _content(path) for path in paths}
    files: dict[str, DocumentFile] = {}
    errors: list[PlacedError] = []
    for path, content in contents.items():
        try:
            files[path] = _document_file(content, path)
        except DocumentError as error:
            errors += [_in_file(path, placed) for placed in error.errors]
    if errors := errors + _doubled_slugs(files):
        raise DocumentError(errors)
    return files


def _content(path: str) -> bytes:
    return read_stream(sys.stdin.buffer, "standard input") if path == STANDARD_INPUT else read_file(path)


def _document_file(content: bytes, path: str) -> DocumentFile:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DocumentError([PlacedError("", "is not text in UTF-8")]) from None
    return DocumentFile(read_document(text, path), text)


def _in_file(path: str, error: PlacedError) -> PlacedError:
    """Name the file of an error, where the error does not yet."""
    named = error.place == path or error.place.startswith(f"{path}, ")
    return error if named else PlacedError(path, str(error))


def _doubled_slugs(files: dict[str, DocumentFile]) -> list[PlacedError]:
    errors: list[PlacedError] = []
    path_of: dict[str, str] = {}
    for path, (document, _) in files.items():
        if (first := path_of.setdefault(document.slug, path)) != path:
            errors.append(PlacedError(path, f"slug: {document.slug} is already the slug of {first}"))
    return errors

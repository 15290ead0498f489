"""What a file says otherwise than it is read."""

from collections.abc import Iterator

from events.checks.finding import TEXT_CUT, Finding
from events.document import EventDocument
from events.document.comments import CutText, texts_cut_short
from events.document.errors import Path, place_of, shown


def texts_cut(document: EventDocument, text: str) -> Iterator[Finding]:
    """Find names that lose their end to a comment, in the text that a document was read from."""
    known = _names(document)
    for cut in texts_cut_short(text):
        # A name that is mentioned is whole, unless there is a longer one: `- Anna #captain` is a remark.
        if _is_name_of_its_own(cut.path) or _mentioned(cut) in known:
            message = (
                f"is read as {shown(cut.kept)}, since {shown(cut.comment)} is a comment to YAML: "
                'put the text in quotes if that belongs to it, else write a space after the "#"'
            )
            yield Finding(place_of(cut.path), message, TEXT_CUT)


def _names(document: EventDocument) -> set[str]:
    drops = (drop for activity in document.activities.values() for drop in activity.drop_keys())
    return {*document.players, *document.activities, *document.capabilities, *drops}


def _mentioned(cut: CutText) -> str:
    return f"{cut.kept} {cut.comment}"


def _is_name_of_its_own(path: Path) -> bool:
    """Say whether free text stands there, rather than the name of something else or a word of a few."""
    if path[0] == "capabilities":
        return True
    # The name of a strategy is one of a few.
    return path[-1] in ("name", "key", "line") and path[0] != "teams"

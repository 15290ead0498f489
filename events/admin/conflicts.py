"""What somebody else saved while a form was filled in, beside what was typed there."""

from typing import Any, NamedTuple

from events.admin.history import UNTOLD, saves_since
from events.transfer.contrasts import contrasts_of

MOST_ROWS = 40


class Row(NamedTuple):
    """A place of a part, what is saved there now, and what was typed."""

    place: str
    theirs: str
    yours: str


class Conflict(NamedTuple):
    """Who saved a part meanwhile, and what of theirs saving over it would undo.

    `rows` is None where what was typed can't be saved as it is, so that nothing can be compared.
    """

    saves: list[str]
    rows: list[Row] | None
    more: int = 0


def conflict_of(form: Any, typed: dict[str, Any]) -> Conflict:
    """Return what is told of a form whose part somebody else saved.

    ``typed`` is what the part would be if it were saved over, as `described` says it; empty if it can't be.
    """
    part, opened = form.instance, form.data.get("opened")
    saves = (
        saves_since(form.request, opened, part) or saves_since(form.request, opened, form.event) or [UNTOLD]
    )
    if not typed:
        return Conflict(saves, None)
    theirs = _changed_since(form.data.get("seen") or "", form.stored)
    of_theirs = [
        Row(_place(form, contrast.place), contrast.one, contrast.other)
        for contrast in contrasts_of(form.before, typed)
        if contrast.place[0] in theirs
    ]
    return Conflict(saves, of_theirs[:MOST_ROWS], max(0, len(of_theirs) - MOST_ROWS))


def _changed_since(seen: str, stored: str) -> set[str]:
    """Return the fields whose states differ: all of them where nothing is known of what was seen."""
    return {state.partition(":")[0] for state in {*stored.split()} ^ {*seen.split()}}


def _place(form: Any, place: tuple[str, ...]) -> str:
    """Return where that is, as the form calls it: `Rules, 1, drops, kill.zulrah`."""
    field, *inside = place
    label = form.fields[field].label if field in form.fields else None
    words = str(label or "") or field.replace("_", " ").capitalize()
    return ", ".join([words, *inside])

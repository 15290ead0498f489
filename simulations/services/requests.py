"""Asking for a simulation: what is refused, and how an event is frozen."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User

from events.document import EventDocument, PlacedError, canonical_json, document_digest
from events.models import Event
from events.wording import counted
from simulations.compiled import engine_version
from simulations.identity import new_seed
from simulations.models import (
    MAX_BATCH_SIZE,
    MAX_RUNS,
    MAX_SEED_LENGTH,
    Mode,
    Simulation,
    pending_fields,
)

MAX_NAME_LENGTH = 200


class RequestRefused(ValueError):
    """A simulation can't be asked for like this; ``errors`` are all the reasons, each with its place."""

    def __init__(self, errors: Sequence[PlacedError]) -> None:
        self.errors = list(errors)
        super().__init__("\n".join(f"{error.place}: {error.message}" for error in errors))


class NothingToSimulate(RequestRefused):
    """The document is an event that nobody can play yet."""


def create_simulation(
    *,
    document: EventDocument,
    n_runs: int,
    event: Event | None = None,
    seed: str | None = None,
    batch_size: int | None = None,
    mode: Mode = Mode.LOCAL,
    name: str = "",
    notes: str = "",
    overrides: Sequence[str] = (),
    asked_by: User | None = None,
    queued: bool = False,
) -> Simulation:
    """Store a pending simulation of the document, frozen as it is now; raise `RequestRefused`.

    ``overrides`` are kept for the record: the document has them already. A ``queued`` local one waits until
    `start_waiting` starts it; another must be claimed at once.
    """
    seed = new_seed() if seed is None else seed
    if errors := _figures(n_runs, seed, batch_size) + _texts(name=name, notes=notes):
        raise RequestRefused(errors)
    if errors := missing_to_play(document):
        raise NothingToSimulate(errors)
    frozen: dict[str, Any] = {
        "document": canonical_json(document),
        "document_digest": document_digest(document),
        "document_format": document.format,
    }
    begins = pending_fields(queued=queued) if mode == Mode.LOCAL else {}
    return Simulation.objects.create(
        event=event,
        event_slug=document.slug,
        event_name=document.name,
        seed=seed,
        n_runs=n_runs,
        batch_size=batch_size,
        mode=mode,
        name=name,
        notes=notes,
        overrides=list(overrides),
        asked_by=asked_by,
        engine_version=engine_version(),
        **begins,
        **frozen,
    )


def missing_to_play(document: EventDocument) -> list[PlacedError]:
    """Return what an event lacks before anybody can play it."""
    errors = []
    if not document.tiles():
        errors.append(PlacedError("board", "there is no tile to play for: add one"))
    if not document.teams:
        errors.append(PlacedError("teams", "there is no team: add one"))
    elif not any(team.players for team in document.teams.values()):
        errors.append(PlacedError("teams", "no team has a player: add one"))
    return errors


def _figures(n_runs: int, seed: str, batch_size: int | None) -> list[PlacedError]:
    errors = []
    if not 1 <= n_runs <= MAX_RUNS:
        errors.append(PlacedError("runs", f"{n_runs:,} is not from 1 to {MAX_RUNS:,}"))
    if not 1 <= len(seed) <= MAX_SEED_LENGTH:
        errors.append(
            PlacedError("seed", f"has {counted(len(seed), 'character')} instead of 1 to {MAX_SEED_LENGTH}")
        )
    elif not seed.strip():
        errors.append(PlacedError("seed", "is blank"))
    elif not _printable(seed):
        errors.append(PlacedError("seed", "has characters that can't be printed"))
    if batch_size is not None and not 1 <= batch_size <= MAX_BATCH_SIZE:
        errors.append(PlacedError("batch size", f"{batch_size:,} is not from 1 to {MAX_BATCH_SIZE:,}"))
    return errors


def _texts(*, name: str, notes: str) -> list[PlacedError]:
    errors = []
    if len(name) > MAX_NAME_LENGTH:
        errors.append(PlacedError("name", f"is longer than {MAX_NAME_LENGTH} characters"))
    elif not _printable(name):
        errors.append(PlacedError("name", "has characters that can't be printed"))
    if "\x00" in notes:
        errors.append(PlacedError("notes", "has a null character"))
    return errors


def _printable(text: str) -> bool:
    """No control characters, nor the surrogates that undecodable bytes of a command line become."""
    return not any(unicodedata.category(character) in ("Cc", "Cs") for character in text)

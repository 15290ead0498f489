"""What can be asked for."""

import hashlib

import pytest

from events.document import EventDocument, canonical_json
from simulations.models import MAX_RUNS, Simulation
from simulations.services import NothingToSimulate, RequestRefused
from tests.events.factories import a_document, an_event
from tests.simulations.factories import a_simulation

pytestmark = pytest.mark.django_db


def test_the_document_is_frozen_as_text_with_its_digest() -> None:
    document = a_document()
    simulation = a_simulation(document=document, event=an_event())
    simulation.refresh_from_db()
    assert simulation.document == canonical_json(document)
    assert simulation.document_digest == hashlib.sha256(simulation.document.encode()).hexdigest()
    assert simulation.frozen_document == document
    assert (simulation.event_slug, simulation.event_name) == ("small-bingo", "Small Bingo")
    assert simulation.document_format == "bingosim/event@1"


def test_a_seed_is_drawn_where_none_is_given() -> None:
    seeds = {a_simulation(seed=None).seed for _ in range(5)}
    assert len(seeds) == 5


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"n_runs": 0}, "runs"),
        ({"n_runs": -1}, "runs"),
        ({"n_runs": MAX_RUNS + 1}, "runs"),
        ({"seed": ""}, "seed"),
        ({"seed": " "}, "seed"),
        ({"seed": "x" * 65}, "seed"),
        ({"seed": "a\x00b"}, "seed"),
        ({"seed": "\udc80"}, "seed"),
        ({"batch_size": 0}, "batch size"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"notes": "\x00"}, "notes"),
    ],
)
def test_impossible_requests_are_refused(wrong: dict[str, object], place: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        a_simulation(**wrong)
    assert [error.place for error in refused.value.errors] == [place]
    assert not Simulation.objects.exists()


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(RequestRefused) as refused:
        a_simulation(n_runs=0, seed="", batch_size=0)
    assert len(refused.value.errors) == 3


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (a_document(board=[], unlock_points=0), "board"),
        (a_document(teams={}), "teams"),
        (a_document(teams={"Zebras": {"players": []}}), "teams"),
    ],
)
def test_an_event_that_nobody_can_play_is_refused(document: EventDocument, place: str) -> None:
    with pytest.raises(NothingToSimulate) as refused:
        a_simulation(document=document)
    assert [error.place for error in refused.value.errors] == [place]

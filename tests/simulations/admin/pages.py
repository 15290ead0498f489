"""What the tests of the pages of simulations share."""

import pytest
from django.urls import reverse

from simulations.services.handover import Handover


def address(page: str, *arguments: str) -> str:
    """Return where a page of simulations is."""
    return reverse(f"admin:simulations_simulation_{page}", args=arguments)


def note_messages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return where the ids of simulations will be of whose batches workers are told, in place of a broker."""
    sent: list[str] = []

    def send(batch: Handover) -> bool:
        sent.append(batch.simulation_id)
        return True

    monkeypatch.setattr("simulations.dispatch.send", send)
    return sent

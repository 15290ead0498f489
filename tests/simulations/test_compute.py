"""Computing spans in this process."""

import time
from typing import Any

import pytest

from events.document import canonical_json
from simulations import compute
from simulations.compiled import compile_frozen
from simulations.compute import Computer
from simulations.engine import Engine
from simulations.spans import Span
from tests.events.factories import a_document

PACKING_S = 0.3


def test_packing_is_no_part_of_the_time_that_simulating_took(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(columns: Any) -> bytes:
        time.sleep(PACKING_S)
        return b""

    computer = Computer(Engine(compile_frozen(canonical_json(a_document())), "7"))
    computer.compute(Span(0, 1), between=lambda: True)
    monkeypatch.setattr(compute, "encode_block", slow)
    assert computer.compute(Span(0, 1), between=lambda: True).simulate_s < PACKING_S

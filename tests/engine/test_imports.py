"""Who only reads results or hands out work never waits for numba."""

import subprocess
import sys
from pathlib import Path

import pytest

import simulations.engine

READING = """
import sys
from pathlib import Path
from events.document import read_document
from simulations.engine import ENGINE_VERSION, Summary, SummaryError, compile_event
compiled = compile_event(read_document(Path("events/bundled/spring-league-bingo.yaml").read_text()))
Summary.from_bytes(Summary.empty(compiled).to_bytes(), compiled)
assert "numba" not in sys.modules
"""
STARTING_AND_READING = """
import sys
import django
django.setup()
from simulations import comparison, dispatch, exports, results, services
assert "numba" not in sys.modules
"""
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("program", [READING, STARTING_AND_READING], ids=["engine", "application"])
def test_what_computes_no_runs_needs_no_numba(program: str) -> None:
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


@pytest.mark.parametrize("name", simulations.engine.__all__)
def test_what_the_engine_offers_is_there(name: str) -> None:
    assert getattr(simulations.engine, name) is not None


def test_what_the_engine_does_not_offer_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="'simulate'"):
        _ = simulations.engine.simulate


def test_no_module_hides_what_the_engine_offers() -> None:
    """Importing the module would put it in the place of the function, whichever came last."""
    modules = {path.stem for path in Path(simulations.engine.__file__).parent.glob("*.py")}
    assert modules.isdisjoint(simulations.engine.__all__)

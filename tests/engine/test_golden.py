"""Digests that hold what a run means: they change with ``ENGINE_VERSION`` and never without.

``python -m tests.engine.test_golden`` writes them anew: after ``ENGINE_VERSION`` was raised, or
after a document was changed. It refuses where only the engine's results have changed.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from events.document import EventDocument, document_digest
from simulations.engine import ENGINE_VERSION, Engine, compile_event, digest_text
from tests.engine.comparison import SEED, bundled
from tests.engine.edge_cases import EDGE_CASES

FILE = Path(__file__).with_name("golden.json")
CHANGED = (
    "the results of an unchanged document have changed: if that is meant, raise ENGINE_VERSION"
    " and run python -m tests.engine.test_golden"
)
N_RUNS = {
    "spring-league-bingo": 1000,
    "summer-clan-bingo": 20,
    "a clock survives a finish": 100,
    "a penalty covers the next start": 100,
    "any member's capability helps the party": 100,
    "every strategy": 100,
    "every time model": 100,
    "units from a range": 100,
}


def document_of(name: str) -> EventDocument:
    return EDGE_CASES[name] if name in EDGE_CASES else bundled(name)


def entry_of(name: str) -> dict[str, Any]:
    """Return what the file should say of an event, by this engine."""
    document = document_of(name)
    output = Engine(compile_event(document), SEED).simulate(0, N_RUNS[name])
    return {
        "document": document_digest(document),
        "seed": SEED,
        "runs": N_RUNS[name],
        "digest": digest_text(output.digest),
    }


def stored() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return content


def test_they_belong_to_this_version() -> None:
    assert stored()["engine_version"] == ENGINE_VERSION, "run python -m tests.engine.test_golden"


def test_each_has_its_event() -> None:
    assert stored()["events"].keys() == N_RUNS.keys()


@pytest.mark.parametrize("name", N_RUNS)
def test_digests_change_with_the_version_only(name: str) -> None:
    expected, found = stored()["events"][name], entry_of(name)
    assert found["document"] == expected["document"], (
        "the document has changed: run python -m tests.engine.test_golden"
    )
    assert found == expected, CHANGED


def rewrite() -> None:
    """Write the file anew, unless that hid a change of meaning."""
    events = {name: entry_of(name) for name in N_RUNS}
    if FILE.exists() and stored()["engine_version"] == ENGINE_VERSION:
        for name, entry in stored()["events"].items():
            same_question = name in events and {**entry, "digest": ""} == {**events[name], "digest": ""}
            if same_question and entry != events[name]:
                sys.exit(f"{name}: {CHANGED}")
    content = {"engine_version": ENGINE_VERSION, "events": events}
    FILE.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    rewrite()

"""`replay` on kernels that were damaged on the disk: they are compiled again, and it tells the same."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from events.document import canonical_json
from simulations.engine import warmup
from tests.engine.damage import a_damaged_cache, cut, empty
from tests.events.factories import a_document
from tests.simulations.processes import Manage

SIMULATE = ("simulate", "small-bingo", "--runs", "20", "--seed", "7", "--processes", "1")


class Intact(NamedTuple):
    """What a simulation and a replay come to while nothing is damaged."""

    manage: Manage
    digest: str
    replay: tuple[str, ...]
    told: str


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Intact:
    """A simulation of the small event, in a database of its own."""
    warmup()
    folder = tmp_path_factory.mktemp("intact")
    manage = Manage(f"sqlite:///{folder / 'db.sqlite3'}")
    document = folder / "event.json"
    document.write_text(canonical_json(a_document()))
    for arguments in (("migrate", "-v", "0"), ("load_event", str(document))):
        code, _, err = manage.run(*arguments)
        assert code == 0, err
    answer = manage.json(*SIMULATE)
    replay = ("replay", str(answer["id"]), "3", "--all")
    code, told, err = manage.run(*replay)
    assert (code, err) == (0, "")
    return Intact(manage, answer["digest"], replay, told)


# The smaller kernel alone: the other compiles for half a minute and more, and is kept by the same code.
@pytest.mark.parametrize("damage", [cut, empty])
def test_a_replay_that_finds_a_damaged_kernel_compiles_it_and_tells_the_same(
    intact: Intact,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    damage: Callable[[Path], None],
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", a_damaged_cache(tmp_path / "kernels", settle_runs=damage))
    code, told, err = intact.manage.run(*intact.replay)
    assert (code, told) == (0, intact.told)
    assert err.count("can't be used: it is discarded and compiled again (damaged)") == 1
    assert "settle_runs-" in err
    # What it compiled is kept, and computes the same.
    code, out, err = intact.manage.run(*SIMULATE, "--json")
    assert (json.loads(out)["digest"], "compiled again" in err) == (intact.digest, False)

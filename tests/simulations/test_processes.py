"""Real processes: killed, interrupted, resumed; on the database at hand."""

import json
import signal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from events.document import EventDocument, canonical_json
from tests.engine.damage import a_damaged_cache, cut
from tests.events.factories import a_document, tile_data
from tests.simulations.processes import Manage

RUNS, BATCH_SIZE = 2_000, 25
SEED = "7"


def a_long_document() -> EventDocument:
    """Return an event whose runs are so long that the simulation lasts for seconds."""
    return a_document(duration_hours=1440, board=[{"tiles": [tile_data(needs=10**6)]}])


@pytest.fixture
def manage(tmp_path: Path, transactional_db: None) -> Manage:
    """Commands on a database with the small event; tests in memory get a file of their own."""
    return with_event(database_url(tmp_path), tmp_path)


def with_event(url: str, folder: Path) -> Manage:
    document = folder / "event.json"
    document.write_text(canonical_json(a_long_document()))
    manage = Manage(url)
    assert manage.run("migrate", "-v", "0")[0] == 0
    assert manage.run("load_event", str(document))[0] == 0
    return manage


def database_url(tmp_path: Path) -> str:
    if connection.vendor == "sqlite":
        return f"sqlite:///{tmp_path / 'db.sqlite3'}"
    found = {key: quote(str(value), safe="") for key, value in connection.settings_dict.items()}
    password = f":{found['PASSWORD']}" if found["PASSWORD"] else ""
    return f"postgres://{found['USER']}{password}@{found['HOST']}:{found['PORT'] or 5432}/{found['NAME']}"


def start_simulation(manage: Manage) -> Any:
    """Start one and wait until it has stored something."""
    arguments = ("--runs", str(RUNS), "--seed", SEED, "--batch-size", str(BATCH_SIZE), "--json")
    process = manage.start("simulate", "small-bingo", *arguments)
    manage.wait_for_results()
    return process


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The results of the same runs, in one process and other batches."""
    folder = tmp_path_factory.mktemp("undisturbed")
    manage = with_event(f"sqlite:///{folder / 'db.sqlite3'}", folder)
    arguments = ("--runs", str(RUNS), "--seed", SEED, "--processes", "1", "--batch-size", "700")
    answer: dict[str, Any] = manage.json("simulate", "small-bingo", *arguments)
    return answer


def figures(answer: dict[str, Any]) -> list[Any]:
    return [answer[name] for name in ("runs", "status", "digest", "teams")]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_and_resuming_completes_the_same(
    manage: Manage, undisturbed: dict[str, Any], number: signal.Signals
) -> None:
    process = start_simulation(manage)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert "Cancelled" in err.splitlines()[-1]
    cancelled = manage.newest()
    assert cancelled["status"] == "cancelled"
    assert 0 < cancelled["runs_done"] < RUNS
    partial = manage.json("results", "last")
    assert (partial["status"], partial["runs"]) == ("cancelled", cancelled["runs_done"])
    assert figures(manage.json("resume", "last")) == figures(undisturbed)


def test_a_killed_simulation_shows_as_interrupted_and_one_of_two_resumes_it(
    manage: Manage, undisturbed: dict[str, Any]
) -> None:
    process = start_simulation(manage)
    process.kill()
    process.wait()
    interrupted = manage.wait_for(lambda newest: newest["status"] != "running")
    assert interrupted["status"] == "interrupted"
    assert interrupted["runs_done"] > 0
    pair = [manage.start("resume", interrupted["id"], "--json") for _ in range(2)]
    ends = [(one.communicate(timeout=170), one.returncode) for one in pair]
    assert sorted(code for _, code in ends) == [0, 1]
    (_, refusal), _ = next(end for end in ends if end[1] == 1)
    assert interrupted["id"] in refusal
    assert manage.json("results", interrupted["id"])["digest"] == undisturbed["digest"]


def test_a_killed_simulation_is_resumed_at_once(manage: Manage) -> None:
    process = start_simulation(manage)
    process.kill()
    process.wait()
    code, out, err = manage.run("resume", "last", "--json")
    assert (code, "waiting" in err) == (0, False)
    resumed = json.loads(out)
    assert (resumed["status"], resumed["runs"]) == ("completed", RUNS)


def test_what_is_running_is_not_resumed(manage: Manage) -> None:
    process = start_simulation(manage)
    code, out, err = manage.run("resume", "last", "--json")
    process.terminate()
    process.wait()
    assert (code, out) == (1, "")
    assert "being computed already" in err


def test_cancelling_from_another_process_stops_it(manage: Manage) -> None:
    process = start_simulation(manage)
    assert manage.json("cancel", "last")["status"] == "cancelled"
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "")
    assert "cancelled" in err


def test_a_detached_simulation_completes_by_itself(manage: Manage) -> None:
    code = (
        "from events.models import Event; from events.transfer import document_of; "
        "from simulations import services; event = Event.objects.get(slug='small-bingo'); "
        "services.queue_local(event=event, document=document_of(event), n_runs=50, seed='7')"
    )
    assert manage.run("shell", "-c", code)[0] == 0
    assert manage.wait_for(lambda newest: newest["status"] == "completed")["runs_done"] == 50


@pytest.mark.any_database
def test_damaged_kernels_are_compiled_again_by_the_simulation_that_finds_them(
    manage: Manage, undisturbed: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The smaller kernel alone, which compiles in a second or two.
    monkeypatch.setenv("NUMBA_CACHE_DIR", a_damaged_cache(tmp_path / "kernels", settle_runs=cut))
    arguments = ("simulate", "small-bingo", "--runs", str(RUNS), "--seed", SEED, "--json")
    code, out, err = manage.run(*arguments)
    assert code == 0
    assert "can't be used: it is discarded and compiled again" in err
    assert "Compiling the kernels" in err
    assert figures(json.loads(out)) == figures(undisturbed)
    assert "compiled again" not in manage.run(*arguments)[2]

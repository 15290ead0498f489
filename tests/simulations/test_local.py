"""Computing with child processes, driven from this process."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from simulations import services
from simulations.localrun.pool import Pool
from simulations.models import Batch, BatchStatus, Simulation, SimulationStatus
from simulations.services import NotClaimed, RequestRefused, SimulationProgress, recording, run_local
from simulations.services.local import MAX_DEATHS
from simulations.services.recording import done_spans
from simulations.spans import missing_spans
from tests.events.factories import a_document
from tests.simulations.factories import a_claimed_simulation, a_completed_simulation, a_request, a_simulation

pytestmark = pytest.mark.django_db

# More than any machine computes before a test acts on it.
ENDLESS = 50_000_000


@pytest.fixture
def pool() -> Iterator[Pool]:
    with Pool(2) as pool:
        yield pool


def kill_computing(pool: Pool, *, times: int) -> Callable[[SimulationProgress], None]:
    """Return a watcher that kills a process which computes, so many times."""
    left = [times]

    def watch(_progress: SimulationProgress) -> None:
        victim = next((process for process in pool.processes if process.span), None)
        if victim and left[0]:
            left[0] -= 1
            os.kill(victim.pid, signal.SIGKILL)

    return watch


@pytest.mark.parametrize(("processes", "batch_size"), [(1, None), (1, 7), (2, 13), (3, 1000)])
def test_the_result_depends_neither_on_processes_nor_on_batches(
    processes: int, batch_size: int | None
) -> None:
    simulation = services.start_local(**a_request(n_runs=200, batch_size=batch_size), processes=processes)
    expected = a_completed_simulation(n_runs=200)
    assert simulation.status == SimulationStatus.COMPLETED
    assert (simulation.digest, simulation.summary) == (expected.digest, expected.summary)
    assert missing_spans(done_spans(simulation.pk), 200) == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite can be told how full its disk is")
@pytest.mark.django_db(transaction=True)
def test_a_disk_that_is_full_interrupts_and_the_simulation_says_so(pool: Pool) -> None:
    simulation = a_simulation(n_runs=ENDLESS, batch_size=2_000)
    with connection.cursor() as cursor:
        (pages,) = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages + 1}")
        try:
            with pytest.raises(DatabaseError):
                run_local(simulation.pk, pool=pool)
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")
    simulation.refresh_from_db()
    assert simulation.status == SimulationStatus.INTERRUPTED
    assert "database or disk is full" in simulation.error


def test_one_pool_computes_several_simulations(pool: Pool) -> None:
    document = a_document(unlock_points=0)
    for simulation in (a_simulation(), a_simulation(document=document)):
        run_local(simulation.pk, pool=pool)
        simulation.refresh_from_db()
        assert simulation.status == SimulationStatus.COMPLETED
    assert simulation.digest == a_completed_simulation(document=document).digest


def test_a_refused_request_starts_nothing() -> None:
    with pytest.raises(RequestRefused):
        services.start_local(**a_request(n_runs=0), processes=1)


def test_what_another_process_computes_is_left_to_it(pool: Pool) -> None:
    simulation, _ = a_claimed_simulation()
    with pytest.raises(NotClaimed):
        run_local(simulation.pk, pool=pool)


def test_a_process_that_dies_is_replaced_and_its_span_repeated(pool: Pool) -> None:
    simulation = a_simulation(n_runs=200_000, batch_size=100_000)
    run_local(simulation.pk, pool=pool, watch=kill_computing(pool, times=2))
    simulation.refresh_from_db()
    assert simulation.status == SimulationStatus.COMPLETED
    assert [span.n_runs for span in done_spans(simulation.pk)] == [100_000, 100_000]


def test_a_span_at_which_processes_keep_dying_fails_the_simulation() -> None:
    simulation = a_simulation(n_runs=ENDLESS, batch_size=10_000_000)
    with Pool(1) as pool:
        run_local(simulation.pk, pool=pool, watch=kill_computing(pool, times=99))
    simulation.refresh_from_db()
    assert simulation.status == SimulationStatus.FAILED
    assert "SIGKILL" in simulation.error
    failed = Batch.objects.get(status=BatchStatus.FAILED)
    assert (failed.first_run, failed.attempts) == (0, MAX_DEATHS)


def test_an_exception_fails_the_simulation_with_its_reason(pool: Pool) -> None:
    simulation = a_simulation()
    Simulation.objects.filter(pk=simulation.pk).update(document='{"format": "bingosim/event@1"}')
    run_local(simulation.pk, pool=pool)
    simulation.refresh_from_db()
    assert simulation.status == SimulationStatus.FAILED
    assert "DocumentError" in simulation.error


def test_the_server_is_replaced_too(pool: Pool) -> None:
    simulation = a_simulation(n_runs=2000, batch_size=500)
    killed: list[int] = []

    def kill_server(_progress: SimulationProgress) -> None:
        if pool.processes and not killed:
            killed.append(pool._server.pid)
            pool._server.kill()

    run_local(simulation.pk, pool=pool, watch=kill_server)
    simulation.refresh_from_db()
    assert killed
    assert simulation.status == SimulationStatus.COMPLETED


def test_cancelling_elsewhere_stops_it_and_keeps_what_is_done(pool: Pool) -> None:
    simulation = a_simulation(n_runs=ENDLESS)

    def cancel(progress: SimulationProgress) -> None:
        if progress.done and not progress.stopped:
            Simulation.objects.cancel(simulation.pk)

    run_local(simulation.pk, pool=pool, watch=cancel)
    simulation.refresh_from_db()
    assert simulation.status == SimulationStatus.CANCELLED
    assert done_spans(simulation.pk)


def test_extending_while_it_runs_adds_to_it(pool: Pool) -> None:
    simulation = a_simulation(n_runs=40)

    def extend(progress: SimulationProgress) -> None:
        if progress.n_runs == 40:
            Simulation.objects.filter(pk=simulation.pk).update(n_runs=100)

    run_local(simulation.pk, pool=pool, watch=extend)
    simulation.refresh_from_db()
    assert simulation.digest == a_completed_simulation(n_runs=100).digest


def test_a_deleted_simulation_ends_the_run(pool: Pool) -> None:
    simulation = a_simulation(n_runs=ENDLESS)

    def delete(progress: SimulationProgress) -> None:
        if progress.done:
            Simulation.objects.filter(pk=simulation.pk).delete()

    run_local(simulation.pk, pool=pool, watch=delete)
    assert not Simulation.objects.exists()


def test_an_error_of_this_process_lets_go_of_the_simulation(pool: Pool) -> None:
    simulation = a_simulation(n_runs=ENDLESS)

    def stumble(progress: SimulationProgress) -> None:
        if progress.done:
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        run_local(simulation.pk, pool=pool, watch=stumble)
    simulation.refresh_from_db()
    assert simulation.status == SimulationStatus.INTERRUPTED
    assert simulation.elapsed_s > 0


def test_an_error_right_after_the_claim_lets_go_of_it_too(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(_simulation_id: str) -> None:
        raise ArithmeticError

    simulation = a_simulation()
    monkeypatch.setattr(recording, "done_spans", stumble)
    with pytest.raises(ArithmeticError):
        run_local(simulation.pk, pool=pool)
    simulation.refresh_from_db()
    assert simulation.status == SimulationStatus.INTERRUPTED


def test_storing_counts_nothing_in_the_database(pool: Pool) -> None:
    simulation = a_simulation(n_runs=2000, batch_size=25)
    with CaptureQueriesContext(connection) as queries:
        run_local(simulation.pk, pool=pool)
    assert not [query for query in queries if "COUNT(" in query["sql"]]


def test_batches_know_how_long_storing_them_took(pool: Pool) -> None:
    simulation = a_simulation(n_runs=100, batch_size=25)
    run_local(simulation.pk, pool=pool)
    assert simulation.batches.filter(persist_s__gt=0, simulate_s__gt=0).count() == 4


def test_getting_ready_is_told_apart_from_computing_and_adds_up_over_legs() -> None:
    before = time.monotonic()
    with Pool(1) as first:
        simulation = a_simulation(n_runs=ENDLESS)

        def stop(progress: SimulationProgress) -> None:
            if progress.done > progress.done_before:
                os.kill(os.getpid(), signal.SIGINT)

        run_local(simulation.pk, pool=first, watch=stop)
    simulation.refresh_from_db()
    once_s = simulation.preparing_s
    # Loading kernels takes a while, whatever the machine.
    assert 0.05 < once_s < time.monotonic() - before - simulation.elapsed_s
    assert simulation.crowding >= 1
    services.resume(simulation.pk)
    with Pool(1) as second:
        run_local(simulation.pk, pool=second, watch=stop)
    simulation.refresh_from_db()
    assert simulation.preparing_s > once_s + 0.05


def test_what_a_pool_computes_next_is_ready_at_once(pool: Pool) -> None:
    for _ in range(2):
        run_local(a_simulation().pk, pool=pool)
    second, first = Simulation.objects.values_list("preparing_s", flat=True)
    assert second < first


def test_closing_a_pool_ends_its_processes(pool: Pool) -> None:
    simulation = a_simulation(n_runs=ENDLESS, batch_size=10_000_000)

    def interrupt(_progress: SimulationProgress) -> None:
        if pool.busy():
            os.kill(os.getpid(), signal.SIGINT)

    progress = run_local(simulation.pk, pool=pool, watch=interrupt)
    pids = [process.pid for process in pool.processes]
    pool.close()
    simulation.refresh_from_db()
    assert progress.stopped
    assert simulation.status == SimulationStatus.CANCELLED
    assert pids
    deadline = time.monotonic() + 10
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < deadline


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False

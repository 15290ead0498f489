"""One test's fleet: a database and a namespace of its own, its workers, and the commands that use them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.fleet.broker import Broker
from tests.fleet.database import Database
from tests.fleet.expected import BATCH_SIZE, RUNS, SEED, undisturbed
from tests.fleet.faults import Faults
from tests.fleet.processes import CHECKOUT
from tests.fleet.waiting import wait_for
from tests.fleet.workers import Worker

SLUG = "small-bingo"
PASSWORD = "a-word-for-members"
# Short, so that healing is quick; every wait of the fleet derives from it.
LEASE_S = 2.0
COMMAND_S = 120.0
COMPLETED_S = 90.0
LINES = 60
ACTIVE = ("pending", "running")


class Fleet:
    def __init__(self, broker: Broker, database: Database, *, name: str, folder: Path) -> None:
        self.broker = broker
        self.database = database
        self.name = name
        self.folder = folder
        self.namespace = name.replace("_", "-")
        self.workers: list[Worker] = []
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("WORKER_")},
            "DATABASE_URL": database.url(name),
            "BROKER_URL": broker.url,
            "BINGOSIM_NAMESPACE": self.namespace,
            "BINGOSIM_LEASE_S": str(LEASE_S),
            "LOG_FORMAT": "json",
        }

    def worker(
        self, index: int = 0, *, faults: Faults | None = None, ready: bool = True, **env: str
    ) -> Worker:
        """Start a worker; ``env`` replaces variables of the fleet's."""
        log = self.folder / f"worker-{index}-{len(self.workers)}.log"
        worker = Worker({**self.env, "WORKER_INDEX": str(index), **env}, log, faults)
        self.workers.append(worker)
        worker.start()
        if ready:
            worker.wait_until_ready()
        return worker

    def several(self, n_workers: int, **options: Any) -> list[Worker]:
        """Start workers side by side, and wait until all are ready."""
        workers = [self.worker(index, ready=False, **options) for index in range(n_workers)]
        for worker in workers:
            worker.wait_until_ready()
        return workers

    def close(self) -> None:
        for worker in self.workers:
            worker.close()
            # Shown where the test failed.
            print(f"--- {worker.log.name}", *worker.text().splitlines()[-LINES:], sep="\n")

    def start_command(self, *arguments: str, **env: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=CHECKOUT,
            env={**self.env, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **env: str) -> tuple[int, str, str]:
        """Return the exit code of a command, and what it printed."""
        process = self.start_command(*arguments, **env)
        try:
            out, err = process.communicate(timeout=COMMAND_S)
        finally:
            process.kill()
        return process.returncode, out, err

    def json(self, *arguments: str) -> Any:
        """Return what a command that succeeds answers."""
        code, out, err = self.run(*arguments, "--json")
        assert code == 0, err
        return json.loads(out)

    def simulate(self, runs: int = RUNS, *, batch_size: int | None = BATCH_SIZE, seed: str = SEED) -> str:
        """Ask for a simulation, and return its id at once."""
        sizes = [] if batch_size is None else ["--batch-size", str(batch_size)]
        arguments = ["--runs", str(runs), "--seed", seed, *sizes, "--distributed", "--detach"]
        simulation_id: str = self.json("simulate", SLUG, *arguments)["id"]
        return simulation_id

    def url_of_a_member(self) -> str:
        """Return where the database is for somebody who is no administrator of it, as workers should be."""
        user = self.database.create_user(PASSWORD)
        for what in ("TABLES", "SEQUENCES"):
            self.query(f"GRANT ALL ON ALL {what} IN SCHEMA public TO {user}")
        return self.database.url(self.name, user=user, password=PASSWORD)

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.database.query(self.name, statement, *values)

    def status(self, simulation_id: str) -> str:
        return str(self._of(simulation_id, "status"))

    def error(self, simulation_id: str) -> str:
        return str(self._of(simulation_id, "error"))

    def runs_done(self, simulation_id: str) -> int:
        statement = (
            "SELECT coalesce(sum(n_runs), 0) FROM simulations_batch "
            "WHERE simulation_id = %s AND status = 'done'"
        )
        return int(self.query(statement, simulation_id)[0][0])

    def wait_for_runs(self, simulation_id: str, runs: int = 1) -> None:
        wait_for(lambda: self.runs_done(simulation_id) >= runs, f"{runs} runs of {simulation_id}")

    def wait_until_running(self, worker: Worker) -> int:
        """Wait until a worker has a batch in its hands, and return the batch's id."""
        statement = (
            "SELECT batch.id FROM simulations_batch batch JOIN simulations_worker worker "
            "ON batch.worker = worker.name WHERE batch.status = 'running' AND worker.index = %s"
        )
        found = wait_for(lambda: self.query(statement, worker.index), "a running batch", every_s=0.01)
        return int(found[0][0])

    def batch_status(self, batch_id: int) -> str:
        status: str = self.query("SELECT status FROM simulations_batch WHERE id = %s", batch_id)[0][0]
        return status

    def has_taken(self, worker: Worker, batch_id: int) -> bool:
        """Return whether a worker has a batch in its hands, or has done it."""
        statement = (
            "SELECT 1 FROM simulations_batch batch JOIN simulations_worker worker "
            "ON batch.worker = worker.name "
            "WHERE batch.id = %s AND batch.status IN ('running', 'done') AND worker.index = %s"
        )
        return bool(self.query(statement, batch_id, worker.index))

    def wait_for_batch(self, batch_id: int, *, patience_s: float = COMPLETED_S) -> None:
        """Wait until a batch is done."""
        wait_for(lambda: self.batch_status(batch_id) == "done", f"batch {batch_id}", patience_s=patience_s)

    def runs_by(self, worker: Worker) -> int:
        """Return how many runs a worker has recorded."""
        statement = (
            "SELECT coalesce(sum(n_runs), 0) FROM simulations_batch batch JOIN simulations_worker worker "
            "ON batch.worker = worker.name WHERE batch.status = 'done' AND worker.index = %s"
        )
        return int(self.query(statement, worker.index)[0][0])

    def live_workers(self) -> int:
        statement = (
            "SELECT count(*) FROM simulations_worker WHERE ready AND seen_at > now() - interval '1 s' * %s"
        )
        return int(self.query(statement, LEASE_S)[0][0])

    def wait_until_live(self, n_workers: int) -> None:
        wait_for(lambda: self.live_workers() == n_workers, f"{n_workers} live workers")

    def assert_nothing_failed(self) -> None:
        """No batch had an exception: what delays must not count as one."""
        assert self.query("SELECT id, error FROM simulations_batch WHERE error <> ''") == []

    def wait_until_ended(self, simulation_id: str, *, patience_s: float = COMPLETED_S) -> str:
        """Return the final status."""
        wait_for(
            lambda: self.status(simulation_id) not in ACTIVE,
            f"the end of simulation {simulation_id}",
            patience_s=patience_s,
        )
        return self.status(simulation_id)

    def assert_completes_undisturbed(
        self, simulation_id: str, runs: int = RUNS, *, seed: str = SEED, patience_s: float = COMPLETED_S
    ) -> None:
        """Wait for the end, which must be what an undisturbed run comes to, every run counted once."""
        status = self.wait_until_ended(simulation_id, patience_s=patience_s)
        assert status == "completed", self.error(simulation_id)
        statement = "SELECT n_runs, digest, summary FROM simulations_simulation WHERE id = %s"
        stored_runs, digest, summary = self.query(statement, simulation_id)[0]
        expected = undisturbed(runs, seed)
        assert (stored_runs, digest) == (runs, expected.digest)
        assert bytes(summary) == expected.summary
        self.assert_each_run_once(simulation_id, runs)

    def assert_each_run_once(self, simulation_id: str, runs: int) -> None:
        """The batches are done, have a result each, and cover the runs without gap or overlap."""
        batches = self.query(
            "SELECT first_run, n_runs, status, result.batch_id IS NOT NULL FROM simulations_batch batch "
            "LEFT JOIN simulations_batchresult result ON result.batch_id = batch.id "
            "WHERE simulation_id = %s ORDER BY first_run",
            simulation_id,
        )
        end = 0
        for first_run, n_runs, status, has_result in batches:
            assert (first_run, status, has_result) == (end, "done", True), batches
            end += n_runs
        assert end == runs

    def _of(self, simulation_id: str, column: str) -> Any:
        return self.query(f"SELECT {column} FROM simulations_simulation WHERE id = %s", simulation_id)[0][0]

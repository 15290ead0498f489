"""A RabbitMQ that takes as many connections as a fleet holds.

A broker that runs out of files refuses connections to everybody and loses parts of itself, so none that
others may use is loaded beyond what it is known to carry.
"""

import os
import resource
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.fleet.counters import open_files, server_process
from benchmarks.fleet.servers import await_answer, end, free_port, listens, start
from bingosim_project.env import DEVELOPMENT_BROKER_URL
from simulations.benchmark import BenchmarkRefused

# Connections to consume, to tell events and to publish, and what a quorum queue keeps open, with a reserve.
FILES_A_WORKER = 8
SPARE_FILES = 100
# What a broker is taken to have that doesn't tell: many run with 1,024, of which others use some.
UNKNOWN_FILES = 250
SCRIPT = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
START_S = 90.0


@contextmanager
def broker(n_workers: int) -> Iterator[str]:
    """Yield the URL of the broker at hand, or of one started for this, where that may have too few files."""
    needed = FILES_A_WORKER * n_workers + SPARE_FILES
    url = os.environ.get("BROKER_URL", "").strip() or DEVELOPMENT_BROKER_URL
    free = _free_files(url)
    if free >= needed:
        yield url
        return
    epmd = shutil.which("epmd")
    if epmd is None or not SCRIPT.exists():
        raise BenchmarkRefused(
            f"{n_workers} workers take about {needed} open files of a broker, and the one at hand is known "
            f"to have {free} for them: take fewer --workers, or install RabbitMQ here to have one started."
        )
    with _own_broker(needed, epmd) as url:
        yield url


def _free_files(url: str) -> int:
    """Return how many files of a broker may be used: half of what is left, since others use it, too."""
    pid = server_process(url, 5672)
    with suppress(OSError, ValueError):
        limits = Path(f"/proc/{pid}/limits").read_text().splitlines()
        limit = next(line for line in limits if line.startswith("Max open files")).split()[3]
        return (int(limit) - (open_files(pid) or 0)) // 2
    return UNKNOWN_FILES


@contextmanager
def _own_broker(n_files: int, epmd: str) -> Iterator[str]:
    """Yield the URL of a node of its own, with its own names, ports and folder, gone afterwards."""
    _allow_files(n_files)
    with tempfile.TemporaryDirectory(prefix="bingosim-fleet-", ignore_cleanup_errors=True) as name:
        folder, port, epmd_port = Path(name), free_port(), free_port()
        env = _environment(folder, port, epmd_port)
        # Erlang's names of nodes; its own, since a node would leave a shared one behind.
        names = start([epmd, "-port", str(epmd_port), "-address", "127.0.0.1"], folder / "epmd.log", env=env)
        try:
            await_answer(lambda: listens(epmd_port), names, folder / "epmd.log", what="epmd", patience_s=10)
            node = start([str(SCRIPT), "-noinput"], folder / "log", cwd=folder, env=env)
            try:
                await_answer(lambda: listens(port), node, folder / "log", what="RabbitMQ", patience_s=START_S)
                yield f"amqp://guest:guest@127.0.0.1:{port}//"
            finally:
                end(node, signal.SIGTERM)
        finally:
            end(names, signal.SIGTERM)


def _environment(folder: Path, port: int, epmd_port: int) -> dict[str, str]:
    (folder / "plugins").write_text("[].\n")
    (folder / "environment").touch()
    (folder / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{port}\n")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RABBITMQ_")}
    return inherited | {
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "ERL_EPMD_PORT": str(epmd_port),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_FLAGS": "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false",
        "RABBITMQ_ALLOW_INPUT": "1",  # the script gives way to the node
        "RABBITMQ_NODENAME": f"bingosim-fleet-{port}@localhost",
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "environment"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "logs"),
    }


def _allow_files(n_files: int) -> None:
    """Let what is started here open so many files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < n_files:
        if hard != resource.RLIM_INFINITY and hard < n_files:
            raise BenchmarkRefused(
                f"The broker needs {n_files} open files and {hard} are allowed: raise the limit (ulimit -n), "
                "or take fewer --workers."
            )
        resource.setrlimit(resource.RLIMIT_NOFILE, (n_files, hard))

"""What the pool makes of processes and servers that fail midway."""

import socket
import struct
import subprocess
from collections.abc import Iterator
from multiprocessing.connection import Connection

import pytest

from simulations.localrun.messages import Crashed, Died, Job
from simulations.localrun.pool import Pool, Process
from simulations.spans import Span


@pytest.fixture
def pool() -> Iterator[Pool]:
    """A pool that starts no process by itself."""
    with Pool(0) as pool:
        yield pool


def a_process(pool: Pool, *, pid: int = 0, server_pid: int = 0) -> tuple[Process, socket.socket]:
    """Add a process that computes a span, and return it with the other end of its channel."""
    mine, theirs = socket.socketpair()
    process = Process(pid, Connection(mine.detach()), server_pid, Span(0, 5))
    pool.processes.append(process)
    return process, theirs


def answer_with(pool: Pool, answer: object) -> None:
    """Put a server in the pool's way that answers this to the next command."""
    mine, theirs = socket.socketpair()
    pool._control.close()
    pool._control, pool._ready = Connection(mine.detach()), True
    server = Connection(theirs.detach())
    server.send(answer)
    pool._kept_open = server  # type: ignore[attr-defined]


def test_a_process_that_dies_while_it_sends_gives_its_span_back(pool: Pool) -> None:
    _, theirs = a_process(pool)
    theirs.sendall(struct.pack("!i", 100) + b"x" * 50)
    theirs.close()
    assert pool.wait(5) == [Died(Span(0, 5), "the death of its server")]
    assert pool.processes == []


def test_a_server_that_dies_while_it_sends_is_told(pool: Pool) -> None:
    mine, theirs = socket.socketpair()
    pool._control.close()
    pool._control = Connection(mine.detach())
    theirs.sendall(struct.pack("!i", 100) + b"x" * 50)
    theirs.close()
    (message,) = pool.wait(5)
    assert isinstance(message, Crashed)


def test_what_the_server_could_not_fork_is_told(pool: Pool) -> None:
    answer_with(pool, Crashed("no memory to fork"))
    pool.n_processes = 1
    pool.give(Job("{}", "7"))
    assert pool.wait(0) == [Crashed("no memory to fork")]
    assert pool.processes == []


def test_a_cause_of_death_that_the_server_cannot_tell_repeats_the_span(pool: Pool) -> None:
    answer_with(pool, Crashed("no child processes"))
    _, theirs = a_process(pool, server_pid=pool._server.pid)
    theirs.close()
    assert pool.wait(5) == [Died(Span(0, 5), "a cause that its server could not tell")]


@pytest.mark.parametrize("server", ["dead", "replaced"])
def test_processes_of_a_server_that_is_gone_are_not_killed_by_number(pool: Pool, server: str) -> None:
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        a_process(pool, pid=bystander.pid, server_pid=pool._server.pid if server == "dead" else 0)
        if server == "dead":
            pool._server.kill()
            pool._server.wait()
        pool.close()
        with pytest.raises(subprocess.TimeoutExpired):
            bystander.wait(0.2)
    finally:
        bystander.kill()
        bystander.wait()

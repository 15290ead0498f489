"""What the pool, its server and the computing processes say to each other."""

from typing import NamedTuple

from simulations.spans import Span


class Job(NamedTuple):
    """What a computing process is told first: the event document as text, and the seed."""

    document: str
    seed: str


class Compiling(NamedTuple):
    """The kernel cache is cold: compiling takes a while."""


class Ready(NamedTuple):
    """The kernels are loaded; computing processes can start."""


class Crashed(NamedTuple):
    """An exception ended a computing process (with its span) or the server (without one)."""

    error: str
    span: Span | None = None


class Died(NamedTuple):
    """A computing process is gone without a word: killed, or out of memory."""

    span: Span | None
    reason: str


class Fork(NamedTuple):
    """Asks the server for a computing process, whose channel follows. The answer is its process id."""


class Reap(NamedTuple):
    """Asks the server for the exit code of a process that ended; it is negative for a signal."""

    pid: int

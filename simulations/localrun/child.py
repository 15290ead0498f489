"""A computing process: takes a job, then spans, and sends back what they came to."""

import traceback
from multiprocessing.connection import Connection

from events.document import read_document
from simulations.compute import Computer
from simulations.engine import Engine, compile_event
from simulations.localrun.messages import Crashed, Job
from simulations.spans import Span


class ParentGone(Exception):
    """Nobody is left to compute for."""


def work(channel: Connection) -> None:
    """Compute whatever arrives on ``channel`` until it closes."""
    span: Span | None = None
    try:
        job: Job = channel.recv()
        compiled = compile_event(read_document(job.document, name="frozen document"))
        computer = Computer(Engine(compiled, job.seed))
        while True:
            span = channel.recv()
            channel.send(computer.compute(span, between=lambda: _check_parent(channel)))
            span = None
    except (EOFError, ConnectionError, ParentGone):
        return
    except Exception:
        channel.send(Crashed(traceback.format_exc(limit=-4), span))


def _check_parent(channel: Connection) -> bool:
    # The parent sends nothing while a span is computed: something to read can only be the end.
    if channel.poll():
        raise ParentGone
    return True

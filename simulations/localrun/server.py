"""The process that forks computing processes: `python -m simulations.localrun.server FD`.

It imports the engine and loads the kernels once; what it forks has them at hand, so that starting or
replacing a computing process takes milliseconds. It holds neither threads nor database connections,
both of which would not survive a fork.
"""

import ctypes
import os
import signal
import sys
import traceback
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from typing import NoReturn

from simulations.localrun.messages import Compiling, Crashed, Fork, Ready

PR_SET_PDEATHSIG = 1
COMPUTING_NICENESS = 5


def main(control: Connection) -> None:
    """Serve the pool on ``control`` until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent()
    try:
        _load_kernels(control)
        while True:
            command = control.recv()
            control.send(_fork(control) if isinstance(command, Fork) else _reap(command.pid))
    except (EOFError, ConnectionError):
        return
    except Exception:
        control.send(Crashed(traceback.format_exc(limit=-4)))


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent dies; elsewhere the closed channel ends it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _load_kernels(control: Connection) -> None:
    # Imported here, so that whatever that raises is reported over the channel; and before the first fork.
    from simulations import engine
    from simulations.localrun import child  # noqa: F401

    if not engine.is_warm():
        control.send(Compiling())
    engine.warmup()
    control.send(Ready())


def _fork(control: Connection) -> int:
    handle = recv_handle(control)
    pid = os.fork()
    if pid == 0:
        control.close()
        _become_child(handle)
    os.close(handle)
    return pid


def _become_child(handle: int) -> NoReturn:
    from simulations.localrun.child import work

    try:
        die_with_parent()
        # Whoever stores, the database included, goes first: it is brief, and all cores are busy computing.
        os.nice(COMPUTING_NICENESS)
        work(Connection(handle))
    finally:
        os._exit(0)


def _reap(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    main(Connection(int(sys.argv[1])))

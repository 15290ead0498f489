"""The entry point: what happens before any command takes over."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("delay_s", [0.3, 0.6])
def test_ctrl_c_while_everything_is_imported_is_one_line(delay_s: float) -> None:
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "help"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A job of a shell without a terminal ignores the signal; a command that a person types does not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    time.sleep(delay_s)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    # On a fast machine the command may be through before the signal.
    assert (process.returncode, err) in {(130, "Cancelled.\n"), (0, "")}

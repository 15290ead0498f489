"""Telling whether the process that computes a simulation is gone."""

import subprocess
import sys

import pytest

from simulations.localrun.whereabouts import is_alive, is_gone, this_process
from tests.simulations.processes import CHECKOUT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells about other processes")


def an_ended_process() -> str:
    """Return what a process said of itself that is gone."""
    code = "from simulations.localrun.whereabouts import this_process; print(this_process())"
    ended = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, check=True, stdout=subprocess.PIPE)
    return ended.stdout.decode().strip()


def test_this_process_is_there() -> None:
    assert not is_gone(this_process())
    assert is_alive(this_process())


def test_a_process_that_ended_is_gone() -> None:
    assert is_gone(an_ended_process())


def test_another_process_with_its_number_is_not_taken_for_it() -> None:
    same_number, _, _ = this_process().rpartition(" ")
    assert is_gone(f"{same_number} 1)")


@pytest.mark.parametrize("owner", ["", "elsewhere process 1", "elsewhere process 1 (boot pid:[1] 5)", "a (b"])
def test_of_other_hosts_nothing_is_certain(owner: str) -> None:
    assert not is_gone(owner)


def test_a_name_fits_where_it_is_stored() -> None:
    assert len(this_process()) <= 200


def test_of_a_process_elsewhere_neither_is_certain() -> None:
    elsewhere = "other-host process 1 (0000 0000 1)"
    assert not is_gone(elsewhere)
    assert not is_alive(elsewhere)

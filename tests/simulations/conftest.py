"""Tests of simulations start with kernels that are compiled."""

import pytest

from simulations import engine


@pytest.fixture(scope="session", autouse=True)
def _compiled_kernels() -> None:
    """Compile them, where the cache is cold, before a test takes a lease that could run out meanwhile."""
    engine.warmup()

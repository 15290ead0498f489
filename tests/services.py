"""Programs and servers that tests need beside Python; those of PostgreSQL are in `tests.on_postgresql`."""

import os
from typing import NoReturn

import pytest

from bingosim_project.env import DEVELOPMENT_BROKER_URL
from tests.on_postgresql import SERVICES_REQUIRED

BROKER_URL = os.environ.get("BINGOSIM_TEST_BROKER_URL") or DEVELOPMENT_BROKER_URL


def missing(reason: str) -> NoReturn:
    """Skip the test, or fail it where everything has to be there; the reason says what is to be done."""
    if SERVICES_REQUIRED:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)

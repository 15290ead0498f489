"""Services of the tests' own: what is restarted, purged or starved must not be the machine's."""

import os

import pytest

SERVICES_REQUIRED = os.environ.get("BINGOSIM_REQUIRE_SERVICES") == "1"


def missing(what: str, remedy: str) -> None:
    """Skip the test, or fail it where every service has to be there."""
    reason = f"{what} is not installed here: {remedy}"
    if SERVICES_REQUIRED:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)

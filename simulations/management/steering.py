"""What the commands share that steer a simulation."""

from collections.abc import Iterator
from contextlib import contextmanager

from events.management.base import Refused
from simulations.services import SteeringRefused


@contextmanager
def steering() -> Iterator[None]:
    """Turn what the services refuse into the command's refusal."""
    try:
        yield
    except SteeringRefused as refused:
        raise Refused(str(refused)) from refused

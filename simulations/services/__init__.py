"""What can be done with simulations: each function owns its transactions and is called by every edge."""

from simulations.services.local import (
    NotClaimed,
    default_processes,
    run_local,
    start_local,
)
from simulations.services.ownership import OwnershipLost, mark_interrupted
from simulations.services.progress import SimulationProgress
from simulations.services.requests import NothingToSimulate, RequestRefused, create_simulation
from simulations.services.steering import SteeringRefused, cancel, delete, extend, resume
from simulations.services.turns import before_in_turn, queue_local, start_waiting

__all__ = [
    "NotClaimed",
    "NothingToSimulate",
    "OwnershipLost",
    "RequestRefused",
    "SimulationProgress",
    "SteeringRefused",
    "before_in_turn",
    "cancel",
    "create_simulation",
    "default_processes",
    "delete",
    "extend",
    "mark_interrupted",
    "queue_local",
    "resume",
    "run_local",
    "start_local",
    "start_waiting",
]

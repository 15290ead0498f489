"""What can be made to go wrong in a worker."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class Faults:
    """Faults of one worker process.

    ``do`` happens to the batch that has run ``at_run``, or to each where that is None: an exception, the
    death of the process, or ``sleep_s`` in which nothing is renewed. It happens ``times`` times, counted in
    ``ledger`` over all processes, or always. ``pace_s`` lengthens each slice of computing, which does not end
    while there is a file ``gate``; ``skew_s`` shifts the clock.
    """

    do: Literal["nothing", "raise", "die", "sleep"] = "nothing"
    at_run: int | None = None
    times: int | None = None
    ledger: str = ""
    text: str = "the dice fell off the table"
    sleep_s: float = 0.0
    pace_s: float = 0.0
    gate: str = ""
    skew_s: float = 0.0
    engine_version: int | None = None
    # Start a new process whenever one is killed, as a supervisor does.
    respawn: bool = False

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Faults":
        return cls(**json.loads(text))

    def closed(self) -> bool:
        """Return whether computing stands still."""
        return bool(self.gate) and Path(self.gate).exists()

    def is_due(self, span: Any) -> bool:
        """Return whether it is to happen to this span now, and count it."""
        if self.do == "nothing" or (self.at_run is not None and not span.first_run <= self.at_run < span.end):
            return False
        if self.times is not None and happened(self.ledger) >= self.times:
            return False
        if self.ledger:
            with Path(self.ledger).open("a") as ledger:
                ledger.write(f"{span}\n")
        return True


class Gate:
    """Where workers stand still while it is closed: a command takes longer to start than some batches do."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.faults = Faults(gate=str(path))

    def close(self) -> None:
        self.path.touch()

    def open(self) -> None:
        self.path.unlink()


def happened(ledger: Path | str) -> int:
    """Return how often a fault has happened."""
    path = Path(ledger)
    return len(path.read_text().splitlines()) if path.exists() else 0

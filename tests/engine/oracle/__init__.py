"""The plain engine: a slow, obvious truth that the kernels must equal to the last bit.

Written from ``docs/simulation-model.md`` and from nothing else. It shares the draws, the event
document and the sessions' intervals with the engine; everything after that is its own.
"""

from tests.engine.oracle.results import digest, run_digest
from tests.engine.oracle.summary import summarise
from tests.engine.oracle.team import LogEntry, OracleTeam, play

__all__ = ["LogEntry", "OracleTeam", "digest", "play", "run_digest", "summarise"]

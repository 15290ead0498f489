"""Running totals of the database, the broker and the processors, of which a window takes the difference."""

from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db import DatabaseError, connection

from simulations.benchmark.machine import TICKS_PER_S, machine_cpu_s, process_cpu_s

LOCAL = ("127.0.0.1", "localhost", "::1", "")
LISTENING = "0A"


class Counters:
    """Reads the totals; what this machine does not tell is left out."""

    def __init__(self, database_url: str, broker_url: str, crew_pids: list[int]) -> None:
        self.postmaster = server_process(database_url, 5432)
        self.broker = server_process(broker_url, 5672)
        self.crew_pids = crew_pids
        self.has_statements = _statements_extension()

    def read(self) -> dict[str, float]:
        totals = {
            "postgresql_cpu_s": None if self.postmaster is None else _family_cpu_s(self.postmaster),
            "broker_cpu_s": None if self.broker is None else process_cpu_s(self.broker),
            "crew_cpu_s": _sum([process_cpu_s(pid) for pid in self.crew_pids]),
            "machine_cpu_s": machine_cpu_s(),
            **self._database(),
        }
        return {name: value for name, value in totals.items() if value is not None}

    def statements(self) -> list[dict[str, Any]]:
        """Return what the server spent the most time executing since `forget_statements`."""
        if not self.has_statements:
            return []
        with connection.cursor() as cursor:
            cursor.execute(_STATEMENTS)
            return [
                {"statement": text, "calls": calls, "ms": round(ms, 4), "total_s": round(total_s, 3)}
                for text, calls, ms, total_s in cursor.fetchall()
            ]

    def forget_statements(self) -> None:
        if self.has_statements:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_stat_statements_reset()")

    def _database(self) -> dict[str, float]:
        with connection.cursor() as cursor:
            cursor.execute(_TOTALS)
            commits, rollbacks, wal_bytes, disk_bytes = cursor.fetchone()
        return {
            "transactions": commits + rollbacks,
            "wal_bytes": float(wal_bytes),
            "disk_bytes": disk_bytes,
        }


def connections() -> int:
    """Return how many connections the database has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def open_files(pid: int | None) -> int | None:
    """Return how many files a process has open; None where it tells nobody."""
    with suppress(OSError):
        return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    return None


def _statements_extension() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            cursor.execute("SELECT pg_stat_statements_reset()")
    except DatabaseError:  # not installed, or not loaded by the server
        return False
    return True


def server_process(url: str, default_port: int) -> int | None:
    """Return the process that listens where a URL points to, where it is one of this machine."""
    parts = urlsplit(url)
    if (parts.hostname or "") not in LOCAL:
        return None
    wanted = {f"socket:[{inode}]" for inode in _listening_inodes(parts.port or default_port)}
    for folder in Path("/proc").glob("[0-9]*/fd"):
        # Other users' processes tell nobody but root; some end meanwhile.
        with suppress(OSError):
            if any(_target(entry) in wanted for entry in folder.iterdir()):
                return _oldest(int(folder.parent.name))
    return None


def _target(entry: Path) -> str:
    with suppress(OSError):
        return str(entry.readlink())
    return ""


def _oldest(pid: int) -> int:
    """Return the process itself, or its parent where that has the same name: children inherit sockets."""
    parent = _parent(pid)
    return parent if parent and _name(parent) == _name(pid) else pid


def _listening_inodes(port: int) -> set[str]:
    found = set()
    for name in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    found.add(fields[9])
    return found


def _family_cpu_s(pid: int) -> float | None:
    """Return the processor time of a process and its children, also of those that ended."""
    with suppress(OSError, ValueError, IndexError):
        ended = _stat(pid)[13:15]
        children = [int(path.name) for path in Path("/proc").glob("[0-9]*") if _parent(int(path.name)) == pid]
        living = [process_cpu_s(one) or 0.0 for one in (pid, *children)]
        return sum(living) + sum(map(int, ended)) / TICKS_PER_S
    return None


def _parent(pid: int) -> int | None:
    with suppress(OSError, ValueError, IndexError):
        return int(_stat(pid)[1])
    return None


def _name(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text()
    return ""


def _stat(pid: int) -> list[str]:
    # From the state on: the name before it, in parentheses, may hold blanks.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


_TOTALS = """
    SELECT xact_commit, xact_rollback, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0'),
           pg_database_size(current_database())
    FROM pg_stat_database WHERE datname = current_database()
"""
_STATEMENTS = """
    SELECT regexp_replace(left(query, 160), E'\\\\s+', ' ', 'g'),
           calls, mean_exec_time, total_exec_time / 1000
    FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    ORDER BY total_exec_time DESC LIMIT 12
"""

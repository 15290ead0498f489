"""The machine and the services that a measurement ran on."""

import os
import platform
from contextlib import suppress
from pathlib import Path
from typing import Any

import numba
import numpy as np
from django.conf import settings
from django.db import connections
from kombu import Connection

from simulations.engine import ENGINE_VERSION

SETTINGS = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
# Of the line `cpu` in /proc/stat: user, nice, system, irq, softirq. Neither idling nor waiting for a disk.
BUSY = (0, 1, 2, 5, 6)


def usable_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def describe_machine() -> dict[str, Any]:
    """Return what decides about speed: processor, cores, memory and versions."""
    return {
        "cpu": _cpu_model(),
        "cores": usable_cores(),
        "memory_gib": _memory_gib(),
        # Processes that wanted a processor in the last minute: how quiet the machine was.
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "numba": numba.__version__,
        "numpy": np.__version__,
        "engine": ENGINE_VERSION,
    }


def describe_services(alias: str) -> dict[str, Any]:
    """Return the versions of the database and the broker, and what of their settings decides about speed."""
    with connections[alias].cursor() as cursor:
        answers = {}
        for name in SETTINGS:
            cursor.execute(f"SHOW {name}")
            answers[name] = cursor.fetchone()[0]
    with Connection(settings.BROKER_URL, connect_timeout=5) as broker:
        broker.connect()
        properties = broker.connection.server_properties
    return {"postgresql": answers, "broker": f"{properties.get('product')} {properties.get('version')}"}


def machine_cpu_s() -> float | None:
    """Return the processor time that all processes have used since the machine started."""
    with suppress(OSError, ValueError, IndexError):
        fields = Path("/proc/stat").read_text().partition("\n")[0].split()[1:]
        return sum(int(fields[ix]) for ix in BUSY) / TICKS_PER_S
    return None


def process_cpu_s(pid: int) -> float | None:
    """Return the processor time that a process has used."""
    with suppress(OSError, ValueError, IndexError):
        # The name of the process, in parentheses, may hold blanks.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_S
    return None


def _memory_gib() -> float | None:
    with suppress(OSError, ValueError, AttributeError):
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    return None


def _cpu_model() -> str:
    # platform.processor() is empty on most Linux systems.
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())

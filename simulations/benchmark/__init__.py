"""Measuring a fleet of workers: with real processes, on a real database and a real broker."""


class BenchmarkRefused(RuntimeError):
    """The benchmark can't measure; the message says why, and what helps."""

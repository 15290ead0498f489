"""How many runs a batch gets, by the speed that was measured."""

AIM_S = 1.0
# The first batch of a simulation is short, so that there is soon something to be seen.
FIRST_AIM_S = 0.1
LEAST_S = 0.05
FIRST_RUNS = 16
# A tail of batches that shrink lets all processes end at the same time.
TAIL_SHARES = 4


def batch_runs(
    remaining: int,
    *,
    runs_per_s: float | None,
    n_processes: int,
    fixed: int | None,
    most: int,
    aim_s: float = AIM_S,
    least_s: float = LEAST_S,
) -> int:
    """Return about ``aim_s`` of work, less near the end, but never less than it takes to hand it over.

    ``runs_per_s`` is the speed of the process that gets the batch, None as long as it is unknown;
    ``fixed`` the size that was asked for, if any; ``least_s`` what handing over is worth.
    """
    if fixed is not None:
        return fixed
    if not runs_per_s:
        return FIRST_RUNS
    share = remaining / (TAIL_SHARES * max(1, n_processes))
    size = max(min(runs_per_s * aim_s, share), runs_per_s * least_s)
    return min(max(1, int(size)), most)


class Sizer:
    """Sizes batches for so many processes that compute at one speed; with ``fixed`` all have that size."""

    def __init__(self, n_processes: int, *, fixed: int | None, most: int) -> None:
        self.n_processes = n_processes
        self.fixed = fixed
        self.most = most
        self._runs_per_s: float | None = None

    def observe(self, n_runs: int, seconds: float) -> None:
        """Learn from a finished batch; the last one counts, since kernels get faster as they remember."""
        self._runs_per_s = n_runs / max(seconds, 1e-6)

    def next_size(self, remaining: int) -> int:
        """Return how many runs the next batch gets."""
        return batch_runs(
            remaining,
            runs_per_s=self._runs_per_s,
            n_processes=self.n_processes,
            fixed=self.fixed,
            most=self.most,
        )

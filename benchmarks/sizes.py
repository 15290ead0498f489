"""How much is measured: enough to judge by, or just enough to see that everything works."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Runs and repetitions of each part."""

    repetitions: int = 7
    spring_runs: int = 50_000
    summer_runs: int = 800
    nine_days_runs: int = 400
    generated_runs: int = 4_000
    spring_traced: int = 2_000
    summer_traced: int = 40
    nine_days_traced: int = 16
    spring_plain_runs: int = 5_000
    summer_plain_runs: int = 80
    nine_days_plain_runs: int = 40
    stored_runs: int = 500_000
    long_runs: int = 10_000_000
    oracle_runs: int = 60
    starts: int = 3
    mixes: int = 20_000_000


FULL = Sizes()
QUICK = Sizes(
    repetitions=3,
    spring_runs=5_000,
    summer_runs=60,
    nine_days_runs=30,
    generated_runs=300,
    spring_traced=300,
    summer_traced=4,
    nine_days_traced=2,
    spring_plain_runs=500,
    summer_plain_runs=8,
    nine_days_plain_runs=4,
    stored_runs=20_000,
    long_runs=100_000,
    oracle_runs=3,
    starts=1,
    mixes=2_000_000,
)

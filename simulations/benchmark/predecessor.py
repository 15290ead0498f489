"""What the predecessor came to with 500,000 runs of spring-league-bingo, and what it aimed at."""

HEAD = "500,000 runs"
# What, with one worker, and with three.
FIGURES = (
    ("elapsed", "183.8 s", "186.5 s"),
    ("throughput", "2,720 runs/s", "2,681 runs/s"),
    ("steady state", "3,189 runs/s", "3,072 runs/s"),
    ("warm-up", "20 s, 10.9 %", "20 s, 10.7 %"),
    ("shares of the workers", "100 %", "32.0 / 33.3 / 34.7 %"),
    ("messages", "25,000", "25,000"),
)
NOTE = (
    "Its figures are from hardware of its own. On the development machine of this project it does 535 "
    "runs/s end to end with one worker and 502 with three. It scaled by 0.99: each message, of 20 runs, "
    "took about 7 ms to publish, so the publisher set the pace. It aimed at 100 to 110 s with one "
    "worker, at most 75 s with three, a scaling of at least 1.4, at most 300 ms of simulation for "
    "10,000 runs, and at least 4,200 runs/s in all."
)

"""The benchmark of a fleet: what it makes of figures, how it judges, and small measurements for real."""

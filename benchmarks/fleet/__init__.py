"""A simulated fleet: many workers on a real database and a real broker, which sleep instead of computing."""

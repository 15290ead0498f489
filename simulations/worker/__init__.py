"""A worker: one process that computes batches of distributed simulations."""

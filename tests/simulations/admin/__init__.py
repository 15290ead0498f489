"""The admin of simulations."""

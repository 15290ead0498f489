"""A plain engine in C, by which the engine's speed is told whatever the machine."""

from benchmarks.plain.building import build
from benchmarks.plain.engine import PlainEngine
from benchmarks.plain.turns import Turns, take_turns, turn_figures

__all__ = ["PlainEngine", "Turns", "build", "take_turns", "turn_figures"]

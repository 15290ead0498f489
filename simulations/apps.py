"""The app of what is run and what came out."""

from django.apps import AppConfig


class SimulationsConfig(AppConfig):
    name = "simulations"

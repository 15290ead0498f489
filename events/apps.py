"""The app of what can be configured: events and all that they hold."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"

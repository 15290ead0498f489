"""The admin of simulations: from an event to what came out."""

from urllib.parse import urlencode

from django.urls import reverse

from events.admin.workspace import Action, Tab, add_action, add_tab
from events.models import Event
from simulations.admin import simulations

__all__ = ["simulations"]


def _of_event(page: str, event: Event) -> str:
    return f"{reverse(f'admin:simulations_simulation_{page}')}?{urlencode({'event': event.pk})}"


add_tab(
    Tab(
        "simulation",
        "Simulations",
        lambda event: _of_event("changelist", event),
        "simulations.view_simulation",
    )
)
add_action(
    Action(
        "Simulate…",
        "play_arrow",
        lambda event: _of_event("add", event),
        ("simulations.add_simulation",),
        primary=True,
    )
)

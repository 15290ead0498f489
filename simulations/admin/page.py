"""The page of one simulation: how far it is, what was asked for, what came out, what can be done with it."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from events.admin.kept import KeptForm
from events.admin.workspace import board_url, workspace
from events.wording import counted
from simulations.admin import places
from simulations.admin.fields import CountField
from simulations.admin.progress import progress_of, workers_of
from simulations.admin.remembered import shown_results
from simulations.admin.words import from_to
from simulations.compiled import engine_version
from simulations.models import ACTIVE, EXTENDABLE, MAX_RUNS, RESUMABLE, Mode, Simulation
from simulations.presentation.drawing import took

# What all pages of simulations load.
MEDIA = forms.Media(css={"all": ["simulations/admin.css"]}, js=["simulations/admin.js"])
PLACES = {Mode.LOCAL: "On this server", Mode.DISTRIBUTED: "By workers"}


class ExtendForm(KeptForm):
    """To how many runs a simulation is raised."""

    def __init__(self, simulation: Simulation, *args: Any, last_save: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        least, has = simulation.n_runs + 1, counted(simulation.n_runs, "run")
        already = f"It has {has} already: give a larger number."
        self.fields["runs"] = CountField(
            label="Runs in all",
            min_value=least,
            max_value=MAX_RUNS,
            initial=min(2 * simulation.n_runs, MAX_RUNS),
            error_messages=from_to(least, MAX_RUNS) | {"min_value": f"{already} {last_save}".strip()},
            help_text=f"More than the {has} that it has; those that are finished are kept.",
        )


def page_context(request: HttpRequest, simulation: Simulation, extend: ExtendForm | None) -> dict[str, Any]:
    """Return what the page shows, besides what all pages of the admin do."""
    shown = shown_results(simulation)
    event = simulation.event if request.user.has_perm("events.view_event") else None
    return {
        "title": simulation.name or f"Simulation {simulation.pk}",
        "media": MEDIA,
        "place": PLACES[Mode(simulation.mode)],
        "simulation": simulation,
        "workspace": workspace(request, event, "simulation") if event else None,
        "event_url": board_url(event) if event else "",
        "progress": progress_of(simulation),
        "workers": workers_of(simulation),
        "flower": places.flower_address(request, simulation),
        "error": simulation.error.strip(),
        "shown": shown,
        "took": took(simulation.preparing_s, simulation.elapsed_s) if simulation.elapsed_s else "",
        "partial": shown.runs < simulation.n_runs,
        "actions": _actions(request, simulation),
        "extend_form": extend or ExtendForm(simulation),
        "history_url": reverse("admin:simulations_simulation_history", args=[simulation.pk]),
    }


def may_steer(request: HttpRequest, simulation: Simulation) -> bool:
    """Say whether somebody may cancel, resume and extend: their own, or all."""
    own = simulation.asked_by_id is not None and simulation.asked_by_id == request.user.pk
    user = request.user
    may_view = user.has_perm("simulations.view_simulation")
    return user.has_perm("simulations.change_simulation") or (
        own and may_view and user.has_perm("simulations.add_simulation")
    )


def _actions(request: HttpRequest, simulation: Simulation) -> dict[str, bool]:
    """Return which buttons there are."""
    steer, status = may_steer(request, simulation), simulation.status
    # Runs of two engine versions are not mixed: both would be refused.
    same_engine = simulation.engine_version == engine_version()
    return {
        "cancel": steer and status in ACTIVE,
        "resume": steer and same_engine and status in RESUMABLE,
        "extend": steer and same_engine and status in EXTENDABLE and simulation.n_runs < MAX_RUNS,
        "delete": status not in ACTIVE and request.user.has_perm("simulations.delete_simulation"),
    }

"""What is done with a simulation that exists: cancel, resume, extend."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from events.admin.addresses import posted_from
from events.admin.history import last_save
from simulations.admin import places
from simulations.admin.page import ExtendForm, may_steer
from simulations.models import Mode, Simulation
from simulations.services import SteeringRefused, cancel, extend, resume, start_waiting

View = Callable[..., HttpResponse]
# An address, its view and its name.
Page = tuple[str, View, str]


def pages(model_admin: Any) -> list[Page]:
    """Return what can be posted."""

    @posted_from("simulations_simulation_change")
    def cancel_view(request: HttpRequest, simulation_id: str) -> HttpResponse:
        simulation = _steered(request, simulation_id)
        return _carry_out(model_admin, request, simulation, "Cancelled.", lambda: cancel(simulation.pk))

    @posted_from("simulations_simulation_change")
    def resume_view(request: HttpRequest, simulation_id: str) -> HttpResponse:
        simulation = _steered(request, simulation_id)

        def go_on() -> None:
            resume(simulation.pk, queued=_takes_turns(simulation))
            _compute(simulation, pending=True)

        return _carry_out(model_admin, request, simulation, "Resumed.", go_on)

    @posted_from("simulations_simulation_change")
    def extend_view(request: HttpRequest, simulation_id: str) -> HttpResponse:
        simulation = _steered(request, simulation_id)
        form = ExtendForm(simulation, request.POST, last_save=last_save(request, simulation))
        if not form.is_valid():
            response: HttpResponse = model_admin.show(request, simulation.pk, extend=form)
            return response
        n_runs = form.cleaned_data["runs"]

        def raise_runs() -> None:
            pending = extend(simulation.pk, n_runs=n_runs, queued=_takes_turns(simulation))
            _compute(simulation, pending=pending)

        return _carry_out(model_admin, request, simulation, f"Extended to {n_runs:,} runs.", raise_runs)

    return [
        ("<slug:simulation_id>/cancel/", cancel_view, "cancel"),
        ("<slug:simulation_id>/resume/", resume_view, "resume"),
        ("<slug:simulation_id>/extend/", extend_view, "extend"),
    ]


def _steered(request: HttpRequest, simulation_id: str) -> Simulation:
    """Return the simulation, if whoever asks may steer it."""
    simulation = get_object_or_404(Simulation.objects.listed(), pk=simulation_id)
    if not may_steer(request, simulation):
        raise PermissionDenied
    return simulation


def _compute(simulation: Simulation, *, pending: bool) -> None:
    """Have computed what is missing; what is being computed goes on by itself."""
    if simulation.mode == Mode.DISTRIBUTED:
        places.hand_to_workers()
    elif pending:
        start_waiting()


def _takes_turns(simulation: Simulation) -> bool:
    return simulation.mode == Mode.LOCAL


def _carry_out(
    model_admin: Any, request: HttpRequest, simulation: Simulation, done: str, what: Callable[[], None]
) -> HttpResponse:
    """Do it, note it in the history, and go back to the page, which says so or why it was refused."""
    try:
        what()
    except SteeringRefused as refused:
        messages.error(request, f"{refused} {last_save(request, simulation)}".strip())
    else:
        model_admin.log_change(request, simulation, done)
        messages.success(request, done)
    return HttpResponseRedirect(reverse("admin:simulations_simulation_change", args=[simulation.pk]))

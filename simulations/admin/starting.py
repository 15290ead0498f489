"""From an event to a simulation: the form that asks for one, and how long it will take."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from unfold.widgets import (
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from events.admin.addresses import event_named, number_in
from events.admin.board.findings import finding_groups
from events.admin.filters import EventSelect
from events.admin.kept import KeptForm
from events.admin.workspace import board_url, workspace
from events.document import EventDocument
from events.models import Event
from events.overview import overview_of
from events.wording import counted, whole_number_in
from simulations.admin import places
from simulations.admin.fields import CountField
from simulations.admin.page import MEDIA
from simulations.admin.words import about, from_to
from simulations.estimates import estimate
from simulations.models import MAX_RUNS, MAX_SEED_LENGTH, Mode, Simulation
from simulations.services import RequestRefused, create_simulation, queue_local
from simulations.services.requests import MAX_NAME_LENGTH, missing_to_play

QUICK_RUNS = (1_000, 10_000, 100_000, 500_000)
USUAL_RUNS = 10_000
# What `create_simulation` calls a field, and what the form does; all else is wrong with the event itself.
FIELDS = {"runs": "runs", "seed": "seed", "name": "name", "notes": "notes"}


class SimulateForm(KeptForm):
    """What a simulation is asked for with."""

    runs = CountField(
        min_value=1,
        max_value=MAX_RUNS,
        initial=USUAL_RUNS,
        error_messages=from_to(1, MAX_RUNS),
        help_text="How many times the event is played. A team's chance to win is known to within about 1 % "
        "after 10,000 runs, and to within about 0.14 % after 500,000.",
    )
    mode = forms.ChoiceField(label="Where", choices=Mode, initial=Mode.LOCAL, widget=forms.RadioSelect)
    seed = forms.CharField(
        required=False,
        strip=False,
        max_length=MAX_SEED_LENGTH,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
        help_text="Decides all luck: the same event with the same seed comes to the same result, to the last "
        f"digit. Any text of up to {MAX_SEED_LENGTH} characters; empty takes a random one.",
    )
    name = forms.CharField(
        required=False,
        max_length=MAX_NAME_LENGTH,
        widget=UnfoldAdminTextInputWidget,
        help_text="What to call this simulation in lists.",
    )
    notes = forms.CharField(
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text="Anything worth remembering about it.",
    )

    def __init__(self, *args: Any, problem: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Why workers can't compute it; nothing where they can.
        self.problem = problem

    def clean_mode(self) -> Mode:
        mode = Mode(self.cleaned_data["mode"])
        if mode == Mode.DISTRIBUTED and self.problem:
            raise forms.ValidationError(self.problem)
        return mode

    def places(self) -> list[dict[str, Any]]:
        """Return the choices of where it is computed, with what each means."""
        chosen = self["mode"].value()
        return [
            {
                "value": Mode.LOCAL,
                "label": "On this server",
                "words": places.local_words(),
                "checked": chosen == Mode.LOCAL,
            },
            {
                "value": Mode.DISTRIBUTED,
                "label": "By the workers",
                "words": self.problem or places.workers_words(),
                "checked": chosen == Mode.DISTRIBUTED and not self.problem,
                "disabled": bool(self.problem),
            },
        ]

    def request(self) -> dict[str, Any]:
        """Return what `create_simulation` is called with."""
        data = self.cleaned_data
        return {
            "n_runs": data["runs"],
            "seed": data["seed"] or None,
            **{key: data[key] for key in ("mode", "name", "notes")},
        }

    def refuse(self, refused: RequestRefused) -> None:
        """Show at its field what the simulation can't be asked for with."""
        for error in refused.errors:
            field = FIELDS.get(error.place)
            self.add_error(field, error.message if field else f"{error.place}: {error.message}")


class ChooseForm(forms.Form):
    """Which event is simulated."""

    event = forms.ModelChoiceField(Event.objects.all(), widget=EventSelect())


def simulate(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Ask for a simulation of the event that the address names."""
    if not may_simulate(request):
        raise PermissionDenied
    event = event_named(request)
    if event is None:
        return _choose(model_admin, request)
    read = overview_of(event)
    data = request.POST if request.method == "POST" else None
    form = SimulateForm(data, problem=places.distributed_problem())
    missing = [] if read.document is None else missing_to_play(read.document)
    if read.document is not None and not missing and form.is_valid():
        try:
            simulation = _start(event, read.document, request, form)
        except RequestRefused as refused:
            form.refuse(refused)
        else:
            model_admin.log_addition(request, simulation, "Asked for.")
            return HttpResponseRedirect(reverse("admin:simulations_simulation_change", args=[simulation.pk]))
    context = {
        "form": form,
        "event": event,
        "refusals": [*map(str, read.errors), *(error.message for error in missing)],
        "overview": read,
        "groups": list(finding_groups(request, read)),
        "quick_runs": QUICK_RUNS,
    }
    if read.document is not None:
        context["estimate"] = _estimated(read.document, form["runs"].value(), form["mode"].value())
    return _page(model_admin, request, event, "simulate", f"Simulate {event.name}", context)


@require_safe
def show_estimate(request: HttpRequest) -> HttpResponse:
    """Say how long the simulation would take that a form describes, for that form."""
    if not may_simulate(request):
        raise PermissionDenied
    event = event_named(request)
    if event is None:
        raise Http404
    read = overview_of(event)
    shown = _estimated(read.document, request.GET.get("runs"), request.GET.get("mode"))
    return TemplateResponse(request, "admin/simulations/simulation/estimate.html", {"estimate": shown})


def may_simulate(request: HttpRequest) -> bool:
    """Say whether somebody may have events simulated, which takes seeing them."""
    return request.user.has_perms(("simulations.add_simulation", "events.view_event"))


def _choose(model_admin: Any, request: HttpRequest) -> HttpResponse:
    named = request.GET.get("event")
    form = ChooseForm({"event": number_in(named) or 0} if named else None)
    context = {"form": form, "media": MEDIA + form.media}
    return _page(model_admin, request, None, "choose_event", "Simulate an event", context)


def _start(event: Event, document: EventDocument, request: HttpRequest, form: SimulateForm) -> Simulation:
    """Store the simulation, and have it computed where the form says; raise `RequestRefused`."""
    asked = {"event": event, "document": document, "asked_by": request.user, **form.request()}
    if asked["mode"] == Mode.LOCAL:
        return queue_local(**asked)
    simulation = create_simulation(**asked)
    places.hand_to_workers()
    return simulation


def _estimated(document: EventDocument | None, runs: Any, mode: Any) -> dict[str, str]:
    """Return how long it will take in words; nothing as long as the form does not say what."""
    n_runs = whole_number_in(str(runs))
    if document is None or n_runs is None or not 1 <= n_runs <= MAX_RUNS:
        return {}
    wanted = Mode(mode) if mode in Mode.values else Mode.LOCAL
    expected = estimate(document, n_runs=n_runs, mode=wanted)
    take = "takes" if n_runs == 1 else "take"
    return {
        "take": take,
        "takes": about(expected.seconds),
        "ready": about(expected.preparing_s),
        "basis": expected.basis,
        "runs": counted(n_runs, "run"),
    }


def _page(
    model_admin: Any,
    request: HttpRequest,
    event: Event | None,
    name: str,
    title: str,
    context: dict[str, Any],
) -> HttpResponse:
    shown = {
        # First: the navigation marks what it keeps at hand.
        "workspace": workspace(request, event, "simulation") if event else None,
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": Simulation._meta,
        "media": MEDIA,
        "board_url": board_url(event) if event else "",
        **context,
    }
    return TemplateResponse(request, f"admin/simulations/simulation/{name}.html", shown)

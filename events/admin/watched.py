"""Pages of what several people change: nobody saves over what another saved, or loses what they typed."""

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin as UnfoldModelAdmin

from events.admin.addresses import keep_at_hand, number_in
from events.admin.forms import described
from events.admin.history import deleted_by
from events.admin.kept import RESTORED
from events.admin.lost import event_id_of, told_of_lost, typed_text
from events.admin.workspace import workspace
from events.models import Event

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:  # unfold has no types
    ModelAdmin = UnfoldModelAdmin

GONE = "There is no such {kind} any more: {deleted}."
DELETED = "somebody deleted it meanwhile, or the address is wrong"
MOST_LINES_SHOWN = 30
# In an address: the id of what was deleted, whose form is shown as that of a new one.
LOST = "lost"


class SavedMeanwhile(Exception):
    """What was saved would be saved over what somebody else saved after the page was opened."""


class RedirectWithForm(HttpResponseRedirect):
    """Has the browser send the same form elsewhere."""

    status_code = 307


class WatchedAdmin(ModelAdmin):
    """Forms that tell who saved or deleted what they are of after they were opened; see `WatchedForm`."""

    # What a form carries, hidden, of what whoever fills it in has seen.
    state_fields: tuple[str, ...] = ("seen", "opened", "of_event", "lost", "restored", "save_over")
    # All is taken back for these, and the same page shown again with what is wrong.
    taken_back: ClassVar[tuple[type[Exception], ...]] = (SavedMeanwhile, IntegrityError)
    change_form_before_template = "admin/events/conflict.html"

    def event_at_hand(self, request: HttpRequest, obj: Any = None) -> Event | None:
        """Return the event whose page this is; accounts and groups have none."""
        return None

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"event": self.event_at_hand(request, obj), "request": request})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        may_save = (
            self.has_add_permission(request) if obj is None else self.has_change_permission(request, obj)
        )
        if not may_save or not self.fieldsets:
            return fieldsets
        return [*fieldsets, (None, {"fields": self.state_fields, "classes": ("part-state",)})]

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), **self._of_lost(request, object_id)}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except self.taken_back:
            # Where somebody else was quicker, the form sees now what they did.
            request.tried = getattr(request, "tried", {})  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, context)

    def _of_lost(self, request: HttpRequest, object_id: Any) -> dict[str, Any]:
        """Let a form that comes from the page of something deleted be shown first; return what is told."""
        lost = request.GET.get(LOST)
        is_first = request.method == "POST" and request.POST.get("lost") != lost
        if lost is None or number_in(lost) is None or object_id is not None or not is_first:
            return {}
        posted = request.POST.copy()
        # What was seen of the old one says nothing of a new one.
        posted.pop("row_seen", None)
        posted["lost"] = lost
        posted[RESTORED] = "yes"
        request.POST = posted  # type: ignore[assignment]  # django takes any
        return {"lost": told_of_lost(request, self.model, lost)}

    def _changeform_view(
        self, request: HttpRequest, object_id: Any, form_url: str, extra_context: Any
    ) -> HttpResponse:
        if request.method == "POST" and not self.wait_for_others(request, object_id):
            return self.lost_view(request, object_id)
        return super()._changeform_view(  # type: ignore[misc,no-any-return]  # not in the type stubs
            request, object_id, form_url, extra_context
        )

    def wait_for_others(self, request: HttpRequest, object_id: Any) -> bool:
        """Wait for who is saving, before what is stored is compared; say whether the event is there still."""
        self.model._default_manager.select_for_update().filter(pk=number_in(object_id)).first()
        return True

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change and form.is_stale:
            # Kept to be compared with what somebody else saved; then all is taken back.
            request.tried = described(self.stored(form.instance))  # type: ignore[attr-defined]
            raise SavedMeanwhile

    @staticmethod
    def stored(thing: Any) -> Any:
        """Return something as the database has it now."""
        return type(thing)._default_manager.get(pk=thing.pk)

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        if request.method == "POST" and "opened" in request.POST:
            return self.lost_view(request, object_id)
        deleted = deleted_by(request, self.model, object_id) or DELETED
        self.message_user(request, GONE.format(kind=opts.verbose_name, deleted=deleted), messages.ERROR)
        return HttpResponseRedirect(self.all_url())

    def lost_view(self, request: HttpRequest, object_id: str | None) -> HttpResponse:
        """Answer a form whose part, or event, is gone: show what was typed as a new one, or as a text."""
        if "opened" not in request.POST:
            raise Http404("The event was deleted meanwhile.")
        event_id = event_id_of(request)
        event = Event.objects.filter(pk=event_id).first() if event_id is not None else None
        is_gone = event_id is not None and event is None and self.model is not Event
        if object_id is not None and not is_gone and self.can_be_added_anew(request):
            given = self.added_anew(request, event) | {LOST: object_id}
            return RedirectWithForm(f"{self._url('add')}?{urlencode(given)}")
        keep_at_hand(request, event)
        typed = typed_text(self._form_of_lost(request, event_id))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Your changes of a {self.opts.verbose_name}",
            "opts": self.opts,
            "workspace": None if event is None else workspace(request, event, ""),
            "lost": told_of_lost(request, self.model, object_id),
            "typed": typed,
            "n_lines": min(typed.count("\n") + 2, MOST_LINES_SHOWN),
            "back_url": self.all_url(),
            "back_title": f"All {'events' if is_gone else self.opts.verbose_name_plural}",
        }
        return TemplateResponse(request, "admin/events/lost.html", context)

    def can_be_added_anew(self, request: HttpRequest) -> bool:
        """Say whether the form of a new one holds all that the form of one has, and may be used."""
        return self.has_add_permission(request)

    def added_anew(self, request: HttpRequest, event: Event | None) -> dict[str, Any]:
        """Return what the address says of where something that was deleted is added anew."""
        return {} if event is None or self.model is Event else {"event": event.pk}

    def all_url(self) -> str:
        """Return where all of these are listed."""
        return self._url("changelist")

    def _url(self, name: str) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}")

    def _form_of_lost(self, request: HttpRequest, event_id: int | None) -> Any:
        form = self.get_form(request, self.model(), change=True)
        if event_id is not None:
            form.event = Event(pk=event_id)
        return form(request.POST)

"""Weekly sessions as forms: a day, a start, and until when or how long."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget

from events.admin.fields import ClockField, MinutesField
from events.admin.nested import NestedForm, nested_formset
from events.admin.week import DAY, DAY_NAMES, clock_of, minutes_of

MOST_SESSIONS, MOST_MINUTES = 200, 10_080


class EndField(ClockField):
    """A time of day at which something ends: 24:00 is midnight, too."""

    def understood(self, typed: Any) -> Any:
        return "00:00" if typed == "24:00" else super().understood(typed)


class SessionForm(NestedForm):
    """A weekly time to play."""

    template_name = "admin/events/player/session.html"

    day = forms.ChoiceField(
        choices=[(str(day), name) for day, name in DAY_NAMES.items()], widget=UnfoldAdminSelectWidget
    )
    start = ClockField(label="From")
    until = EndField(required=False, label="Until", placeholder="22:00")
    minutes = MinutesField(1, MOST_MINUTES, required=False, label="Or minutes", placeholder="180 or 3:00")

    def clean(self) -> dict[str, Any] | None:
        """Take either the end or the length; past midnight is the next day."""
        cleaned = super().clean()
        given = [name for name in ("until", "minutes") if self.cleaned_data.get(name)]
        if len(given) == 2:
            self.add_error("minutes", "Either until when or how many minutes, not both.")
        elif not given and not {"until", "minutes"} & self.errors.keys():
            self.add_error("until", "Type until when it lasts.")
        return cleaned

    def as_data(self) -> dict[str, Any]:
        """Return the session as a document has it."""
        cleaned = self.cleaned_data
        minutes = cleaned["minutes"]
        if not minutes:
            # The same time of day again is a day later.
            minutes = (minutes_of(cleaned["until"]) - minutes_of(cleaned["start"]) - 1) % DAY + 1
        return {"day": cleaned["day"], "start": cleaned["start"], "minutes": minutes}


SessionSet = nested_formset(
    SessionForm,
    noun="session",
    most=MOST_SESSIONS,
    heading="Weekly sessions",
    help_text="When they play, on the clocks of their time zone. Without any they are always available.",
)


def initial_sessions(sessions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return stored sessions as their forms show them: those of up to a day by their end."""
    return [{"day": session["day"], "start": session["start"]} | _length(session) for session in sessions]


def _length(session: dict[str, Any]) -> dict[str, Any]:
    if session["minutes"] > DAY:
        return {"minutes": session["minutes"]}
    return {"until": clock_of(minutes_of(session["start"]) + session["minutes"])}

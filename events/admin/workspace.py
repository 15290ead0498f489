"""An event's pages hang together: what its header shows, its tabs, and where each of its parts is edited.

Other apps add tabs and actions of their own (`add_tab`, `add_action`): this one knows nothing of them.
"""

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

from events.admin.addresses import keep_at_hand
from events.admin.permissions import MAKE_EVENTS, REPLACE_EVENTS, may_see
from events.models import Activity, Capability, Event, Player, Team

Address = Callable[[Event], str]


class Tab(NamedTuple):
    """A page of an event; `permission` is what it takes to see it."""

    key: str
    title: str
    address: Address
    permission: str


class Action(NamedTuple):
    """A button in an event's header; `permissions` are what it takes to use it."""

    title: str
    icon: str
    address: Address
    permissions: tuple[str, ...]
    primary: bool = False


class Tool(NamedTuple):
    """A button above a list or a form."""

    title: str
    icon: str
    url: str
    primary: bool = False


def page(name: str) -> Address:
    """Return where the page of that name of an event is: `admin:events_event_<name>`."""
    return lambda event: reverse(f"admin:events_event_{name}", args=[event.pk])


def list_url(model: type[Model], event: Event | None) -> str:
    """Return where an event's parts of a kind are listed, or the library's where there is no event."""
    address = reverse(f"admin:events_{model._meta.model_name}_changelist")
    return f"{address}?{urlencode({'event': event.pk})}" if event else address


def add_url(model: type[Model], event: Event | None, **initial: Any) -> str:
    """Return where a part is added to an event, with some of its fields filled in."""
    given = ({"event": event.pk} if event else {}) | initial
    address = reverse(f"admin:events_{model._meta.model_name}_add")
    return f"{address}?{urlencode(given)}" if given else address


def change_url(part: Model) -> str:
    """Return where a part, or an event's own settings, are edited."""
    return reverse(f"admin:events_{part._meta.model_name}_change", args=[part.pk])


def board_url(event: Event) -> str:
    """Return where an event's board is, which is its first page."""
    return page("board")(event)


def tile_anchor(key: str) -> str:
    """Return what a tile's cell is called on the page of the board."""
    return f"tile-{key}"


TABS = [
    Tab("board", "Board", board_url, "events.view_event"),
    Tab("team", "Teams", lambda event: list_url(Team, event), "events.view_team"),
    Tab("player", "Players", lambda event: list_url(Player, event), "events.view_player"),
    Tab("activity", "Activities", lambda event: list_url(Activity, event), "events.view_activity"),
    Tab("capability", "Capabilities", lambda event: list_url(Capability, event), "events.view_capability"),
    Tab("event", "Settings", change_url, "events.view_event"),
    Tab("history", "History", page("history"), "events.view_event"),
]
ACTIONS = [
    Action("Import", "upload", page("replace"), REPLACE_EVENTS),
    Action("Export", "download", page("export"), ("events.view_event",)),
    Action("Duplicate", "content_copy", page("duplicate"), MAKE_EVENTS),
]


def add_tab(tab: Tab) -> None:
    """Add a page of another app to every event, before its settings."""
    TABS.insert([known.key for known in TABS].index("event"), tab)


def add_action(action: Action) -> None:
    """Add a button of another app to every event's header, before the others."""
    ACTIONS.insert(0, action)


def workspace(request: HttpRequest, event: Event, current: str) -> dict[str, Any]:
    """Return what `admin/events/workspace.html` shows above each page of an event, and keep that at hand."""
    keep_at_hand(request, event)
    user: User | AnonymousUser = request.user
    return {
        "event": event,
        "board_url": board_url(event) if may_see(request, "event") else "",
        "tabs": [
            {"title": tab.title, "url": tab.address(event), "current": tab.key == current}
            for tab in TABS
            if user.has_perm(tab.permission)
        ],
        "actions": [
            {
                "title": action.title,
                "icon": action.icon,
                "url": action.address(event),
                "primary": action.primary,
            }
            for action in ACTIONS
            if user.has_perms(action.permissions)
        ],
    }

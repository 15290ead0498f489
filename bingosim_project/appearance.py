"""What the admin looks like: its navigation, its colours, and what it loads besides its own styles."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

GROUPS = {
    "Events": [("Events", "grid_on", "events", "event"), ("Teams", "groups", "events", "team")],
    "Library": [
        ("Activities", "swords", "events", "activity"),
        ("Capabilities", "workspace_premium", "events", "capability"),
        ("Players", "person", "events", "player"),
    ],
    "Simulations": [("Simulations", "bar_chart", "simulations", "simulation")],
    "Accounts": [("Users", "manage_accounts", "auth", "user"), ("Groups", "badge", "auth", "group")],
}

# Lightness, chroma and hue of each shade.
GREEN = {
    "50": "oklch(98% .016 155)",
    "100": "oklch(95.5% .04 155)",
    "200": "oklch(91% .08 155)",
    "300": "oklch(84% .13 155)",
    "400": "oklch(76% .17 154)",
    "500": "oklch(67% .17 154)",
    "600": "oklch(52% .137 154)",
    "700": "oklch(46% .12 154)",
    "800": "oklch(39% .1 154)",
    "900": "oklch(33% .08 154)",
    "950": "oklch(24% .06 154)",
}


def admin_appearance() -> dict[str, Any]:
    """Return the settings of django-unfold."""
    return {
        "SITE_TITLE": "BingoSim",
        "SITE_HEADER": "BingoSim",
        "SITE_SUBHEADER": "Who wins your bingo?",
        "SITE_SYMBOL": "grid_on",
        "SITE_URL": None,
        "SITE_FAVICONS": [
            {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("events/icon.svg")}
        ],
        "SHOW_VIEW_ON_SITE": False,
        "STYLES": [
            lambda request: static("events/frame.css"),
            lambda request: static("events/admin.css"),
        ],
        "SCRIPTS": [
            lambda request: static("bingosim/alpine.js"),
            lambda request: static("events/admin.js"),
            lambda request: static("events/kept.js"),
            lambda request: static("events/connection.js"),
        ],
        "LOGIN": {"form": "bingosim_project.signing_in.SignInForm"},
        "COLORS": {"primary": GREEN},
        "SIDEBAR": {"navigation": navigation},
    }


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return what the sidebar offers to whoever asks: only what they may see, and no empty group."""
    groups = {
        title: [_item(request, *entry) for entry in entries if _may_see(request, *entry[2:])]
        for title, entries in GROUPS.items()
    }
    return [{"title": title, "separator": True, "items": items} for title, items in groups.items() if items]


def _item(request: HttpRequest, title: str, icon: str, app: str, model: str) -> dict[str, Any]:
    link = reverse(f"admin:{app}_{model}_changelist")
    if getattr(request, "event_at_hand", None) is not None:
        # Pages of an event's parts and simulations belong to the event, not to the library.
        current = model == "event"
    else:
        current = request.path.startswith(link)
    return {"title": title, "icon": icon, "link": link, "active": current}


def _may_see(request: HttpRequest, app: str, model: str) -> bool:
    return any(request.user.has_perm(f"{app}.{action}_{model}") for action in ("view", "change"))

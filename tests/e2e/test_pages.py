"""Every page of the admin opens without a complaint, fits into its window, and can be used by everybody.

The pages are those that the admin has, so that a new one is looked at too. All names on them are as long as
names may be. What is wrong is collected, and told all at once.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import NoReverseMatch, reverse
from playwright.sync_api import Page

from events.models import Event
from tests.e2e.axe import load_axe, violations_by_theme
from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.long_names import GROUP, USER, the_event_of_long_names
from tests.e2e.site import Site

GENERAL = ("index", "password_change")
# They answer to POST alone.
ACTIONS = {"events_event_change_board"} | {
    f"simulations_simulation_{action}" for action in ("cancel", "resume", "extend")
}
# These are no pages: they answer with a file, data for scripts, or a part of a page.
NO_PAGES = {
    "events_event_export",
    "events_event_schema",
    "events_activity_find",
    "events_activity_rest",
    "events_capability_find",
    "events_player_find",
    "events_tile_drops",
    "simulations_simulation_document",
    "simulations_simulation_estimate",
    "simulations_simulation_progress",
}
# The roles of what is filled in, chosen and pressed.
CONTROLS = {
    "button",
    "checkbox",
    "combobox",
    "link",
    "listbox",
    "radio",
    "searchbox",
    "spinbutton",
    "textbox",
}
SIZES = {"desktop": DESKTOP, "phone": PHONE}
# Who is looked at of those that belong to no event, known by a field.
WHO = {User: ("username", USER), Group: ("name", GROUP)}
# Several processes may test pages side by side.
PARTS = 2
# As the menu of themes does; to load each page once for every size and theme would take four times as long.
SWITCH = "(theme) => Alpine.$data(document.documentElement).switchTheme(theme)"
# What is wrong with the page at hand, in words; what is folded up counts for its width, too.
FAULTS = """() => {
    const faults = [];
    const root = document.documentElement;
    const folded = [...document.querySelectorAll("details:not(.menu, [open])")];
    for (const open of [false, true]) {
        for (const details of folded) details.open = open;
        const wider = root.scrollWidth - window.innerWidth;
        if (wider > 0) faults.push(`${wider} px wider than its window${open ? ", unfolded" : ""}`);
    }
    for (const details of folded) details.open = false;
    const headings = [...document.querySelectorAll("h1")].filter((heading) => heading.checkVisibility());
    if (headings.length !== 1) faults.push(`${headings.length} main headings`);
    if (!document.title.trim()) faults.push("no title");
    // The build of Alpine that a strict content security policy lets run reads one expression, and no more.
    const elements = [...document.querySelectorAll("*")];
    for (const { name, value } of elements.flatMap((element) => [...element.attributes]))
        if (/^x-/.test(name) && /=>|`|^\\s*(if|for|let|const)\\b|;\\s*\\S/.test(value))
            faults.push(`more than Alpine can read: ${name}="${value}"`);
    for (const pressed of document.querySelectorAll("[x-on\\\\:click]")) {
        if (pressed.tabIndex >= 0 || !pressed.checkVisibility()) continue;
        faults.push(`keys can't press ${pressed.outerHTML.slice(0, 120)}`);
    }
    return faults;
}"""


@pytest.fixture
def addresses(site: Site, tmp_path: Path) -> list[str]:
    """The addresses of all pages, of an event with a finished simulation."""
    event = the_event_of_long_names(site, tmp_path)
    apps = {model._meta.app_label for model in admin.site._registry}
    lists = [reverse_admin("app_list", app) for app in sorted(apps)]
    return [*map(reverse_admin, GENERAL), *lists, *pages_of_models(site, event.id)]


def reverse_admin(name: str, *arguments: Any) -> str:
    return reverse(f"admin:{name}", args=arguments)


def pages_of_models(site: Site, event_id: int) -> Iterator[str]:
    """Yield the address of every page of the event, of its parts, and of what belongs to no event."""
    for model, model_admin in admin.site._registry.items():
        part_id = stored_id(site, model, event_id)
        for pattern in model_admin.get_urls():
            name = getattr(pattern, "name", None)
            if name is None or name in ACTIONS | NO_PAGES:
                continue
            for arguments in ([], [part_id]):
                try:
                    address = reverse_admin(name, *arguments)
                except NoReverseMatch:
                    continue
                if not name.endswith("_from_library") or arguments:
                    yield address
                if (
                    has_event(model)
                    and not arguments
                    and name.endswith(("_changelist", "_add", "_from_library"))
                ):
                    yield f"{address}?event={event_id}"


def stored_id(site: Site, model: Any, event_id: int) -> Any:
    """Return what the first of the event's own parts of a kind, or who is looked at, is stored as."""
    if model is Event:
        return event_id
    wanted, value = ("event_id", event_id) if has_event(model) else WHO[model]
    query = f"SELECT id FROM {model._meta.db_table} WHERE {wanted} = ? ORDER BY id LIMIT 1"
    [(part_id,)] = site.read(query, value)
    return part_id


def has_event(model: Any) -> bool:
    return any(field.name == "event" for field in model._meta.fields)


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_in_order(
    page: Page, site: Site, addresses: list[str], complaints: list[str], part: int
) -> None:
    site.log_in(page, USER)
    faults = [fault for address in addresses[part::PARTS] for fault in faults_of(page, site, address)]
    faults += complaints
    complaints.clear()
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


def faults_of(page: Page, site: Site, address: str) -> Iterator[str]:
    """Open a page, switch it from one size and theme to the next, and yield what is wrong with it."""
    page.goto(f"{site.url}{address}")
    if not page.evaluate("'Alpine' in window"):
        yield f"{address}: no page; if it is meant to be none, it belongs into `NO_PAGES`"
        return
    for size, viewport in SIZES.items():
        page.set_viewport_size(viewport)
        yield from (f"{address}: without a name: {control} ({size})" for control in nameless(page))
        for theme in ("light", "dark"):
            switch(page, theme)
            yield from (f"{address}: {fault} ({size}, {theme})" for fault in page.evaluate(FAULTS))
    load_axe(page)
    for size, viewport in SIZES.items():
        page.set_viewport_size(viewport)
        found = violations_by_theme(page, partial(switch, page))
        yield from (f"{address}: {fault} ({size}, {theme})" for theme, fault in found)


def switch(page: Page, theme: str) -> None:
    page.evaluate(SWITCH, theme)
    page.wait_for_selector(f"html.{theme}")


def nameless(page: Page) -> Iterator[str]:
    """Yield the controls that have no name for who can't see them, as the browser itself computes names."""
    browser = page.context.new_cdp_session(page)
    for node in browser.send("Accessibility.getFullAXTree")["nodes"]:
        if node["ignored"] or node["role"]["value"] not in CONTROLS or node["name"]["value"].strip():
            continue
        found = browser.send("DOM.describeNode", {"backendNodeId": node["backendDOMNodeId"]})["node"]
        yield f"{found['localName']} {' '.join(found.get('attributes', ()))[:120]}"
    browser.detach()

"""Names of 80 characters without a place to break wrap: no page is wider than its window because of them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from events.document.values import MOST_TEXT
from tests.e2e import test_pages
from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.site import Site, StoredEvent, run
from tests.e2e.steps import PASSWORD
from tests.events.factories import document_data, tile_data

KEYS = (
    *(
        "quest.ds2",
        "item.lance",
        "boss.zulrah",
        "raid.cox",
        "zulrah",
        "cox",
        "coins",
        "main",
        "scavs",
        "bare",
    ),
    *("unique.fang", "kill.zulrah", "loot.cox", "loot.coins"),
)
NAMES = ("Zoe", "Adam", "Mia", "Zebras", "Apes", "Dragon Slayer II", "Lance", "Zulrah", "Chambers of Xeric")
TITLES = ("Cox", "Coins", "Bare", "Small Bingo")
SLUG = "long-".ljust(MOST_TEXT, "w")
# A user, a group, and what a history tells of long names.
OTHERS = """
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from events.models import Activity, Capability, Event, Player, Tile
from events.transfer import put_into_library
event = Event.objects.get(slug="{slug}")
user = User.objects.create_superuser("U" * 80, password="{password}", first_name="F" * 80, last_name="L" * 80,
    email="E" * 60 + "@" + "e" * 60 + ".org")
user.groups.add(Group.objects.create(name="G" * 80))
for model in (Activity, Capability, Player):
    part = model.objects.filter(event=event).earliest("id")
    put_into_library(part)
    own = {{Activity: {{"key": "m" * 80, "attempt_seconds": 60}}, Capability: {{"key": "m" * 80}}}}
    model.objects.create(name="M" * 80, position=9, **own.get(model, {{}}))
    part.refresh_from_db()
    part.name = "N" * 80
    part.save()
for part in (event, *event.tiles.all(), *event.players.all()):
    kind, told = ContentType.objects.get_for_model(part), "name: " + "A" * 80 + " → " + "B" * 80
    LogEntry.objects.create(user=user, content_type=kind, object_id=part.pk, object_repr="R" * 80,
        action_flag=2, change_message=told)
"""


def long(text: str) -> str:
    """Return a text as a name of 80 characters that is the same wherever the text is."""
    return text.replace(" ", "").ljust(MOST_TEXT, "m" if text.islower() else "W")


def the_document() -> dict[str, Any]:
    """Return the small event with a tile that has findings, and long names for all that has one."""
    data = document_data(name="Small Bingo")
    data["board"].append({"tiles": [tile_data("bare", points=2, needs=10**6)]})
    text = json.dumps(data)
    for word in (*KEYS, *NAMES, *TITLES):
        text = text.replace(json.dumps(word), json.dumps(long(word)))
    return {**json.loads(text), "slug": SLUG}


@pytest.fixture
def event(site: Site, tmp_path: Path) -> StoredEvent:
    """The event of long names, with a simulation, a user and a group of such names."""
    if site.read("SELECT 1 FROM events_event WHERE slug = ?", SLUG):
        return site.event(SLUG)
    event = site.load(the_document(), tmp_path)
    named = ("--name", "S" * 200, "--seed", "s" * 64, "--notes", "n" * 400)
    run(site.manage, "simulate", SLUG, "--runs", "50", *named)
    run(site.manage, "shell", "-c", OTHERS.format(slug=SLUG, password=PASSWORD))
    return event


@pytest.fixture
def addresses(site: Site, event: StoredEvent, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of all pages of the event, of the library, and of who has a long name."""
    monkeypatch.setattr(test_pages, "SLUG", SLUG)
    [(user,)] = site.read("SELECT max(id) FROM auth_user")
    [(group,)] = site.read("SELECT max(id) FROM auth_group")
    [(copied,)] = site.read("SELECT max(id) FROM events_activity WHERE copied_from_id IS NOT NULL")
    return [
        *map(test_pages.reverse_admin, test_pages.GENERAL),
        *test_pages.pages_of_models(site),
        *(test_pages.reverse_admin(f"auth_user_{page}", user) for page in ("change", "delete", "history")),
        *(test_pages.reverse_admin(f"auth_group_{page}", group) for page in ("change", "delete", "history")),
        test_pages.reverse_admin("events_activity_update_from_library", copied),
    ]


def test_no_page_is_wider_than_its_window(page: Page, site: Site, addresses: list[str]) -> None:
    site.log_in(page, "U" * 80)
    faults = [fault for address in addresses for fault in too_wide(page, f"{site.url}{address}")]
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


WIDER = "document.documentElement.scrollWidth - window.innerWidth"
# What is folded up counts, too.
UNFOLD = "for (const folded of document.querySelectorAll('details:not(.menu)')) folded.open = true"


def too_wide(page: Page, url: str) -> Iterator[str]:
    """Yield by how much a page is wider than its window, on a desktop and on a phone."""
    page.goto(url)
    page.evaluate(UNFOLD)
    for viewport in (DESKTOP, PHONE):
        page.set_viewport_size(viewport)
        if (wider := page.evaluate(WIDER)) > 0:
            yield f"{url}: {wider} px wider than {viewport['width']}"

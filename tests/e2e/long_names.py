"""An event whose names have 80 characters without a place to break, and who and what else has such names."""

import json
from pathlib import Path
from typing import Any

from events.document.values import MOST_TEXT
from tests.e2e.site import Site, StoredEvent, run
from tests.e2e.steps import PASSWORD
from tests.events.factories import document_data, tile_data

SLUG = "long-".ljust(MOST_TEXT, "w")
USER, GROUP = "U" * 80, "G" * 80
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
# A user, a group, parts that came from the library and have changed, and what a history tells of long names.
OTHERS = """
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from events.models import Activity, Capability, Event, Player
from events.transfer import put_into_library
event = Event.objects.get(slug="{slug}")
user = User.objects.create_superuser("{user}", password="{password}", first_name="F" * 80, last_name="L" * 80,
    email="E" * 60 + "@" + "e" * 60 + ".org")
user.groups.add(Group.objects.create(name="{group}"))
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


def the_event_of_long_names(site: Site, folder: Path) -> StoredEvent:
    """Return the event, with a simulation, a user and a group of such names; they are stored once a site."""
    if site.read("SELECT 1 FROM events_event WHERE slug = ?", SLUG):
        return site.event(SLUG)
    event = site.load(the_document(), folder)
    named = ("--name", "S" * 200, "--seed", "s" * 64, "--notes", "n" * 400)
    run(site.manage, "simulate", SLUG, "--runs", "50", *named)
    others = OTHERS.format(slug=SLUG, user=USER, group=GROUP, password=PASSWORD)
    run(site.manage, "shell", "-c", others)
    return event


def the_document() -> dict[str, Any]:
    """Return the small event with a tile that has findings, and long names for all that has one."""
    data = document_data(name="Small Bingo")
    data["board"].append({"tiles": [tile_data("bare", points=2, needs=10**6)]})
    text = json.dumps(data)
    for word in (*KEYS, *NAMES, *TITLES):
        text = text.replace(json.dumps(word), json.dumps(long(word)))
    return {**json.loads(text), "slug": SLUG}


def long(text: str) -> str:
    """Return a text as a name of 80 characters that is the same wherever the text is."""
    return text.replace(" ", "").ljust(MOST_TEXT, "m" if text.islower() else "W")

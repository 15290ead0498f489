"""Players come from spreadsheets, and go there, with a preview."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from events.document import write_yaml
from events.models import Capability, Event, Player, RuleDrop
from events.transfer import document_of
from tests.events.admin.documents import carried_by, history_of, page_of, text_of
from tests.events.factories import a_document, an_event
from tests.visitors import who_may

pytestmark = pytest.mark.django_db


def preview_of(client: Client, event: Event, text: str, **fields: Any) -> Any:
    return client.post(page_of("players_csv", event), {"text": text, **fields})


def confirm(client: Client, event: Event, preview: Any) -> Any:
    return client.post(page_of("players_csv", event), carried_by(preview))


def test_a_preview_shows_what_would_change_and_stores_nothing(admin_client: Client) -> None:
    event = an_event()
    text = text_of(preview_of(admin_client, event, "name,skill,sessions\nZoe,0.5,sat 10:00 60\nNora,2,"))
    assert '<span class="document-kind">changed</span> Zoe.skill: 0.85 → 0.5<' in text
    assert '<span class="document-kind">removed</span> Zoe.sessions: fri 20:00 for 180 min<' in text
    assert '<span class="document-kind">added</span> Zoe.sessions: sat 10:00 for 60 min<' in text
    assert '<span class="document-kind">added</span> Nora: {skill: 2}<' in text
    assert "Nora</code> is in no team" in text
    assert document_of(event) == a_document()


def test_what_was_previewed_is_stored_when_it_is_confirmed(admin_client: Client) -> None:
    event = an_event()
    preview = preview_of(admin_client, event, "name;skill\nZoe;0,5\nNora;2")
    answer = confirm(admin_client, event, preview)
    assert answer["Location"].endswith(f"/admin/events/player/?event={event.pk}")
    players = document_of(event).players
    assert list(players) == ["Zoe", "Adam", "Mia", "Nora"]
    assert (float(players["Zoe"].skill), players["Zoe"].sessions) == (
        0.5,
        a_document().players["Zoe"].sessions,
    )
    changes = ["Player Zoe, Skill: 0.85 → 0.5", "Player Nora added: Skill 2"]
    assert history_of(event) == ["\n".join(["Players from a spreadsheet:", *changes])]


def test_a_preview_of_another_kind_of_page_is_none_here(admin_client: Client) -> None:
    event = an_event()
    players = preview_of(admin_client, event, "name\nNora")
    imported = admin_client.post(page_of("import"), {"text": write_yaml(a_document(name="New"))})
    assert "too old to be confirmed" in text_of(confirm(admin_client, event, imported))
    assert "too old to be confirmed" in text_of(admin_client.post(page_of("import"), carried_by(players)))
    assert document_of(event) == a_document()


def test_everything_that_is_wrong_is_told_with_its_line_and_column(admin_client: Client) -> None:
    event = an_event()
    page = preview_of(admin_client, event, "name,skill,capabilities\nZoe,fast,quest.ds3\n,1,")
    assert [str(error) for error in page.context["form"].sheet_errors] == [
        "line 2, skill: must be a number like 0.9, not “fast”",
        "line 2, capabilities: there is no capability “quest.ds3” (did you mean quest.ds2?)",
        "line 3, name: is missing",
    ]
    assert page.context["form"].errors == {"text": ["3 problems, listed above."]}
    assert "quest.ds3" in page.context["form"]["text"].value()


def test_unknown_capabilities_are_added_where_that_is_ticked(admin_client: Client) -> None:
    event, rows = an_event(), "name,capabilities\nZoe,quest.new"
    assert "there is no capability “quest.new”" in text_of(preview_of(admin_client, event, rows))
    preview = preview_of(admin_client, event, rows, add_capabilities="on")
    confirm(admin_client, event, preview)
    assert Capability.objects.filter(event=event, key="quest.new").exists()
    assert document_of(event).players["Zoe"].capabilities == ["quest.new"]


def test_who_may_not_add_capabilities_is_not_offered_to() -> None:
    event, client = an_event(), who_may("add_player", "change_player", "view_player")
    page = preview_of(client, event, "name,capabilities\nZoe,quest.new", add_capabilities="on")
    assert "there is no capability “quest.new”" in text_of(page)
    assert "add_capabilities" not in text_of(page)


@pytest.mark.parametrize("permission", ["add_player", "change_player"])
def test_it_takes_the_permissions_to_add_and_to_change_players(permission: str) -> None:
    event, client = an_event(), who_may(permission, "view_event", "view_player")
    assert client.get(page_of("players_csv", event)).status_code == 403
    assert preview_of(client, event, "Zoe,2").status_code == 403


def test_a_change_of_the_event_meanwhile_is_noticed_and_kept(admin_client: Client) -> None:
    event = an_event()
    preview = preview_of(admin_client, event, "name,skill\nZoe,0.5")
    mia = Player.objects.get(event=event, name="Mia")
    mia.skill = 3
    mia.save()
    again = confirm(admin_client, event, preview)
    assert "Somebody changed the event after this preview was made" in text_of(again)
    assert "Mia.skill" not in text_of(again)
    assert float(document_of(event).players["Zoe"].skill) == 0.85
    confirm(admin_client, event, again)
    skills = {name: float(player.skill) for name, player in document_of(event).players.items()}
    assert skills == {"Zoe": 0.5, "Adam": 1, "Mia": 3}


def test_rows_that_became_wrong_meanwhile_are_not_stored(admin_client: Client) -> None:
    event = an_event()
    preview = preview_of(admin_client, event, "name,capabilities\nMia,item.lance")
    lance = Capability.objects.get(event=event, key="item.lance")
    lance.key = "item.spear"
    lance.save()
    assert "there is no capability “item.lance”" in text_of(confirm(admin_client, event, preview))
    assert document_of(event).players["Mia"].capabilities == []


def test_a_preview_is_confirmed_for_its_own_event_only(admin_client: Client) -> None:
    event, other = an_event(), an_event(slug="other")
    preview = preview_of(admin_client, event, "Zoe,2")
    assert "too old to be confirmed" in text_of(confirm(admin_client, other, preview))
    assert float(document_of(other).players["Zoe"].skill) == 0.85


def test_files_are_taken_too_and_wrong_ones_refused_at_the_field(admin_client: Client) -> None:
    event = an_event()
    good = SimpleUploadedFile("players.csv", "name;skill\nZoë;2".encode())
    assert "Zoë: {skill: 2}" in text_of(admin_client.post(page_of("players_csv", event), {"file": good}))
    bad = SimpleUploadedFile("players.csv", "Zoë;2".encode("latin-1"))
    page = admin_client.post(page_of("players_csv", event), {"file": bad})
    assert page.context["form"].errors == {"file": ["players.csv is not text in UTF-8, from line 1 on."]}


def test_the_players_of_the_event_can_be_copied_edited_and_pasted_back(admin_client: Client) -> None:
    event = an_event()
    rows = admin_client.get(page_of("players_csv", event)).context["current_players"]
    assert rows.startswith(
        "name\tskill\tcapabilities\tsessions\ttimezone\nZoe\t0.85\tquest.ds2\tfri 20:00 180\t\n"
    )
    assert "Nothing would change" in text_of(preview_of(admin_client, event, rows))
    changed = preview_of(admin_client, event, rows.replace("0.85", "0.9"))
    assert "1 change of" in text_of(changed)


@pytest.mark.parametrize("key", ["item.spear", 'a spear, "sharp"'])
def test_the_example_is_one_that_can_be_taken(admin_client: Client, key: str) -> None:
    event = an_event(capabilities={key: "Spear", "quest.ds2": "DS2", "item.lance": "Lance"})
    example = admin_client.get(page_of("players_csv", event)).context["example"]
    preview = preview_of(admin_client, event, example)
    confirm(admin_client, event, preview)
    assert list(document_of(event).players)[3:] == ["Anna", "Ben", "Cleo"]
    assert document_of(event).players["Anna"].capabilities == [key, "quest.ds2"]


def test_too_many_players_are_an_error_in_words(admin_client: Client) -> None:
    event = an_event()
    page = preview_of(admin_client, event, "\n".join(f"Player {n}" for n in range(3_200)))
    assert page.context["form"].errors["text"] == ["players: has 3203 entries, at most 3200 are allowed"]


def test_an_event_that_no_document_may_hold_takes_none_and_says_why(admin_client: Client) -> None:
    event = an_event()
    RuleDrop.objects.all().delete()
    page = preview_of(admin_client, event, "Zoe,2")
    assert "board[0].tiles[0].rules[0].drops</code> needs at least 1" in text_of(page)
    assert "carried" not in text_of(page)


def test_previews_take_few_queries_however_many_players_there_are(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    event = an_event(players={f"Player {n}": {} for n in range(300)}, teams={})
    with django_assert_max_num_queries(10):
        admin_client.get(page_of("players_csv", event))
    with django_assert_max_num_queries(25):
        preview_of(admin_client, event, "\n".join(f"Player {n},2" for n in range(300)))

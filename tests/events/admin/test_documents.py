"""Documents are imported with a preview, exported and duplicated in the admin."""

import json
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from events.admin.permissions import MAKE_EVENTS, REPLACE_EVENTS
from events.document import json_schema, read_document, write_yaml
from events.document.text import LARGEST_INPUT
from events.models import Event, Player, RuleDrop, Tile
from events.transfer import document_of, put_into_library
from tests.events.admin.documents import carried_by, history_of, page_of, text_of
from tests.events.factories import a_document, an_event, document_data
from tests.visitors import who_may, who_may_all

pytestmark = pytest.mark.django_db


def yaml_of(**overrides: Any) -> str:
    return write_yaml(a_document(**overrides))


def a_file(content: bytes, name: str = "event.yaml") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content)}


def test_a_preview_shows_what_would_change_and_stores_nothing(admin_client: Client) -> None:
    event = an_event()
    text = text_of(admin_client.post(page_of("import"), {"text": yaml_of(name="New Name", unlock_points=4)}))
    assert "2 changes of" in text
    assert "name: Small Bingo → New Name" in text
    assert "unlock_points: 2 → 4" in text
    assert Event.objects.get() == event
    assert document_of(event) == a_document()
    assert history_of(event) == []


def test_what_was_previewed_is_stored_when_it_is_confirmed(admin_client: Client) -> None:
    event = an_event()
    preview = admin_client.post(page_of("import"), {"text": yaml_of(name="New Name")})
    answer = admin_client.post(page_of("import"), carried_by(preview))
    assert (answer.status_code, answer["Location"]) == (302, page_of("board", event))
    assert document_of(event) == a_document(name="New Name")
    assert history_of(event) == ["Imported:\nName: Small Bingo → New Name"]


def test_a_new_event_is_shown_with_its_contents_and_added(admin_client: Client) -> None:
    preview = admin_client.post(page_of("import"), {"text": yaml_of()})
    assert "A new event" in text_of(preview)
    assert "2 rows, 3 tiles, 2 activities, 3 players, 2 teams" in text_of(preview)
    assert "Zebras (2), Apes (1)" in text_of(preview)
    assert not Event.objects.exists()
    admin_client.post(page_of("import"), carried_by(preview))
    event = Event.objects.get()
    assert document_of(event) == a_document()
    assert history_of(event)[0].startswith("Imported:\nnew event with 2 rows")


def test_findings_of_the_event_as_it_would_be_are_shown(admin_client: Client) -> None:
    text = text_of(admin_client.post(page_of("import"), {"text": yaml_of(teams={})}))
    assert "there are no teams" in text
    assert "Zoe</code> is in no team" in text


def test_findings_come_with_what_matters_most_first(admin_client: Client) -> None:
    text = unescape(text_of(admin_client.post(page_of("import"), {"text": yaml_of(teams={})})))
    assert "1 can't work as it is, 3 worth knowing" in text
    assert text.index("<h3>Can't work as it is</h3>") < text.index("<h3>Worth knowing</h3>")


def test_a_text_that_a_comment_cuts_short_is_told_before_it_is_stored(admin_client: Client) -> None:
    cut = yaml_of().replace("name: Zulrah", "name: Zulrah #1 boss", 1)
    text = unescape(text_of(admin_client.post(page_of("import"), {"text": cut})))
    assert 'activities.boss.zulrah.name</code> is read as "Zulrah", since "#1 boss" is a comment' in text


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_documents_come_as_files_too(admin_client: Client, form: str) -> None:
    data = document_data()
    content = json.dumps(data, indent=2) if form == "json" else yaml_of()
    preview = admin_client.post(page_of("import"), a_file(content.encode(), f"event.{form}"))
    admin_client.post(page_of("import"), carried_by(preview))
    assert document_of(Event.objects.get()) == a_document()


def test_all_errors_are_shown_with_their_places_and_lines(admin_client: Client) -> None:
    lines = yaml_of().split("\n")
    lines[lines.index("duration_hours: 48")] = "duration_hours: 0"
    wrong = "\n".join(lines).replace("activity: boss.zulrah", "activity: boss.zulra", 1)
    page = admin_client.post(page_of("import"), {"text": wrong})
    text, line = text_of(page), lines.index("duration_hours: 0") + 1
    form = page.context["form"]
    assert "duration_hours</code> must be a number of hours from 1 to 1,440, not 0" in text
    assert f'data-line="{line}">{line}</a>' in text
    assert form.document_errors[0].excerpt == "duration_hours: 0"
    assert form.errors["text"] == [f"{form.n_errors} problems, listed above."]
    assert form.n_errors == 2
    assert "duration_hours: 0\n" in form["text"].value().replace("\r\n", "\n")


def test_a_text_that_is_no_yaml_is_told_with_its_line(admin_client: Client) -> None:
    page = admin_client.post(page_of("import"), {"text": "a: [1\r\nb: 2"})
    assert page.context["form"].document_errors[0].line == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        (b"  \n", "event.yaml is empty."),
        ("name: ü".encode("utf-16"), "event.yaml is text in UTF-16: save it in UTF-8."),
        ("name: ü".encode("latin-1"), "event.yaml is not text in UTF-8, from line 1 on."),
        (b"\x89PNG\0\0", "event.yaml is no text but binary data."),
        (b"x" * (LARGEST_INPUT + 1), "event.yaml is larger than 8 MB."),
    ],
)
def test_files_that_hold_no_text_are_refused_at_the_field(
    admin_client: Client, content: bytes, message: str
) -> None:
    page = admin_client.post(page_of("import"), a_file(content))
    assert page.context["form"].errors == {"file": [message]}


def test_a_text_that_would_expand_without_end_is_refused(admin_client: Client) -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{n}: &{n} [*a, *a]\n" for n in "bcdefghij")
    text = text_of(admin_client.post(page_of("import"), {"text": bomb}))
    assert "anchors and aliases (&amp; and *) are not supported" in text


def test_nothing_at_all_is_refused_at_the_field(admin_client: Client) -> None:
    page = admin_client.post(page_of("import"), {"text": " \n"})
    assert list(page.context["form"].errors) == ["text"]


def test_what_is_too_much_to_be_written_into_a_page_is_refused_at_the_field(admin_client: Client) -> None:
    page = admin_client.post(page_of("import"), {"text": "#" * 2_100_000})
    assert page.context["form"].errors["text"] == [
        "This is more than 2 MB: save it as a file and upload that."
    ]


def test_a_file_that_is_wrong_can_be_mended_in_the_page(admin_client: Client) -> None:
    page = admin_client.post(page_of("import"), a_file(b"slug: mine"))
    assert page.context["form"]["text"].value() == "slug: mine"
    assert list(page.context["form"].errors) == ["file"]


def test_a_change_between_preview_and_confirmation_is_noticed(admin_client: Client) -> None:
    event = an_event()
    preview = admin_client.post(page_of("import"), {"text": yaml_of(name="New Name")})
    tile = Tile.objects.get(event=event, key="zulrah")
    tile.points = 9
    tile.save()
    again = admin_client.post(page_of("import"), carried_by(preview))
    assert "Somebody changed the event after this preview was made" in text_of(again)
    assert "zulrah.points: 9 → 1" in text_of(again)
    assert document_of(event).name == "Small Bingo"
    admin_client.post(page_of("import"), carried_by(again))
    assert document_of(event) == a_document(name="New Name")


def test_an_event_that_others_added_meanwhile_is_not_overwritten(admin_client: Client) -> None:
    preview = admin_client.post(page_of("import"), {"text": yaml_of()})
    an_event(name="Theirs")
    again = admin_client.post(page_of("import"), carried_by(preview))
    assert "name: Theirs → Small Bingo" in text_of(again)
    assert Event.objects.get().name == "Theirs"


def test_confirming_twice_changes_nothing_more(admin_client: Client) -> None:
    event = an_event()
    preview = admin_client.post(page_of("import"), {"text": yaml_of(name="New Name")})
    admin_client.post(page_of("import"), carried_by(preview))
    again = admin_client.post(page_of("import"), carried_by(preview))
    assert "Nothing would change" in text_of(again)
    assert len(history_of(event)) == 1


def test_a_preview_can_not_be_made_up_and_is_its_users_own(admin_client: Client) -> None:
    preview = admin_client.post(page_of("import"), {"text": yaml_of()})
    made_up = admin_client.post(page_of("import"), {"carried": "x" + carried_by(preview)["carried"]})
    other = who_may_all(MAKE_EVENTS).post(page_of("import"), carried_by(preview))
    assert all("too old to be confirmed" in text_of(page) for page in (made_up, other))
    assert not Event.objects.exists()


def test_an_event_is_replaced_from_its_own_pages(admin_client: Client) -> None:
    event = an_event()
    preview = admin_client.post(page_of("replace", event), {"text": yaml_of(name="New Name")})
    assert 'class="workspace"' in text_of(preview)
    admin_client.post(page_of("replace", event), carried_by(preview))
    assert document_of(event).name == "New Name"


def test_the_document_of_another_event_is_refused_there(admin_client: Client) -> None:
    event = an_event()
    page = admin_client.post(page_of("replace", event), {"text": yaml_of(slug="other")})
    assert "This document is of the event “other”" in text_of(page)
    assert f'href="{page_of("import")}"' in text_of(page)
    elsewhere = admin_client.post(page_of("import"), {"text": yaml_of(slug="other")})
    admin_client.post(page_of("replace", event), carried_by(elsewhere))
    assert Event.objects.get() == event


def test_what_is_no_document_is_replaced_by_one(admin_client: Client) -> None:
    event = an_event()
    RuleDrop.objects.all().delete()
    preview = admin_client.post(page_of("import"), {"text": yaml_of()})
    admin_client.post(page_of("import"), carried_by(preview))
    assert document_of(event) == a_document()


def test_new_events_take_the_permission_to_add_and_others_the_one_to_change() -> None:
    event = an_event()
    adds, changes = who_may_all(MAKE_EVENTS), who_may_all(REPLACE_EVENTS)
    refused = adds.post(page_of("import"), {"text": yaml_of(name="New")})
    assert "you may not replace all that events hold" in text_of(refused)
    refused = changes.post(page_of("import"), {"text": yaml_of(slug="other")})
    assert "you may not add events with all that they hold" in text_of(refused)
    assert adds.get(page_of("replace", event)).status_code == 403
    assert adds.post(page_of("import"), {"text": yaml_of(slug="other")}).context["preview"].is_new
    assert (
        changes.post(page_of("replace", event), {"text": yaml_of(name="New")}).context["preview"].n_changes
        == 1
    )


def test_a_preview_can_not_be_confirmed_by_who_may_no_longer(admin_client: Client) -> None:
    client = who_may_all(MAKE_EVENTS)
    preview = client.post(page_of("import"), {"text": yaml_of()})
    an_event()
    assert client.post(page_of("import"), carried_by(preview)).status_code == 403


@pytest.mark.parametrize("permissions", [MAKE_EVENTS, REPLACE_EVENTS])
def test_who_lacks_a_permission_for_a_part_imports_nothing(permissions: tuple[str, ...]) -> None:
    event = an_event()
    for lacking in permissions:
        client = who_may_all({*permissions, "events.view_event"} - {lacking})
        for page in (("import", None), ("replace", event), ("duplicate", event)):
            assert client.post(page_of(*page), {"text": yaml_of()}).status_code == 403
        text = text_of(client.get(page_of("history", event)))
        assert "Import" not in text
        assert "Duplicate" not in text


def test_who_may_only_look_can_export_and_nothing_else() -> None:
    event, viewer = an_event(), who_may("view_event", "view_player")
    pages = ("import", None), ("replace", event), ("duplicate", event), ("players_csv", event)
    assert [viewer.get(page_of(*page)).status_code for page in pages] == [403] * 4
    assert [viewer.post(page_of(*page)).status_code for page in pages] == [403] * 4
    text = text_of(viewer.get(page_of("history", event)))
    assert "Export" in text
    assert "Duplicate" not in text
    assert page_of("replace", event) not in text
    assert viewer.get(page_of("export", event)).status_code == 200


def test_strangers_see_nothing() -> None:
    event, stranger = an_event(), who_may()
    for name in ("export", "duplicate", "replace", "history", "players_csv"):
        assert stranger.get(page_of(name, event)).status_code == 403


@pytest.mark.parametrize("name", ["replace", "export", "duplicate", "history", "players_csv"])
def test_pages_of_an_event_that_is_gone_are_not_found(admin_client: Client, name: str) -> None:
    assert admin_client.get(reverse(f"admin:events_event_{name}", args=[1])).status_code == 404


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_an_event_is_exported_as_it_can_be_imported(admin_client: Client, form: str) -> None:
    answer = admin_client.get(page_of("export", an_event()), {"format": form})
    assert answer["Content-Disposition"] == f'attachment; filename="small-bingo.{form}"'
    assert read_document(answer.content.decode()) == a_document()


def test_an_event_is_exported_as_yaml_unless_asked_otherwise(admin_client: Client) -> None:
    event = an_event()
    assert admin_client.get(page_of("export", event))["Content-Type"] == "application/yaml; charset=utf-8"
    assert admin_client.get(page_of("export", event), {"format": "xml"}).status_code == 404


def test_an_event_that_no_document_may_hold_is_told_in_words(admin_client: Client) -> None:
    event = an_event()
    RuleDrop.objects.all().delete()
    answer = admin_client.get(page_of("export", event))
    assert answer.status_code == 409
    assert "This event can&#x27;t be written" in text_of(answer).replace("'", "&#x27;")
    assert "board[0].tiles[0].rules[0].drops</code> needs at least 1" in text_of(answer)


def test_the_schema_is_served_and_linked(admin_client: Client) -> None:
    assert admin_client.get(page_of("schema")).json() == json_schema()
    assert f'href="{page_of("schema")}"' in text_of(admin_client.get(page_of("import")))


def duplicate_fields(**changes: Any) -> dict[str, Any]:
    start = {"start_date": "2026-03-06", "start_time": "18:00"}
    return {"name": "The Copy", "slug": "the-copy", **start, **changes}


def test_an_event_is_duplicated_and_the_copys_board_opens(admin_client: Client) -> None:
    event = an_event()
    kept = put_into_library(Player.objects.get(event=event, name="Mia"))
    answer = admin_client.post(page_of("duplicate", event), duplicate_fields(start_date="2027-05-01"))
    copy = Event.objects.get(slug="the-copy")
    assert answer["Location"] == page_of("board", copy)
    changed = {"slug": "the-copy", "name": "The Copy"}
    moved = document_of(event).model_copy(update={**changed, "starts_at": copy.starts_at})
    assert (document_of(copy), str(copy.start_date)) == (moved, "2027-05-01")
    assert Player.objects.get(event=copy, name="Mia").copied_from == kept
    assert history_of(copy) == ["duplicated from Small Bingo (small-bingo)"]


def test_names_that_nothing_has_yet_are_suggested(admin_client: Client) -> None:
    event = an_event()
    form = admin_client.get(page_of("duplicate", event)).context["form"]
    assert (form["slug"].value(), form["name"].value()) == ("small-bingo-copy", "Small Bingo (copy)")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "small-bingo"),
        ("slug", "Two Words"),
        ("name", ""),
        ("start_date", "1999-01-01"),
        ("start_time", "x"),
    ],
)
def test_what_is_wrong_about_a_copy_is_told_at_its_field(
    admin_client: Client, field: str, value: str
) -> None:
    event = an_event()
    page = admin_client.post(page_of("duplicate", event), duplicate_fields(**{field: value}))
    assert list(page.context["form"].errors) == [field]
    assert Event.objects.get() == event


def test_an_event_that_no_document_may_hold_is_not_duplicated(admin_client: Client) -> None:
    event = an_event()
    RuleDrop.objects.all().delete()
    page = admin_client.post(page_of("duplicate", event), duplicate_fields())
    assert "rules[0].drops: needs at least 1" in text_of(page)
    assert Event.objects.get() == event


def test_previews_take_few_queries_however_large_the_event_is(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    an_event(players={f"Player {n}": {} for n in range(300)}, teams={})
    changed = yaml_of(players={f"Player {n}": {"skill": 2} for n in range(300)}, teams={})
    with django_assert_max_num_queries(25):
        text = text_of(admin_client.post(page_of("import"), {"text": changed}))
    assert "and 100 more" in text


def test_names_are_shown_as_they_are_whatever_words_they_hold(admin_client: Client) -> None:
    an_event(name="Bonus added")
    text = text_of(admin_client.post(page_of("import"), {"text": yaml_of(name="Bonus removed")}))
    assert '<span class="document-kind">changed</span> name: Bonus added → Bonus removed<' in text

"""What people send from the admin's pages: forms that are saved, documents that are previewed and stored."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from django.test import Client
from django.urls import reverse

from benchmarks.admin.timing import Timing, timed
from events.admin.workspace import change_url
from events.document import write_yaml
from events.models import Event
from events.transfer import document_of, players_of
from events.transfer.players_csv import write_players
from tests.events.admin.pages import Fields, fields_in, fields_of

PARTS = {
    "tile": "tiles",
    "activity": "activities",
    "capability": "capabilities",
    "player": "players",
    "team": "teams",
}


class Form(NamedTuple):
    """Something that is sent: what it is called, and what makes the next one."""

    name: str
    ask: Callable[[], Callable[[], Any]]


def form_timings(client: Client, repetitions: int) -> Iterator[Timing]:
    """Time what is sent for the largest event; each answer is that of another change."""
    event = Event.objects.get(slug="summer-clan-bingo")
    sender = _Sender(client, event)
    for form in sender.forms():
        yield timed(form.name, form.ask, repetitions)


class _Sender:
    """Makes changes of an event, each a new one."""

    def __init__(self, client: Client, event: Event) -> None:
        self.client, self.event = client, event
        self.numbers = count(1)

    def forms(self) -> Iterator[Form]:
        """Yield everything that is sent."""
        for kind in PARTS:
            yield Form(f"save a {kind}", partial(self._rename, kind))
        yield Form("save an event's settings", partial(self._rename, "event"))
        yield Form("move a tile of the board", self._move)
        yield Form("preview an event of a document", self._preview_document)
        yield Form("store an event of a document", partial(self._confirm, self._preview_document))
        yield Form("preview players of a spreadsheet", self._preview_players)
        yield Form("store players of a spreadsheet", partial(self._confirm, self._preview_players))
        yield Form("duplicate an event", self._duplicate)

    def _rename(self, kind: str) -> Callable[[], Any]:
        part = self.event if kind == "event" else getattr(self.event, PARTS[kind]).first()
        url = change_url(part)
        fields = fields_of(self.client, url, f"{kind}_form")
        return self._post(url, {**fields, "name": f"Name {next(self.numbers)}"})

    def _move(self) -> Callable[[], Any]:
        event = Event.objects.get(pk=self.event.pk)
        tile = event.tiles.filter(row=0).order_by("position")[0]
        command = {"do": f"shift_tile:{tile.pk}:right", "version": event.version}
        return self._post(self._page("change_board"), command, by_script=True)

    def _preview_document(self) -> Callable[[], Any]:
        document = document_of(self.event)
        changed = document.model_copy(update={"unlock_points": next(self.numbers)})
        return self._post(self._page("replace"), {"text": write_yaml(changed)})

    def _preview_players(self) -> Callable[[], Any]:
        players = players_of(self.event)
        skill = Decimal(f"0.{next(self.numbers) + 100}")
        changed = {name: player.model_copy(update={"skill": skill}) for name, player in players.items()}
        return self._post(self._page("players_csv"), {"text": write_players(changed)})

    def _duplicate(self) -> Callable[[], Any]:
        number = next(self.numbers)
        url = self._page("duplicate")
        fields: Fields = fields_of(self.client, url, "")
        return self._post(url, {**fields, "slug": f"copy-{number}", "name": f"Copy {number}"})

    def _confirm(self, preview: Callable[[], Callable[[], Any]]) -> Callable[[], Any]:
        page = preview()()
        fields = fields_in(page, "")
        return self._post(page.request["PATH_INFO"], {"carried": fields["carried"]})

    def _page(self, name: str) -> str:
        return reverse(f"admin:events_event_{name}", args=[self.event.pk])

    def _post(self, url: str, fields: Fields, *, by_script: bool = False) -> Callable[[], Any]:
        headers = {"X-Requested-With": "fetch"} if by_script else {}

        def send() -> Any:
            answer = self.client.post(url, fields, headers=headers)
            if answer.status_code not in (200, 302):
                raise RuntimeError(f"{url} answered {answer.status_code}")
            return answer

        return send

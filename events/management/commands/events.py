"""`events`: list what is stored."""

from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from events.management.base import ProjectCommand
from events.management.hints import command_line
from events.models import Event


class Command(ProjectCommand):
    help = "List all events."

    def handle(self, **options: Any) -> None:
        events = list(Event.objects.with_sizes())
        self.answer({"events": [_as_data(event) for event in events]})
        if events:
            self.say(_table(events))
        else:
            load = command_line("load_event --bundled")
            self.say(f"There are no events yet: `{load}` loads those of the project.")


def _as_data(event: Any) -> dict[str, Any]:
    return {
        "slug": event.slug,
        "name": event.name,
        "starts_at": event.starts_at,
        "timezone": event.timezone,
        "duration_hours": event.duration_hours,
        "tiles": event.n_tiles,
        "players": event.n_players,
        "teams": event.n_teams,
        "version": event.version,
        "updated_at": event.updated_at,
    }


def _table(events: list[Any]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("slug", no_wrap=True)
    # The one column that may give way: rich narrows those first that may wrap.
    table.add_column("name")
    table.add_column("starts", no_wrap=True)
    for number in ("tiles", "players", "teams"):
        table.add_column(number, justify="right", no_wrap=True)
    for event in events:
        numbers = (event.n_tiles, event.n_players, event.n_teams)
        name = Text(event.name, no_wrap=True, overflow="ellipsis")
        table.add_row(event.slug, name, f"{event.starts_at:%Y-%m-%d}", *map(str, numbers))
    return table

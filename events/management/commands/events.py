"""`events`: list what is stored."""

from typing import Any

from rich.table import Table

from events.management.base import ProjectCommand
from events.models import Event


class Command(ProjectCommand):
    help = "List all events."

    def handle(self, **options: Any) -> None:
        events = list(Event.objects.with_sizes())
        self.answer({"events": [_as_data(event) for event in events]})
        if events:
            self.say(_table(events))
        else:
            self.say(
                "There are no events yet: `python manage.py load_event --bundled` loads those of the project."
            )


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
    table = Table("Slug", "Name", "Starts", "Time zone")
    for number in ("Hours", "Tiles", "Players", "Teams", "Version"):
        table.add_column(number, justify="right")
    for event in events:
        numbers = (f"{event.duration_hours.normalize():f}", event.n_tiles, event.n_players, event.n_teams)
        cells = (event.slug, event.name, f"{event.starts_at:%Y-%m-%d %H:%M}", event.timezone)
        table.add_row(*cells, *map(str, numbers), str(event.version))
    return table

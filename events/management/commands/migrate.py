"""`migrate`: Django's, which alone makes the file of an SQLite database."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate

from events.management.database import make_missing_file


class Command(Migrate):
    """Django's command, on a database that need not exist yet."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        # Before Django's own checks, which connect.
        if not options["check_unapplied"] and not options["plan"]:
            make_missing_file()
        return super().execute(*args, **options)

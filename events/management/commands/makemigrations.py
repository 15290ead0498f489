"""Django's command, silent about a database that was never made: then no history can be inconsistent."""

import warnings
from typing import Any

from django.core.management.commands import makemigrations

from events.management.database import missing_file

UNREADABLE_HISTORY = "Got an error checking a consistent migration history"


class Command(makemigrations.Command):
    """`makemigrations`."""

    def handle(self, *app_labels: Any, **options: Any) -> None:
        with warnings.catch_warnings():
            if missing_file():
                warnings.filterwarnings("ignore", UNREADABLE_HISTORY, RuntimeWarning)
            super().handle(*app_labels, **options)

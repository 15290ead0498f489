"""`runserver`: Django's, which says in a line that there is no database yet."""

import sys
from typing import Any

from django.contrib.staticfiles.management.commands.runserver import Command as RunServer

from events.management.database import missing_file


class Command(RunServer):
    """Django's command; where it met no database, it would show a traceback and serve nothing."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        if problem := missing_file():
            sys.exit(problem)
        return super().handle(*args, **options)

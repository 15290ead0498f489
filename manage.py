#!/usr/bin/env python
"""Run a management command of BingoSim: `python manage.py help` lists them."""

import os
import sys

try:
    from django.core.management import execute_from_command_line
    from django.db import Error
except ModuleNotFoundError:
    sys.exit("This Python has no Django: run .venv/bin/python manage.py instead (`make demo` makes .venv).")

from events.management.database import explain_database_error


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bingosim_project.settings")
    try:
        execute_from_command_line(sys.argv)
    except Error as error:
        # The project's own commands say this themselves; Django's, such as migrate, would show a traceback.
        if "--traceback" in sys.argv:
            raise
        sys.exit(explain_database_error(error))


if __name__ == "__main__":
    main()

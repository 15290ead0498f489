#!/usr/bin/env python
"""Run a management command of BingoSim: `python manage.py help` lists them."""

import os
import sys


def main() -> None:
    try:
        from django.db import Error

        from events.management.database import explain_database_error
        from events.management.entry import Utility
    except ModuleNotFoundError as error:
        if error.name != "django":
            raise
        sys.exit(
            "This Python has no Django: run .venv/bin/python manage.py instead (`make demo` makes .venv)."
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bingosim_project.settings")
    try:
        Utility(sys.argv).execute()
    except Error as error:
        # The project's own commands say this themselves; Django's, such as migrate, would show a traceback.
        if "--traceback" in sys.argv:
            raise
        sys.exit(explain_database_error(error))


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, RuntimeError) as error:
        # Before a command takes over the signal: while everything is being imported. Up to Python 3.11 it is
        # the cause of another error where it comes while a class is made.
        if not isinstance(error, KeyboardInterrupt) and not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        sys.stderr.write("Cancelled.\n")
        sys.exit(130)

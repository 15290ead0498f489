"""The entry point's one change to Django's: an unknown command is a wrong argument, said in a line."""

import sys
from difflib import get_close_matches

from django.core.management import BaseCommand, ManagementUtility, get_commands

from events.management.hints import command_line


class Utility(ManagementUtility):
    """Django's runner of commands, with the project's way to refuse an unknown one."""

    def fetch_command(self, subcommand: str) -> BaseCommand:
        if subcommand not in (known := get_commands()):
            close = " or ".join(get_close_matches(subcommand, known))
            did_you_mean = f"did you mean {close}? " if close else ""
            sys.stderr.write(
                f"There is no command {subcommand!r}: {did_you_mean}`{command_line('help')}` lists all.\n"
            )
            sys.exit(2)
        return super().fetch_command(subcommand)

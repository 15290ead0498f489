"""`make run` calls this, so that a new installation can be entered."""

import secrets
from typing import Any

from django.contrib.auth import get_user_model

from events.management.base import ProjectCommand
from events.management.hints import command_line

NAME = "admin"


class Command(ProjectCommand):
    """Make the first account."""

    help = "Make the account `admin` where nobody can enter the admin yet, and print its password once."

    def handle(self, **options: Any) -> None:
        users = get_user_model()._default_manager
        if users.filter(is_superuser=True).exists():
            change = command_line("changepassword NAME")
            self.say(f"There is an account already; `{change}` gives one a new password.")
            self.answer({"name": None, "password": None})
            return
        password = secrets.token_urlsafe(12)
        users.create_superuser(username=NAME, password=password)
        self.say(f"Account made: {NAME}, password {password} (it is not shown again).")
        self.answer({"name": NAME, "password": password})

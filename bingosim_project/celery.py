"""The Celery application: workers consume with it, `simulations.dispatch` publishes with it."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bingosim_project.settings")

# Without Celery's own support for Django, which closes the connections to the database around each task.
app = Celery("bingosim", fixups=[])
# `current_app` in every thread; a new application is that of the thread that makes it only.
app.set_default()
# By name: the settings are read when the application is first used, not when it is imported.
app.config_from_object("bingosim_project.settings:CELERY")
app.autodiscover_tasks(["simulations"])


@setup_logging.connect
def leave_logging_alone(**_: Any) -> None:
    """Keep Django's handlers: Celery sets up none where somebody listens to this signal."""


@task_prerun.connect
@task_postrun.connect
def drop_broken_connections(**_: Any) -> None:
    """Keep connections to the database from task to task, but none that broke."""
    from django.db import close_old_connections  # only here: the settings import this module

    close_old_connections()

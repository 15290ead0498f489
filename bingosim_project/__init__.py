"""The project that runs the applications: settings, addresses, and the Celery application."""

from bingosim_project.celery import app as celery_app

# Imported with the settings, so that Celery's `current_app` is this one in every process.
__all__ = ["celery_app"]

"""The Celery application: what it is told, and that it is the one that all threads get."""

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from celery import current_app
from celery.signals import task_prerun
from django.conf import settings
from django.db import connection

from bingosim_project.broker import celery_settings
from bingosim_project.celery import app


def test_every_thread_gets_the_application() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(current_app._get_current_object).result() is app


def test_it_knows_the_broker_that_the_settings_name() -> None:
    assert app.conf.broker_url == settings.BROKER_URL


def test_without_an_address_it_does_not_take_the_broker_of_this_machine() -> None:
    assert celery_settings(None, "bingosim")["broker_url"].endswith(".invalid//")


def test_all_names_on_the_broker_begin_with_the_namespace() -> None:
    told = celery_settings(None, "mine")
    named = (
        "task_default_queue",
        "task_default_exchange",
        "event_exchange",
        "event_queue_prefix",
        "control_exchange",
    )
    assert {name: told[name].split(".")[0] for name in named} == dict.fromkeys(named, "mine")


def test_celery_knows_every_setting_that_it_is_told() -> None:
    # A misspelt one would be ignored without a word.
    assert [name for name in settings.CELERY if name not in app.conf.defaults[-1]] == []


def test_it_knows_the_tasks() -> None:
    app.loader.import_default_modules()
    assert "simulations.run_batch" in app.tasks


def test_it_leaves_logging_to_django() -> None:
    before = list(logging.getLogger().handlers)
    app.log.setup(loglevel="DEBUG")
    assert logging.getLogger().handlers == before


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_connection_to_the_database_is_kept_from_task_to_task() -> None:
    connection.ensure_connection()
    kept = connection.connection
    task_prerun.send(sender=None)
    connection.ensure_connection()
    assert connection.connection is kept


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_broken_connection_is_replaced_before_the_next_task() -> None:
    connection.ensure_connection()
    connection.connection.close()
    task_prerun.send(sender=None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")

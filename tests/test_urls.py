"""The web application's pages as a whole."""

from django.contrib import admin
from django.core.checks import run_checks
from django.urls import get_resolver


def test_every_page_passes_djangos_own_checks() -> None:
    # Nothing of the admin is known, and checked, before the addresses are.
    assert get_resolver().url_patterns
    assert {model._meta.app_label for model in admin.site._registry} == {"auth", "events", "simulations"}
    assert run_checks() == []

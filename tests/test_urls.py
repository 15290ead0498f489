"""The web application's pages as a whole."""

import pytest
from django.contrib import admin
from django.core.checks import run_checks
from django.test import Client
from django.urls import get_resolver, reverse


def test_every_page_passes_djangos_own_checks() -> None:
    # Nothing of the admin is known, and checked, before the addresses are.
    assert get_resolver().url_patterns
    assert {model._meta.app_label for model in admin.site._registry} == {"auth", "events", "simulations"}
    assert run_checks() == []


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/favicon.ico", "image/"),
        ("/apple-touch-icon.png", "image/png"),
        ("/robots.txt", "text/plain"),
    ],
)
def test_what_browsers_ask_for_of_their_own_accord_is_there(client: Client, address: str, kind: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith(kind)
    assert response.getvalue()


@pytest.mark.django_db
def test_the_address_of_logging_out_asks_first(client: Client, admin_client: Client) -> None:
    address = reverse("admin:logout")
    assert "Log out?" in admin_client.get(address).content.decode()
    assert admin_client.get(reverse("admin:index")).status_code == 200
    assert admin_client.post(address).status_code == 200
    assert admin_client.get(reverse("admin:index")).status_code == 302
    assert client.get(address).headers["Location"] == reverse("admin:login")

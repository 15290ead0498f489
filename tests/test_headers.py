"""The headers of answers: what browsers are told to refuse, on every kind of page."""

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client
from pytest_django import Settings

from bingosim_project.headers import CONTENT_SECURITY_POLICY, PERMISSIONS_POLICY

# Where an answer comes from: a page, a file, a redirection, a refusal, what is asked by those who watch.
ADDRESSES = {
    "/admin/login/": 200,
    "/static/events/admin.js": 200,
    "/": 302,
    "/admin/": 302,
    "/no-such-page/": 404,
    "/healthz": 200,
    "/healthz?x=%00": 400,
}

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def policy(client: Client, address: str, **extra: Any) -> tuple[int, dict[str, list[str]]]:
    """Return the status of an answer, and its content security policy by directive."""
    answer = client.get(address, **extra)
    parts = [part.split() for part in answer.headers["Content-Security-Policy"].split(";")]
    assert set(answer.headers["Permissions-Policy"].split(", ")) == {
        f"{name}=()" for name in PERMISSIONS_POLICY
    }
    return answer.status_code, {name: sources for name, *sources in parts}


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_lets_only_scripts_of_this_site_run(client: Client, address: str) -> None:
    status, directives = policy(client, address)
    assert (status, directives) == (ADDRESSES[address], CONTENT_SECURITY_POLICY["DIRECTIVES"])
    assert directives["script-src"] == ["'self'"]


def test_so_does_what_is_told_at_the_port_for_monitoring(settings: Settings) -> None:
    settings.METRICS_PORT = 9100
    for address, expected in {"/metrics": 200, "/admin/": 404}.items():
        status, directives = policy(Client(), address, SERVER_PORT="9100", HTTP_HOST="web:9100")
        assert (status, directives["script-src"]) == (expected, ["'self'"])


def test_so_does_the_page_for_a_host_that_is_not_served(client: Client) -> None:
    assert policy(client, "/admin/", HTTP_HOST="elsewhere.example.org")[0] == 400


def test_so_does_the_page_for_a_fault(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(request: HttpRequest) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("simulations.views.JsonResponse", break_down)
    client.raise_request_exception = False
    assert policy(client, "/healthz")[0] == 500


def test_pages_are_shown_in_no_frame(client: Client) -> None:
    answer = client.get("/admin/login/")
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert policy(client, "/admin/login/")[1]["frame-ancestors"] == ["'none'"]


def test_browsers_keep_to_tls_where_that_is_set(settings: Settings) -> None:
    assert "Strict-Transport-Security" not in Client().get("/admin/login/", secure=True).headers
    settings.SECURE_HSTS_SECONDS = 3600
    answer = Client().get("/admin/login/", secure=True)
    assert answer.headers["Strict-Transport-Security"] == "max-age=3600"


def test_plain_http_is_sent_to_tls_where_that_is_set_but_for_who_watches(
    client: Client, settings: Settings
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/admin/login/").headers["Location"] == "https://testserver/admin/login/"
    assert client.get("/healthz").status_code == 200
    settings.METRICS_PORT = 9100
    assert client.get("/metrics", SERVER_PORT="9100").status_code == 200

"""People whose session has ended are told what became of their form; odd addresses are refused."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from bingosim_project.middleware import SIGNED_OUT

pytestmark = pytest.mark.django_db


def test_who_was_signed_out_is_told_that_a_form_was_not_saved(client: Client) -> None:
    User.objects.create_superuser("captain", password="a long password")
    address = reverse("admin:events_capability_add")
    login = client.post(address, {"name": "Lance"})
    assert login["Location"].startswith(reverse("admin:login"))
    credentials = {"username": "captain", "password": "a long password", "next": address}
    page = client.post(login["Location"], credentials, follow=True)
    assert page.content.decode().count(SIGNED_OUT) == 1


def test_who_signs_in_first_is_told_nothing(client: Client) -> None:
    User.objects.create_superuser("captain", password="a long password")
    client.get(reverse("admin:index"))
    credentials = {"username": "captain", "password": "a long password"}
    page = client.post(reverse("admin:login"), credentials, follow=True)
    assert SIGNED_OUT not in page.content.decode()


@pytest.mark.parametrize("address", ["/%00", "/healthz?x=%00", "/admin/?q=a%00b"])
def test_no_address_has_the_character_nul(client: Client, address: str) -> None:
    assert client.get(address).status_code in (400, 404)

"""Who is refused at the door reads why, and scripts of who is signed out are told so."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from bingosim_project.middleware import RESTORED, SIGNED_OUT
from bingosim_project.signing_in import CLOSED, NOT_STAFF

pytestmark = pytest.mark.django_db

PASSWORD = "a long password"
WRONG = "Please enter the correct username and password"


def try_to_sign_in(password: str = PASSWORD, **account: Any) -> str:
    User.objects.create_user("olaf", password=PASSWORD, **account)
    fields = {"username": "olaf", "password": password}
    return Client().post(reverse("admin:login"), fields, follow=True).content.decode()


@pytest.mark.parametrize(
    ("account", "told"),
    [
        ({"is_staff": False}, NOT_STAFF),
        ({"is_staff": True, "is_active": False}, CLOSED),
        ({"is_staff": True}, "You may not see anything here yet"),
    ],
)
def test_the_right_password_without_access_is_not_called_wrong(account: dict[str, Any], told: str) -> None:
    page = try_to_sign_in(**account)
    assert told in page
    assert WRONG not in page


@pytest.mark.parametrize("account", [{"is_staff": False}, {"is_active": False}, {"is_staff": True}])
def test_a_wrong_password_tells_nothing_of_the_account(account: dict[str, Any]) -> None:
    page = try_to_sign_in("a wrong password", **account)
    assert WRONG in page
    assert NOT_STAFF not in page
    assert CLOSED not in page


def test_an_account_that_does_not_exist_is_like_a_wrong_password() -> None:
    page = Client().post(reverse("admin:login"), {"username": "nobody", "password": PASSWORD})
    assert WRONG in page.content.decode()


def test_who_lost_access_while_signed_in_reads_that() -> None:
    user = User.objects.create_user("olaf", password=PASSWORD, is_staff=True)
    client = Client()
    client.force_login(user)
    User.objects.update(is_staff=False)
    page = client.get(reverse("admin:index"), follow=True).content.decode()
    assert "You are signed in as olaf, but this account may not use these pages" in page


@pytest.mark.parametrize(
    "headers", [{"X-Requested-With": "fetch"}, {"X-Requested-With": "XMLHttpRequest"}, {"HX-Request": "true"}]
)
def test_a_script_without_a_session_is_told_so_and_people_are_led_to_the_door(
    headers: dict[str, str],
) -> None:
    url = reverse("here")
    assert Client().get(url, headers=headers).status_code == 401
    assert Client().get(url).status_code == 302
    # What a script asked in vain is nobody's form.
    client = Client()
    client.post(url, headers=headers)
    assert SIGNED_OUT not in client.get(reverse("admin:login")).content.decode()


def test_who_is_here_is_told_with_a_token_for_their_forms(admin_client: Client, admin_user: User) -> None:
    answer = admin_client.get(reverse("here"), headers={"X-Requested-With": "fetch"})
    assert answer.json()["user"] == str(admin_user.pk)
    assert answer.json()["token"]
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("referrer", "back"),
    [
        ("http://testserver/admin/events/event/?p=1", "/admin/events/event/%3Fp%3D1"),
        ("http://testserver/admin/", "/admin/"),
        ("http://elsewhere.example/admin/", "/admin/events/event/add/"),
        ("", "/admin/events/event/add/"),
    ],
)
def test_signing_in_leads_back_to_where_the_form_was(referrer: str, back: str) -> None:
    headers = {"Referer": referrer}
    answer = Client().post(reverse("admin:events_event_add"), {"name": "x"}, headers=headers)
    assert (answer.status_code, answer["Location"]) == (302, f"{reverse('admin:login')}?next={back}")


def test_a_form_that_is_shown_again_says_so_and_saves_nothing(admin_client: Client, admin_user: User) -> None:
    url = reverse("admin:auth_user_change", args=[admin_user.pk])
    fields = {"username": "renamed", "restored": "file", "date_joined_0": "2026-01-01"}
    page = admin_client.post(url, fields).content.decode()
    assert RESTORED in page
    assert "choose it again" in page
    assert 'value="renamed"' in page
    assert 'name="restored" value=""' in page or 'name="restored" id="id_restored"' in page
    admin_user.refresh_from_db()
    assert admin_user.username == "admin"

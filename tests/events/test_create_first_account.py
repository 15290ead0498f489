"""The command that lets a new installation be entered."""

import json
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def create_first_account(*arguments: str) -> str:
    out = StringIO()
    call_command("create_first_account", *arguments, stdout=out)
    return out.getvalue()


def opens_the_admin(name: str, password: str) -> bool:
    client = Client()
    client.post(reverse("admin:login"), {"username": name, "password": password})
    return client.get(reverse("admin:auth_user_add")).status_code == 200


def test_the_printed_password_opens_the_admin() -> None:
    account = json.loads(create_first_account("--json"))
    assert opens_the_admin(account["name"], account["password"])


def test_people_are_told_name_and_password() -> None:
    printed = create_first_account()
    password = printed.split("password ")[1].split()[0]
    assert opens_the_admin("admin", password)


def test_the_password_is_printed_once() -> None:
    create_first_account()
    before = get_user_model()._default_manager.get().password
    assert "password NAME" in create_first_account()
    assert json.loads(create_first_account("--json")) == {"name": None, "password": None}
    assert get_user_model()._default_manager.get().password == before


def test_where_someone_can_enter_nothing_is_made() -> None:
    get_user_model()._default_manager.create_superuser("alice", password="her own")
    create_first_account()
    assert [user.get_username() for user in get_user_model()._default_manager.all()] == ["alice"]


def test_a_user_who_cannot_enter_everything_does_not_count() -> None:
    get_user_model()._default_manager.create_user("bob", password="his own")
    assert "Account made" in create_first_account()

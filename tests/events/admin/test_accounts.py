"""Accounts are made in the admin, and who makes one that can't sign in there is told."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from tests.events.admin.documents import text_of
from tests.events.admin.pages import fields_in, fields_of
from tests.visitors import who_may

pytestmark = pytest.mark.django_db

WARNING = "can&#x27;t sign in here: that takes the tick “Staff status”."


def test_when_somebody_signed_in_is_said_with_the_zone(admin_client: Client) -> None:
    signed_in = f"{User.objects.get().last_login:%H:%M} UTC"
    for name, arguments in (("changelist", []), ("change", [User.objects.get().pk])):
        text = admin_client.get(reverse(f"admin:auth_user_{name}", args=arguments)).content.decode()
        assert signed_in in text


@pytest.mark.parametrize("may_sign_in", [True, False])
def test_who_makes_an_account_that_can_not_sign_in_is_told(admin_client: Client, may_sign_in: bool) -> None:
    fields = {"username": "olaf", "password1": "a long passphrase", "password2": "a long passphrase"}
    fields |= {"usable_password": "true"} | ({"is_staff": "on"} if may_sign_in else {})
    page = admin_client.post(reverse("admin:auth_user_add"), fields, follow=True)
    assert User.objects.get(username="olaf").is_staff == may_sign_in
    assert (WARNING in page.content.decode()) != may_sign_in


def address_of(account: Any) -> str:
    return reverse(f"admin:auth_{account._meta.model_name}_change", args=[account.pk])


def rows_in(page: Any) -> list[tuple[str, str, str]]:
    return [tuple(row) for row in page.context["adminform"].form.conflict.rows]


@pytest.fixture
def ben() -> Client:
    """The browser of Ben Smith, who may do everything, too."""
    client = Client()
    client.force_login(User.objects.create_superuser("ben", first_name="Ben", last_name="Smith"))
    return client


def test_who_saves_an_account_second_is_told_who_saved_when_and_both_values(
    admin_client: Client, ben: Client
) -> None:
    olaf, scribes = User.objects.create_user("olaf", "a@b.org"), Group.objects.create(name="scribes")
    fields = fields_of(admin_client, address_of(olaf), "user_form")
    theirs = {"first_name": "Theirs", "groups": [str(scribes.pk)]}
    assert ben.post(address_of(olaf), fields | theirs).status_code == 302
    page = admin_client.post(address_of(olaf), fields | {"first_name": "Mine", "last_name": "Berg"})
    assert rows_in(page) == [("First name", "Theirs", "Mine"), ("Groups, scribes", "there", "not there")]
    assert re.search(r"<li>Ben Smith on .* UTC: Changed First name and Groups.</li>", text_of(page))
    olaf.refresh_from_db()
    assert (olaf.first_name, olaf.last_name, [*olaf.groups.all()]) == ("Theirs", "", [scribes])

    over = fields_in(page, "user_form")
    assert over["first_name"] == "Mine"
    over["save_over"] = page.context["adminform"].form.stored
    assert admin_client.post(address_of(olaf), over).status_code == 302
    olaf.refresh_from_db()
    assert (olaf.first_name, olaf.last_name, [*olaf.groups.all()]) == ("Mine", "Berg", [])


def test_who_saves_a_group_second_is_told_too(admin_client: Client, ben: Client) -> None:
    group = Group.objects.create(name="scribes")
    [one, other] = Permission.objects.filter(codename__in=["view_event", "view_tile"])
    fields = fields_of(admin_client, address_of(group), "group_form")
    assert ben.post(address_of(group), fields | {"permissions": [str(one.pk)]}).status_code == 302
    page = admin_client.post(address_of(group), fields | {"permissions": [str(other.pk)]})
    expected = {
        (f"Permissions, {one}", "there", "not there"),
        (f"Permissions, {other}", "not there", "there"),
    }
    assert {*rows_in(page)} == expected
    assert re.search("<li>Ben Smith on ", text_of(page))
    assert [*group.permissions.all()] == [one]


def test_signing_in_and_a_new_password_meanwhile_are_no_conflict(admin_client: Client) -> None:
    olaf = User.objects.create_user("olaf", password="before")
    fields = fields_of(admin_client, address_of(olaf), "user_form")
    olaf.set_password("after")
    olaf.save()
    Client().force_login(olaf)
    assert admin_client.post(address_of(olaf), fields | {"first_name": "Mine"}).status_code == 302
    olaf.refresh_from_db()
    assert olaf.first_name == "Mine"
    assert olaf.check_password("after")


def test_who_may_only_read_accounts_is_shown_no_state_of_forms() -> None:
    client = who_may("view_user", "view_group")
    for account in (User.objects.get(), Group.objects.create(name="scribes")):
        page = client.get(address_of(account))
        assert page.status_code == 200
        assert "Seen" not in text_of(page)

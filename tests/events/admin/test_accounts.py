"""Accounts are made in the admin, and who makes one that can't sign in there is told."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

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

"""Visitors of the admin who may do some things and not others."""

from collections.abc import Iterable

from django.contrib.auth.models import Permission, User
from django.test import Client


def who_may(*codenames: str) -> Client:
    """Return the browser of somebody on the staff who has these permissions alone, such as `view_event`."""
    user = User.objects.create_user(f"visitor{User.objects.count()}", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def who_may_all(permissions: Iterable[str]) -> Client:
    """Return the browser of somebody who has these permissions alone, named as users have them."""
    return who_may(*(permission.partition(".")[2] for permission in permissions))


def who_may_only_read() -> Client:
    """Return the browser of somebody on the staff who may look at everything."""
    codenames = Permission.objects.filter(codename__startswith="view_").values_list("codename", flat=True)
    return who_may(*codenames)

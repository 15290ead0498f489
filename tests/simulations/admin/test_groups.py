"""The groups come with the migrations, on an empty database and beside groups that are there."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from tests.simulations.admin.groups import ensure_groups
from tests.simulations.processes import Manage
from tests.simulations.test_processes import database_url

GROUPS = {"organiser", "analyst", "viewer"}
BEFORE = ("simulations", "0002_workers")
# All that there are: what other tests expect of the tables.
(AFTER,) = MigrationLoader(None).graph.leaf_nodes("simulations")


def migrate(target: tuple[str, str]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([target])


def codenames(group: str, app: str) -> set[str]:
    found = Permission.objects.filter(group__name=group, content_type__app_label=app)
    return set(found.values_list("codename", flat=True))


@pytest.mark.django_db
def test_each_group_may_do_what_its_members_are_for() -> None:
    ensure_groups()
    everything = set(
        Permission.objects.filter(content_type__app_label="events").values_list("codename", flat=True)
    )
    views = {codename for codename in everything if codename.startswith("view_")}
    assert codenames("organiser", "events") == everything
    assert codenames("analyst", "events") == codenames("viewer", "events") == views
    assert codenames("organiser", "simulations") == {
        f"{verb}_simulation" for verb in ("view", "add", "change")
    }
    assert codenames("analyst", "simulations") == {
        f"{verb}_simulation" for verb in ("view", "add", "change", "delete")
    }
    assert codenames("viewer", "simulations") == {"view_simulation"}


@pytest.mark.django_db(transaction=True)
def test_the_migration_is_taken_back_and_done_again() -> None:
    migrate(BEFORE)
    assert not Group.objects.filter(name__in=GROUPS).exists()
    migrate(AFTER)
    assert set(Group.objects.values_list("name", flat=True)) == GROUPS
    assert "change_tile" in codenames("organiser", "events")


@pytest.mark.django_db(transaction=True)
def test_a_group_that_is_there_keeps_what_it_has_and_whom() -> None:
    migrate(BEFORE)
    group = Group.objects.create(name="viewer")
    group.permissions.add(Permission.objects.get(codename="add_user"))
    member = User.objects.create(username="member")
    member.groups.add(group)
    migrate(AFTER)
    assert Group.objects.get(name="viewer").pk == group.pk
    assert codenames("viewer", "auth") == {"add_user"}
    assert "view_event" in codenames("viewer", "events")
    migrate(BEFORE)
    assert codenames("viewer", "events") == set()
    assert member.groups.get().permissions.get().codename == "add_user"
    migrate(AFTER)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "postgresql", reason="the tests' own database was migrated from nothing"
)
def test_an_empty_database_gets_them_with_their_permissions(tmp_path_factory: pytest.TempPathFactory) -> None:
    manage = Manage(database_url(tmp_path_factory.mktemp("empty")))
    assert manage.run("migrate", "-v", "0")[0] == 0
    code = (
        "from django.contrib.auth.models import Group; "
        "print(sorted((group.name, group.permissions.count()) for group in Group.objects.all()))"
    )
    _, out, _ = manage.run("shell", "-v", "0", "-c", code)
    assert out.strip() == "[('analyst', 17), ('organiser', 55), ('viewer', 14)]"

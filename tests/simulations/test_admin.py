"""Simulations in the admin can be looked at and deleted, not changed."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from simulations.models import BatchResult, Simulation
from tests.simulations.factories import a_claimed_simulation, a_completed_simulation

pytestmark = pytest.mark.django_db


def address(page: str, *arguments: str) -> str:
    return reverse(f"admin:simulations_simulation_{page}", args=arguments)


def test_the_list_and_the_page_of_a_simulation_are_shown(admin_client: Client) -> None:
    simulation = a_completed_simulation()
    for page in (address("changelist"), address("change", simulation.pk)):
        response = admin_client.get(page)
        assert response.status_code == 200
        assert simulation.pk in response.content.decode()


def test_nothing_is_added_or_changed(admin_client: Client) -> None:
    simulation = a_completed_simulation()
    for page in (address("add"), address("change", simulation.pk)):
        assert admin_client.post(page, {"name": "new"}).status_code == 403
    assert Simulation.objects.get().name == ""


def test_what_has_ended_is_deleted_with_its_results(admin_client: Client) -> None:
    simulation = a_completed_simulation()
    page = address("delete", simulation.pk)
    assert simulation.pk in admin_client.get(page).content.decode()
    assert admin_client.post(page, {"post": "yes"}).status_code == 302
    assert not Simulation.objects.exists()
    assert not BatchResult.objects.exists()


def test_several_are_deleted_from_the_list(admin_client: Client) -> None:
    chosen = [a_completed_simulation().pk for _ in range(2)]
    kept = a_completed_simulation().pk
    delete_selected(admin_client, *chosen)
    assert Simulation.objects.get().pk == kept


def test_what_is_under_way_is_not_deleted(admin_client: Client) -> None:
    simulation, _ = a_claimed_simulation()
    delete_selected(admin_client, simulation.pk, a_completed_simulation().pk)
    admin_client.post(address("delete", simulation.pk), {"post": "yes"})
    assert Simulation.objects.count() == 2


def test_only_who_may_delete_deletes(client: Client) -> None:
    simulation = a_completed_simulation()
    staff = User.objects.create_user("staff", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_simulation"))
    client.force_login(staff)
    assert client.get(address("change", simulation.pk)).status_code == 200
    assert client.post(address("delete", simulation.pk), {"post": "yes"}).status_code == 403
    delete_selected(client, simulation.pk)
    assert Simulation.objects.exists()


def delete_selected(client: Client, *ids: str) -> None:
    client.post(address("changelist"), {"action": "delete_selected", "_selected_action": ids, "post": "yes"})

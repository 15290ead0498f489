"""Simulations in the admin can be looked at, not changed."""

import pytest
from django.test import Client
from django.urls import reverse

from simulations.models import Simulation
from tests.simulations.factories import a_completed_simulation

pytestmark = pytest.mark.django_db


def address(page: str, *arguments: str) -> str:
    return reverse(f"admin:simulations_simulation_{page}", args=arguments)


def test_the_list_and_the_page_of_a_simulation_are_shown(admin_client: Client) -> None:
    simulation = a_completed_simulation()
    for page in (address("changelist"), address("change", simulation.pk)):
        response = admin_client.get(page)
        assert response.status_code == 200
        assert simulation.pk in response.content.decode()


def test_nothing_is_added_or_deleted(admin_client: Client) -> None:
    simulation = a_completed_simulation()
    for page in (address("add"), address("delete", simulation.pk)):
        assert admin_client.post(page, {"post": "yes"}).status_code == 403
    assert Simulation.objects.count() == 1

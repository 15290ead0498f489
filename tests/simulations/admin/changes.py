"""What may change a finished simulation's page, made by the tests of all that is kept of one."""

from django.contrib.auth.models import Permission, User

from simulations.models import Simulation


def rename_event(simulation: Simulation, _: User) -> None:
    assert simulation.event is not None
    simulation.event.name = "Another event"
    simulation.event.save()


def write_notes(simulation: Simulation, _: User) -> None:
    Simulation.objects.filter(pk=simulation.pk).update(notes="Another note")


def rename_simulation(simulation: Simulation, _: User) -> None:
    Simulation.objects.filter(pk=simulation.pk).update(name="Another name")


def let_delete(_: Simulation, user: User) -> None:
    user.user_permissions.add(Permission.objects.get(codename="delete_simulation"))

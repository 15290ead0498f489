"""The groups that a clan's people are put into: who configures events, who has them simulated, who looks on."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

EVENTS = (
    "event", "team", "teammember", "tile", "rule", "ruledrop", "rulerequirement", "rulemodifier",
    "activity", "drop", "capability", "player", "playercapability",
)  # fmt: skip
SIMULATIONS = ("simulation",)
ALL = ("view", "add", "change", "delete")
# What each group may do with events and their parts, and with simulations.
GROUPS = {
    "organiser": (ALL, ("view", "add", "change")),
    "analyst": (("view",), ALL),
    "viewer": (("view",), ("view",)),
}


def make_groups(apps, schema_editor):
    """Make the groups, or give those of the same name what they lack."""
    database = schema_editor.connection.alias
    _make_permissions(apps, database)
    Group = apps.get_model("auth", "Group")
    for name, allowed in GROUPS.items():
        group, _ = Group.objects.using(database).get_or_create(name=name)
        group.permissions.add(*_permissions(apps, database, *allowed))


def remove_groups(apps, schema_editor):
    """Take from the groups what they got; a group stays if it has members, or may do something else."""
    database = schema_editor.connection.alias
    Group = apps.get_model("auth", "Group")
    for name, allowed in GROUPS.items():
        group = Group.objects.using(database).filter(name=name).first()
        if group is None:
            continue
        group.permissions.remove(*_permissions(apps, database, *allowed))
        if not group.permissions.exists() and not group.user_set.exists():
            group.delete()


def _make_permissions(apps, database):
    """Make the permissions now: Django does so only when all migrations are through."""
    for label in ("events", "simulations"):
        app = apps.get_app_config(label)
        # Apps of migrations have no models' module, and are passed over for that.
        before = getattr(app, "models_module", None)
        app.models_module = before or True
        create_permissions(app, verbosity=0, using=database, apps=apps)
        app.models_module = before


def _permissions(apps, database, on_events, on_simulations):
    Permission = apps.get_model("auth", "Permission")
    wanted = {
        "events": [f"{verb}_{model}" for verb in on_events for model in EVENTS],
        "simulations": [f"{verb}_{model}" for verb in on_simulations for model in SIMULATIONS],
    }
    found = []
    for label, codenames in wanted.items():
        of_app = Permission.objects.using(database).filter(content_type__app_label=label)
        found += of_app.filter(codename__in=codenames)
    return found


class Migration(migrations.Migration):
    dependencies = [
        ("simulations", "0002_workers"),
        ("events", "0002_roster_keeps_players"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [migrations.RunPython(make_groups, remove_groups, elidable=False)]

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import simulations.identity


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("events", "0001_event_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_run", models.BigIntegerField()),
                ("n_runs", models.IntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="pending",
                        max_length=8,
                    ),
                ),
                ("worker", models.CharField(blank=True, max_length=200)),
                ("token", models.CharField(blank=True, max_length=32)),
                ("lease_expires_at", models.DateTimeField(blank=True, null=True)),
                ("not_before", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("lost_leases", models.PositiveSmallIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                ("claim_s", models.FloatField(default=0)),
                ("simulate_s", models.FloatField(default=0)),
                ("persist_s", models.FloatField(default=0)),
            ],
            options={
                "verbose_name_plural": "batches",
                "ordering": ("simulation", "first_run"),
            },
        ),
        migrations.CreateModel(
            name="BatchResult",
            fields=[
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="result",
                        serialize=False,
                        to="simulations.batch",
                    ),
                ),
                ("block", models.BinaryField()),
                ("summary", models.BinaryField(null=True)),
                ("digest", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Simulation",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=simulations.identity.new_id,
                        editable=False,
                        max_length=12,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200)),
                ("notes", models.TextField(blank=True)),
                ("event_slug", models.CharField(max_length=80)),
                ("event_name", models.CharField(max_length=200)),
                ("document", models.TextField()),
                ("document_digest", models.CharField(max_length=64)),
                ("document_format", models.CharField(max_length=40)),
                ("overrides", models.JSONField(blank=True, default=list)),
                ("seed", models.CharField(max_length=64)),
                ("n_runs", models.BigIntegerField()),
                ("batch_size", models.IntegerField(blank=True, null=True)),
                (
                    "mode",
                    models.CharField(
                        choices=[("local", "Local"), ("distributed", "Distributed")],
                        default="local",
                        max_length=12,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("running", "Running"),
                            ("completed", "Completed"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                            ("interrupted", "Interrupted"),
                        ],
                        default="pending",
                        max_length=12,
                    ),
                ),
                ("engine_version", models.PositiveIntegerField()),
                ("cursor", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("elapsed_s", models.FloatField(default=0)),
                ("error", models.TextField(blank=True)),
                ("summary", models.BinaryField(null=True)),
                ("digest", models.CharField(blank=True, max_length=16)),
                ("owner", models.CharField(blank=True, max_length=200)),
                ("token", models.CharField(blank=True, max_length=32)),
                ("lease_expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="simulations",
                        to="events.event",
                    ),
                ),
            ],
            options={
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.AddField(
            model_name="batch",
            name="simulation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="batches",
                to="simulations.simulation",
            ),
        ),
        migrations.AddIndex(
            model_name="simulation",
            index=models.Index(fields=["-created_at", "-id"], name="simulation_newest"),
        ),
        migrations.AddIndex(
            model_name="simulation",
            index=models.Index(
                condition=models.Q(("status__in", ("pending", "running"))),
                fields=["lease_expires_at"],
                name="simulation_leases",
            ),
        ),
        migrations.AddConstraint(
            model_name="simulation",
            constraint=models.CheckConstraint(
                condition=models.Q(("n_runs__gte", 1), ("n_runs__lte", 1000000000)),
                name="simulation_runs_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="simulation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("batch_size__isnull", True),
                    models.Q(("batch_size__gte", 1), ("batch_size__lte", 10000000)),
                    _connector="OR",
                ),
                name="simulation_batch_size_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="simulation",
            constraint=models.CheckConstraint(
                condition=models.Q(("seed", ""), _negated=True), name="simulation_has_seed"
            ),
        ),
        migrations.AddConstraint(
            model_name="simulation",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ["local", "distributed"])), name="simulation_mode_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="simulation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["pending", "running", "completed", "failed", "cancelled", "interrupted"])
                ),
                name="simulation_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="simulation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "completed"), _negated=True),
                    models.Q(("summary__isnull", False), models.Q(("digest", ""), _negated=True)),
                    _connector="OR",
                ),
                name="simulation_completed_has_result",
            ),
        ),
        migrations.AddConstraint(
            model_name="simulation",
            constraint=models.CheckConstraint(
                condition=models.Q(("cursor__gte", 0), ("elapsed_s__gte", 0)),
                name="simulation_progress_positive",
            ),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(
                condition=models.Q(("status__in", ("pending", "running"))),
                fields=["simulation", "not_before"],
                name="batch_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(fields=("simulation", "first_run"), name="batch_range_once"),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(("first_run__gte", 0), ("n_runs__gte", 1), ("n_runs__lte", 10000000)),
                name="batch_range_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["pending", "running", "done", "failed"])),
                name="batch_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "running"), _negated=True),
                    models.Q(("token", ""), _negated=True),
                    _connector="OR",
                ),
                name="batch_running_has_token",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("simulations", "0004_no_second_compression")]
    operations = [
        migrations.AddField("simulation", "queued_at", models.DateTimeField(blank=True, null=True)),
    ]

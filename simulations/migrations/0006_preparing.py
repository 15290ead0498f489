"""How long a simulation took to get ready, and how busy the machine was: both tell how long the next takes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("simulations", "0005_local_queue")]
    operations = [
        migrations.AddField("simulation", "preparing_s", models.FloatField(default=0)),
        migrations.AddField("simulation", "crowding", models.FloatField(default=1)),
    ]

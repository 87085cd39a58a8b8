"""Takes a purpose away that opened nothing, from the choices and from the tokens that had it."""

import django.contrib.postgres.fields
from django.db import migrations, models

# Whoever had no other purpose keeps a token that says whose it is, and may revoke it.
FORGET_READ = "UPDATE tenancy_apitoken SET scopes = array_remove(scopes, 'read')"


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0002_stock_tables")]

    operations = [
        migrations.RunSQL(FORGET_READ, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="apitoken",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=[("feed", "Send the feed")], max_length=20),
                default=list,
                size=None,
            ),
        ),
    ]

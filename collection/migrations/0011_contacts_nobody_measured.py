"""A contact's duration may be unknown, and a contact may have been made without asking the gate."""

from django.db import migrations, models

UNKNOWN = "UPDATE collection_contacttry SET talk_seconds = NULL WHERE talk_seconds = 0"
"""Until now nothing told a talk that nobody measured from one of no seconds."""


class Migration(migrations.Migration):
    dependencies = [("collection", "0010_a_case_tags_case_stays")]

    operations = [
        migrations.AlterField(
            model_name="contacttry",
            name="talk_seconds",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="contacttry",
            name="outside_gate",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(
            UNKNOWN,
            "UPDATE collection_contacttry SET talk_seconds = 0 WHERE talk_seconds IS NULL",
        ),
    ]

"""Keeps what a contact was for: holds that leave reminders let a reminder through."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("collection", "0008_promises_by_due")]

    operations = [
        migrations.AddField(
            model_name="contacttry",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("collect", "Collection"),
                    ("reminder", "Reminder"),
                    ("answer", "Answer to the person's question"),
                ],
                default="collect",
                max_length=10,
            ),
        ),
    ]

"""The Celery app: JSON messages that carry ids only, and one tick in code as the whole schedule.

What work is due is decided by the tick itself from the database, so beat needs no table.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.web")

app = Celery("recoup")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

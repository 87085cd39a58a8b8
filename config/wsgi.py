"""The entry point of the web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.web")

application = get_wsgi_application()

# A worker may wait for a slow Redis; a person who has pressed a button may not.
from config.celery import app as celery_app  # noqa: E402

celery_app.conf.broker_transport_options = {
    **celery_app.conf.broker_transport_options,
    "socket_timeout": 0.5,
}

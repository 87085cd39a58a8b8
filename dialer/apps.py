"""Registers the dialer app with Django."""

from django.apps import AppConfig


class DialerConfig(AppConfig):
    """The dialer room."""

    name = "dialer"
    default_auto_field = "django.db.models.BigAutoField"

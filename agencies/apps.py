"""Registers the agencies app with Django."""

from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    """The agencies room."""

    name = "agencies"
    default_auto_field = "django.db.models.BigAutoField"

"""Registers the waivers app with Django."""

from django.apps import AppConfig


class WaiversConfig(AppConfig):
    """The waivers room."""

    name = "waivers"
    default_auto_field = "django.db.models.BigAutoField"

"""Registers the cases app with Django."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The cases room."""

    name = "cases"
    default_auto_field = "django.db.models.BigAutoField"

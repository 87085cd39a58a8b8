"""Registers the tenancy app with Django."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    """The companies and people room."""

    name = "tenancy"
    default_auto_field = "django.db.models.BigAutoField"

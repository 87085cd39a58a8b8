"""Registers the collection app with Django."""

from django.apps import AppConfig


class CollectionConfig(AppConfig):
    """The collection room."""

    name = "collection"
    default_auto_field = "django.db.models.BigAutoField"

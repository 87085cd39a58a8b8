"""The ground floor: companies, people, and the walls between them."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class TenancyConfig(AppConfig):
    """Companies, people, isolation, audit, background work."""

    name = "tenancy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # login() runs outside any scope (the session row has none); sign_in() writes it inside.
        user_logged_in.disconnect(dispatch_uid="update_last_login")

"""The ground floor: companies, people, and the walls between them."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


def last_login_is_written_in_scope(**_: Any) -> None:
    """Does nothing, in the place of Django's own receiver; see tenancy.signing_in.let_in."""


class TenancyConfig(AppConfig):
    """Companies, people, isolation, audit, background work."""

    name = "tenancy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep Django from writing `last_login` where no scope is open.

        login() runs outside any scope, because the session row has none. django.contrib.auth
        becomes ready after this app and connects its receiver then; whoever connects first under
        an id keeps it.
        """
        user_logged_in.connect(
            last_login_is_written_in_scope, dispatch_uid="update_last_login", weak=False
        )

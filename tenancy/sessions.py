"""The session store: a session row belongs to no company, so it is touched outside any scope."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from tenancy.scope import outside_scope


class SessionStore(DatabaseStore):
    """Django's database store; its four database acts step out of the company's scope."""

    def load(self) -> dict[str, Any]:
        with outside_scope():
            return super().load()

    def exists(self, session_key: str) -> bool:
        with outside_scope():
            return super().exists(session_key)

    def save(self, must_create: bool = False) -> None:
        with outside_scope():
            super().save(must_create)

    def delete(self, session_key: str | None = None) -> None:
        with outside_scope():
            super().delete(session_key)

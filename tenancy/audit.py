"""Writing the audit trail: one call beside every change of people, roles and settings."""

from typing import Any

from django.db import models

from tenancy.models import AuditEntry, User

SECRET_FIELDS = frozenset({"password", "sealed_key", "secret_hash"})


def record_change(
    *,
    actor: User | None,
    verb: str,
    obj: models.Model,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Keep who did what to `obj`. actor None means the operator's command line."""
    AuditEntry.objects.create(
        actor_id=actor.pk if actor else None,
        actor_name=actor.display_name if actor else "operator",
        verb=verb,
        object_type=obj._meta.model_name or "",
        object_id=str(obj.pk),
        object_label=str(obj)[:160],
        before=_plain(before or {}),
        after=_plain(after or {}),
        reason=reason,
    )


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, bool | int | str | list | None) else str(value)
        for name, value in values.items()
        if name not in SECRET_FIELDS
    }


def changed(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only the fields that differ, before and after."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}

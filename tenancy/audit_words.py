"""How the audit trail reads on screen: verbs, fields and values in words.

Entries keep names that do not change with the language. Rooms above name their own verbs and
fields with `name_words`, from config.wiring.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tenancy.models import ApiToken, AuditEntry, Company, Role
from tenancy.screen import Text

VERBS: dict[str, Text] = {
    "create_company": gettext_lazy("Created the company"),
    "change_company": gettext_lazy("Changed the company"),
    "change_access": gettext_lazy("Changed who may sign in, from where and when"),
    "create_user": gettext_lazy("Added a person"),
    "change_user": gettext_lazy("Changed a person"),
    "deactivate_user": gettext_lazy("Deactivated a person"),
    "reactivate_user": gettext_lazy("Reactivated a person"),
    "reset_password": gettext_lazy("Reset a password"),
    "change_password": gettext_lazy("Changed the own password"),
    "add_second_factor": gettext_lazy("Switched on the second factor"),
    "remove_second_factor": gettext_lazy("Removed a second factor"),
    "create_team": gettext_lazy("Created a team"),
    "change_team": gettext_lazy("Changed a team"),
    "set_members": gettext_lazy("Changed who sits in a team"),
    "set_leads": gettext_lazy("Changed who leads a team"),
    "issue_token": gettext_lazy("Issued an API token"),
    "revoke_token": gettext_lazy("Revoked an API token"),
}
FIELDS: dict[str, Text] = {
    "username": gettext_lazy("User name"),
    "code": gettext_lazy("Code"),
    "display_name": pgettext_lazy("person", "Name"),
    "name": gettext_lazy("Name"),
    "name_en": gettext_lazy("English name"),
    "email": gettext_lazy("E-mail"),
    "kind": gettext_lazy("Kind"),
    "roles": gettext_lazy("Roles"),
    "scopes": gettext_lazy("It may"),
    "teams": gettext_lazy("Teams"),
    "leads": gettext_lazy("Leads"),
    "leaders": gettext_lazy("Led by"),
    "members": gettext_lazy("People"),
    "capacity": gettext_lazy("Limit of cases in hand"),
    "is_active": gettext_lazy("Active"),
    "must_change_password": gettext_lazy("Must choose a new password"),
    "takes_dpd_from": gettext_lazy("Days past due from"),
    "takes_dpd_to": gettext_lazy("Days past due to"),
    "language": gettext_lazy("Language"),
    "timezone": gettext_lazy("Time zone"),
    "currency": gettext_lazy("Currency"),
    "jurisdiction": gettext_lazy("Jurisdiction"),
    "allowed_networks": gettext_lazy("Networks allowed"),
    "work_starts": gettext_lazy("Work starts"),
    "work_ends": gettext_lazy("Work ends"),
    "session_hours": gettext_lazy("Hours until sign-in is asked for again"),
    "require_totp": gettext_lazy("Second factor required"),
}
VALUES: dict[str, Mapping[str, Text]] = {
    "kind": dict(Company.Kind.choices),
    "roles": dict(Role.choices),
    "scopes": dict(ApiToken.Purpose.choices),
    "language": dict(settings.LANGUAGES),
}
"""Fields whose values are codes, with the words for each."""


def name_words(
    *,
    verbs: Mapping[str, Text],
    fields: Mapping[str, Text],
    values: Mapping[str, Mapping[str, Text]] | None = None,
) -> None:
    """Add the words of a room above; its verbs and fields keep their names in the entries."""
    VERBS.update(verbs)
    FIELDS.update(fields)
    VALUES.update(values or {})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field's value before and after, as the screen prints them; "" where there was none."""

    label: Text
    before: str
    after: str


def changes_of(entry: AuditEntry) -> list[FieldChange]:
    """What an entry says changed, by the order of FIELDS; what was and stays empty is left out."""
    order = {field: n for n, field in enumerate(FIELDS)}
    fields = sorted({*entry.before, *entry.after}, key=lambda f: (order.get(f, len(order)), f))
    changes = (
        FieldChange(
            FIELDS.get(field, field),
            value_in_words(field, entry.before.get(field)),
            value_in_words(field, entry.after.get(field)),
        )
        for field in fields
    )
    return [change for change in changes if change.before or change.after]


def value_in_words(field: str, value: Any) -> str:
    """A kept value as people write it: yes, no, roles by their names, lists with commas."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    named = VALUES.get(field, {})
    if isinstance(value, list):
        return _(", ").join(str(named.get(each, each)) for each in value)
    return str(named.get(str(value), value))

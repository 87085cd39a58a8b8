"""API tokens: a company's machine callers, each with one secret that is shown once."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy.audit import record_change
from tenancy.middleware import TOKEN_PREFIX
from tenancy.models import ApiToken, Company, User

SECRET_BYTES = 20
SEEN_EVERY = timedelta(minutes=1)
"""How exactly `last_used_at` is kept: not a write for every call."""


def hash_of(token: str) -> bytes:
    """What is kept of a token: SHA-256, enough for 160 random bits."""
    return hashlib.sha256(token.encode()).digest()


def issue_token(
    *, company: Company, name: str, scopes: Sequence[str], by: User | None
) -> tuple[ApiToken, str]:
    """A new token of the open scope's company; returns its row and the text to show once.

    scopes: purposes of ApiToken.Purpose. The text is `rcp_CODE_secret`: the company stands in the
    clear, so that its scope is entered before the secret is checked. Raises ValidationError.
    """
    wrong: dict[str, str] = {}
    if not name.strip():
        wrong["name"] = _("Say what the token is for.")
    if not scopes or set(scopes) - set(ApiToken.Purpose.values):
        wrong["scopes"] = _("Choose what the token may do.")
    if wrong:
        raise ValidationError(wrong)
    text = f"{TOKEN_PREFIX}{company.code}_{secrets.token_hex(SECRET_BYTES)}"
    with transaction.atomic():
        token = ApiToken.objects.create(
            company_id=company.pk,
            name=name.strip(),
            scopes=[purpose for purpose in ApiToken.Purpose.values if purpose in scopes],
            secret_hash=hash_of(text),
            created_by_name=by.display_name if by else "operator",
        )
        record_change(
            actor=by,
            verb="issue_token",
            obj=token,
            after={"name": token.name, "scopes": token.scopes},
        )
    return token, text


def revoke_token(*, company: Company, token: ApiToken, by: User | None) -> None:
    """End a token at once; a second time changes nothing."""
    with transaction.atomic():
        row = ApiToken.objects.select_for_update(of=("self",)).get(
            pk=token.pk, company_id=company.pk
        )
        if row.revoked_at is None:
            row.revoked_at = timezone.now()
            row.save(update_fields=["revoked_at"])
            record_change(actor=by, verb="revoke_token", obj=row, before={"name": row.name})


def token_behind(text: str) -> ApiToken | None:
    """The valid token with this text in the open scope's company; notes that it was used."""
    token = ApiToken.objects.filter(secret_hash=hash_of(text), revoked_at__isnull=True).first()
    if token is not None:
        now = timezone.now()
        unseen = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - SEEN_EVERY)
        ApiToken.objects.filter(unseen, pk=token.pk).update(last_used_at=now)
    return token

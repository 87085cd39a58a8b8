"""Signing in: the company comes from the name typed, the password is checked inside its scope."""

import unicodedata
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from tenancy.models import Company, User
from tenancy.ready import ReadyQuery
from tenancy.scope import company_scope, scope_or_none

SIGNED_IN = ReadyQuery(
    User,
    "t.id = %(user)s AND t.is_active AND company.is_active",
    related=("company", "company__settings"),
)
"""Who a session belongs to, with all that a request asks of the company."""


def split_login(login: str) -> tuple[str, str]:
    """`name@COMPANY` → (name, COMPANY). Without "@" the code is "".

    Case and full-width characters (＠ from a Chinese keyboard) do not matter.
    """
    name, _, code = unicodedata.normalize("NFKC", login).strip().rpartition("@")
    return name.strip().lower(), code.strip().upper()


def canonical_login(login: str) -> str:
    """The one spelling of a login, so that failed tries cannot be spread over many."""
    return "@".join(split_login(login))


def company_of(login: str) -> Company | None:
    """The active company that a login names."""
    return Company.objects.filter(code=split_login(login)[1], is_active=True).first()


class CompanyBackend(BaseBackend):
    """Checks `name@COMPANY` and a password."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        company = company_of(username or "")
        if company is not None:
            # The check is inside, too: it saves the password again when the hasher has changed.
            with company_scope(company):
                user = (
                    User.objects.select_related("company__settings")
                    .filter(username=split_login(username or "")[0], is_active=True)
                    .first()
                )
                if user is not None and user.has_usable_password():
                    return user if user.check_password(password or "") else None
        User().set_password(password)  # as slow as a real check, so that names do not leak
        return None

    def get_user(self, user_id: int) -> User | None:
        if scope_or_none() is None:
            return None
        return SIGNED_IN.first(user=user_id)

"""Signing in: the company comes from the name typed, the password is checked inside its scope."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from tenancy.models import Company, User
from tenancy.scope import company_scope, scope_or_none


def split_login(login: str) -> tuple[str, str]:
    """`name@COMPANY` → (name, COMPANY). Case does not matter; without "@" the code is ""."""
    name, _, code = login.strip().rpartition("@")
    return name.lower(), code.upper()


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
        user = None
        if company is not None:
            with company_scope(company):
                user = User.objects.filter(
                    username=split_login(username or "")[0], is_active=True
                ).first()
        if user is None:
            User().set_password(password)  # as slow as a real check, so that names do not leak
            return None
        return user if user.check_password(password or "") else None

    def get_user(self, user_id: int) -> User | None:
        if scope_or_none() is None:
            return None
        return (
            User.objects.select_related("company__settings")
            .filter(pk=user_id, is_active=True, company__is_active=True)
            .first()
        )

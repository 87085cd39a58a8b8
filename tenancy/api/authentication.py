"""Machine callers: `Authorization: Bearer rcp_CODE_secret`.

CompanyScopeMiddleware has entered the scope of the company that the token names before any of
this runs; the secret is checked inside it.
"""

from dataclasses import dataclass
from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from tenancy.access import client_address, within_networks
from tenancy.api.wrong_tokens import refuse
from tenancy.http import Request as ScreenRequest
from tenancy.middleware import TOKEN_PREFIX
from tenancy.models import ApiToken, Company, CompanySettings
from tenancy.scope import scope_or_none
from tenancy.tokens import token_behind


@dataclass(frozen=True, slots=True)
class TokenCaller:
    """Who calls with a token: `request.user` of an API view. A verb's `by` is None then."""

    company: Company
    token: ApiToken

    is_authenticated = True
    is_anonymous = False

    @property
    def pk(self) -> str:
        """What limits and logs know the caller by."""
        return str(self.token.uid)

    @property
    def display_name(self) -> str:
        """What people see of the caller."""
        return self.token.name


def caller_of(request: Request) -> TokenCaller:
    """Who calls, in a view that tokens alone may reach."""
    caller = request.user
    if not isinstance(caller, TokenCaller):
        raise NotAuthenticated
    return caller


class TokenAuthentication(BaseAuthentication):
    """A company's API token. Wrong, revoked and another company's token get the same 401."""

    def authenticate(self, request: Request) -> tuple[TokenCaller, ApiToken] | None:
        """The caller; None when the request shows no credential at all."""
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        scheme, _space, text = header.partition(" ")
        scope = scope_or_none()
        if scheme.lower() != "bearer" or not text.startswith(TOKEN_PREFIX) or scope is None:
            raise refuse(request, _("The token is not valid."))
        token = token_behind(text)
        if token is None:
            raise refuse(request, _("The token is not valid."))
        conditions = CompanySettings.objects.select_related("company").get()
        if not within_networks(client_address(request._request), conditions.allowed_networks):
            raise refuse(request, _("The company does not allow calls from this network."))
        company = conditions.company
        cast("ScreenRequest", request._request).company = company
        return TokenCaller(company=company, token=token), token

    def authenticate_header(self, request: Request) -> str:
        """Makes a refusal a 401 that says how to identify oneself."""
        return 'Bearer realm="recoup"'


def may(purpose: str) -> type[BasePermission]:
    """A permission class: the token was issued for this purpose (ApiToken.Purpose), else 403."""

    class MayPurpose(BasePermission):
        message = gettext_lazy("This token was not issued for that: it lacks “%(purpose)s”.") % {
            "purpose": purpose
        }

        def has_permission(self, request: Request, view: Any) -> bool:
            return isinstance(request.user, TokenCaller) and purpose in request.user.token.scopes

    return MayPurpose

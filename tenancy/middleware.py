"""Every request names its company in the clear, enters its scope, then shows its credential."""

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone, translation

from tenancy.access import refused_here_and_now
from tenancy.http import Request
from tenancy.models import Company
from tenancy.scope import ROLE_OF_KIND, company_scope

GetResponse = Callable[[HttpRequest], HttpResponseBase]
LANGUAGE_COOKIE = "recoup_language"
SESSION_COMPANY = "company"
TOKEN_PREFIX = "rcp_"  # noqa: S105 what every token starts with


def remember_company(request: HttpRequest, company: Company) -> None:
    """Keep in the session which company's scope its requests enter."""
    request.session[SESSION_COMPANY] = {"id": company.pk, "kind": company.kind}


class _SessionCompany:
    """A company as the session names it: enough for a scope, no query."""

    def __init__(self, pk: int, kind: str) -> None:
        self.pk, self.kind = pk, kind


def company_of_token(header: str) -> Company | None:
    """The company that `Bearer rcp_CODE_secret` names; the secret is checked in its scope."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.startswith(TOKEN_PREFIX):
        return None
    # The secret holds no underscore, a company's code may.
    code = token.removeprefix(TOKEN_PREFIX).rpartition("_")[0]
    return Company.objects.filter(code=code, is_active=True).first()


class CompanyScopeMiddleware:
    """Opens the transaction and the scope that the whole request runs in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        company = self._company(request)
        if company is None:
            return self.get_response(request)
        with company_scope(company):
            return self.get_response(request)

    def _company(self, request: HttpRequest) -> Company | _SessionCompany | None:
        header = request.headers.get("Authorization", "")
        if header and request.path.startswith("/api/"):
            return company_of_token(header)
        named: dict[str, Any] | None = request.session.get(SESSION_COMPANY)
        if not named or named.get("kind") not in ROLE_OF_KIND:
            return None
        return _SessionCompany(named["id"], named["kind"])


class LanguageMiddleware:
    """The person's language, else the browser's choice here; the company's clock."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        company = user.company if user.is_authenticated else None
        cast("Request", request).company = company
        language = (
            (user.language or user.company.language)
            if user.is_authenticated
            else request.COOKIES.get(LANGUAGE_COOKIE)
            or translation.get_language_from_request(request)
        )
        if language not in dict(settings.LANGUAGES):
            language = settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            if company is None:
                return self._answer(request, language)
            with timezone.override(company.zone):
                return self._answer(request, language)

    def _answer(self, request: HttpRequest, language: str) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class AccessMiddleware:
    """A company's own conditions: network, hours, a new password, a second factor."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated or not getattr(view, "login_required", True):
            return None
        outcome = refused_here_and_now(request, user)
        if outcome:
            request.session.flush()
            return redirect(f"{settings.LOGIN_URL}?why={outcome}")
        match = request.resolver_match
        name = match.view_name if match else ""
        must = self._must_first(user, request)
        if must and name not in {must, "sign-out", "language"}:
            return redirect(must)
        return None

    def _must_first(self, user: Any, request: HttpRequest) -> str:
        if user.must_change_password:
            return "me:password"
        if user.company.settings.require_totp and not request.session.get("second_factor"):
            return "me:second-factor"
        return ""

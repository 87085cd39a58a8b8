"""The company's settings: what it is called, and who may sign in from where and when."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tenancy.access import client_address, for_roles
from tenancy.companies import change_access, change_company
from tenancy.forms import AccessForm, CompanyForm, freeze, put_refusal
from tenancy.http import Request
from tenancy.models import Company, Role, User
from tenancy.screen import Fact

ADMIN = Role.COMPANY_ADMIN


def _page(
    request: HttpRequest,
    user: User,
    *,
    identity: CompanyForm | None = None,
    conditions: AccessForm | None = None,
) -> HttpResponse:
    company = user.company
    names = {"name": company.name, "name_en": company.name_en, "language": company.language}
    identity = identity or CompanyForm(initial=names)
    conditions = conditions or AccessForm(
        initial=AccessForm.initial_of(company.settings), address=client_address(request)
    )
    is_admin = user.has_role(ADMIN)
    if not is_admin:
        freeze(identity)
        freeze(conditions)
    context: dict[str, Any] = {
        "identity": identity,
        "conditions": conditions,
        "facts": facts_of(company),
        "is_admin": is_admin,
    }
    wrong = bool(identity.errors or conditions.errors)
    return render(request, "tenancy/company.html", context, status=422 if wrong else 200)


def facts_of(company: Company) -> list[Fact]:
    """What stays as it is: amounts and business dates were written with it."""
    return [
        Fact(term=_("Code"), detail=company.code),
        Fact(term=_("Kind"), detail=company.get_kind_display()),
        Fact(term=_("Time zone"), detail=company.timezone),
        Fact(term=_("Currency"), detail=company.currency),
        Fact(term=_("Jurisdiction"), detail=company.jurisdiction),
    ]


@for_roles(ADMIN, Role.AUDITOR)
@require_safe
def company(request: HttpRequest) -> HttpResponse:
    """Names, language, and the conditions of signing in."""
    return _page(request, cast("Request", request).user)


@for_roles(ADMIN)
@require_POST
def save_identity(request: HttpRequest) -> HttpResponse:
    """Save what the company is called."""
    user = cast("Request", request).user
    form = CompanyForm(request.POST)
    if form.is_valid():
        try:
            change_company(company=user.company, by=user, **form.cleaned_data)
        except ValidationError as error:
            put_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("tenancy:company")
    return _page(request, user, identity=form)


@for_roles(ADMIN)
@require_POST
def save_access(request: HttpRequest) -> HttpResponse:
    """Save from where, when and how people sign in."""
    user = cast("Request", request).user
    form = AccessForm(request.POST, address=client_address(request))
    if form.is_valid():
        try:
            change_access(
                company=user.company, by=user, address=client_address(request), **form.facts
            )
        except ValidationError as error:
            put_refusal(form, error)
        else:
            messages.success(request, _("Saved. It holds from everybody's next page."))
            return redirect("tenancy:company")
    return _page(request, user, conditions=form)

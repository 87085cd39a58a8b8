"""Placing and recalling chosen cases: the list knows which, the agencies' room does the rest."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from agencies.views.placing import answer_place
from agencies.views.recalling import answer_recall
from collection.views.choosing import answer_unread, choice_of
from tenancy.access import for_roles
from tenancy.http import Request
from tenancy.models import Company, Role

LENDER = Company.Kind.LENDER.value


@for_roles(Role.COMPANY_ADMIN, kinds=(LENDER,))
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: Request) -> HttpResponse:
    """The panel that places the chosen cases with an agency."""
    try:
        choice = choice_of(request)
    except ValidationError as error:
        return answer_unread(request, error)
    return answer_place(
        request,
        lender=request.user.company,
        by=request.user,
        chosen=choice.cases,
        back=choice.back,
    )


@for_roles(Role.COMPANY_ADMIN, kinds=(LENDER,))
@require_http_methods(["GET", "HEAD", "POST"])
def recall(request: Request) -> HttpResponse:
    """The panel that takes the chosen cases back."""
    try:
        choice = choice_of(request)
    except ValidationError as error:
        return answer_unread(request, error)
    return answer_recall(
        request,
        lender=request.user.company,
        by=request.user,
        chosen=choice.cases,
        back=choice.back,
    )

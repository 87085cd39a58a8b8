"""API tokens of the company: the list, a new one whose secret is shown once, and their end."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenancy.access import for_roles
from tenancy.audit_words import value_in_words
from tenancy.filtering import Column, Table
from tenancy.forms import TokenForm, put_refusal
from tenancy.http import Request
from tenancy.models import ApiToken, Role
from tenancy.screen import Empty, Link
from tenancy.tokens import issue_token, revoke_token

ADMIN = Role.COMPANY_ADMIN


@dataclass(frozen=True, slots=True)
class Row:
    """One token as the list prints it; never its secret."""

    token: ApiToken
    scopes: str
    revoke: str


@for_roles(ADMIN, Role.AUDITOR)
@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    """The company's tokens, valid ones first."""
    found = ApiToken.objects.order_by("revoked_at", "-created_at")
    is_admin = cast("Request", request).user.has_role(ADMIN)
    issue = Link(label=_("New token"), href=reverse("tenancy:token-new"), icon="key", primary=True)
    columns = [
        Column(key="name", label=_("What it is for")),
        Column(key="scopes", label=_("It may")),
        Column(key="made", label=_("Issued")),
        Column(key="used", label=_("Last used")),
        Column(key="state", label=_("State")),
    ]
    context = {
        "table": Table(columns, request.GET),
        "rows": [_row(token) for token in sorted(found, key=_valid_first)],
        "page_actions": [issue] if is_admin else [],
        "is_admin": is_admin,
        "empty": Empty(
            title=_("There is no API token yet"),
            text=_("A token lets the core system send the feed, or another system read cases."),
            actions=[issue] if is_admin else [],
        ),
    }
    return render(request, "tenancy/tokens.html", context)


def _valid_first(token: ApiToken) -> bool:
    return token.revoked_at is not None


def _row(token: ApiToken) -> Row:
    return Row(
        token=token,
        scopes=value_in_words("scopes", token.scopes),
        revoke=reverse("tenancy:token-revoke", args=[token.uid]),
    )


@for_roles(ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Issue a token; its text is on the answer and nowhere else."""
    user = cast("Request", request).user
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            token, text = issue_token(company=user.company, by=user, **form.cleaned_data)
        except ValidationError as error:
            put_refusal(form, error)
        else:
            context = {"token": token, "text": text}
            return render(request, "tenancy/token_once.html", context)
    return render(
        request, "tenancy/token_new.html", {"form": form}, status=422 if form.errors else 200
    )


@for_roles(ADMIN)
@require_POST
def revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End a token."""
    user = cast("Request", request).user
    token = get_object_or_404(ApiToken, uid=uid)
    revoke_token(company=user.company, token=token, by=user)
    messages.success(request, _("Revoked: %(name)s.") % {"name": token.name})
    return redirect("tenancy:tokens")

"""What a person sets for oneself: looks, password, second factor; and the own sign-ins."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tenancy.access import for_roles
from tenancy.forms import (
    CodeForm,
    OwnPasswordForm,
    PreferencesForm,
    ProvePasswordForm,
    put_refusal,
)
from tenancy.http import Request
from tenancy.models import Role, SignIn, User
from tenancy.people import change_preferences, remove_second_factor, set_password
from tenancy.screen import ViewTab
from tenancy.second_factor import (
    add_second_factor,
    enrolment_picture,
    has_second_factor,
    new_secret,
    shown_secret,
)
from tenancy.signing_in import SECOND_FACTOR, own_password_is
from tenancy.views.records import sign_in_row

EVERYBODY = tuple(Role.values)
ENROLMENT = "second_factor_enrolment"
OWN_SIGN_INS = 10


def tabs(here: str) -> list[ViewTab]:
    """The pages of the own settings."""
    pages = {
        "me:settings": _("Settings"),
        "me:password": _("Password"),
        "me:second-factor": _("Second factor"),
    }
    return [
        ViewTab(label=label, href=reverse(name), active=name == here)
        for name, label in pages.items()
    ]


def _page(
    request: HttpRequest, template: str, here: str, context: dict[str, Any], *, wrong: bool
) -> HttpResponse:
    return render(request, template, {"views": tabs(here)} | context, status=422 if wrong else 200)


@for_roles(*EVERYBODY)
@require_http_methods(["GET", "HEAD", "POST"])
def own_settings(request: HttpRequest) -> HttpResponse:
    """Language, theme and keys; below them the last own sign-ins."""
    user = cast("Request", request).user
    start = {
        "language": user.language,
        "theme": user.theme,
        "single_key_shortcuts": user.single_key_shortcuts,
    }
    form = PreferencesForm(user.company, request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            change_preferences(user=user, **form.cleaned_data)
        except ValidationError as error:
            put_refusal(form, error)
        else:
            with translation.override(form.cleaned_data["language"] or user.company.language):
                messages.success(request, _("Saved."))
            return redirect("me:settings")
    sign_ins = SignIn.objects.filter(user_id=user.pk).order_by("-at", "-pk")[:OWN_SIGN_INS]
    context = {"form": form, "sign_ins": [sign_in_row(each) for each in sign_ins], "person": user}
    return _page(request, "me/settings.html", "me:settings", context, wrong=bool(form.errors))


@for_roles(*EVERYBODY)
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """A new password; this session goes on, the person's other ones end."""
    user = cast("Request", request).user
    form = OwnPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not own_password_is(request, user, form.cleaned_data["current"]):
            form.add_error("current", _("That is not your password."))
        elif _changed(request, user, form):
            messages.success(request, _("Password changed. Other sessions of yours have ended."))
            return redirect("me:settings")
    context = {"form": form, "must": user.must_change_password}
    return _page(request, "me/password.html", "me:password", context, wrong=bool(form.errors))


def _changed(request: HttpRequest, user: User, form: OwnPasswordForm) -> bool:
    try:
        saved = set_password(
            company=user.company, user=user, password=form.cleaned_data["password"], by=user
        )
    except ValidationError as error:
        put_refusal(form, error)
        return False
    update_session_auth_hash(request, saved)
    return True


@for_roles(*EVERYBODY)
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Whether there is a second factor; to switch it on, scan a picture and type a code."""
    user = cast("Request", request).user
    required = user.company.settings.require_totp
    if has_second_factor(user):
        context = {"has": True, "required": required, "form": ProvePasswordForm()}
        return _page(request, "me/second_factor.html", "me:second-factor", context, wrong=False)
    # Kept sealed in the session until a code proves it: no half-made device, no GET that writes.
    secret = request.session.setdefault(ENROLMENT, new_secret())
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_second_factor(
                company=user.company, user=user, sealed_key=secret, code=form.cleaned_data["code"]
            )
        except ValidationError as error:
            put_refusal(form, error)
        else:
            del request.session[ENROLMENT]
            request.session[SECOND_FACTOR] = True
            messages.success(request, _("The second factor is on."))
            return redirect("me:second-factor")
    context = {
        "has": False,
        "required": required,
        "form": form,
        # Made by segno from our own text; it holds paths and numbers only.
        "picture": mark_safe(enrolment_picture(secret, user)),  # noqa: S308
        "secret": shown_secret(secret),
    }
    return _page(
        request, "me/second_factor.html", "me:second-factor", context, wrong=bool(form.errors)
    )


@for_roles(*EVERYBODY)
@sensitive_post_parameters()
@never_cache
@require_POST
def second_factor_off(request: HttpRequest) -> HttpResponse:
    """Switch the own second factor off; asks for the password."""
    user = cast("Request", request).user
    if user.company.settings.require_totp:
        raise PermissionDenied(_("Your company requires a second factor."))
    form = ProvePasswordForm(request.POST)
    if form.is_valid():
        if own_password_is(request, user, form.cleaned_data["current"]):
            remove_second_factor(company=user.company, user=user, by=user)
            request.session[SECOND_FACTOR] = False
            messages.success(request, _("The second factor is off."))
            return redirect("me:second-factor")
        form.add_error("current", _("That is not your password."))
    context = {"has": True, "required": False, "form": form}
    return _page(request, "me/second_factor.html", "me:second-factor", context, wrong=True)

"""Signing in, in one step or two, signing out, and the language before and after."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tenancy.forms import CodeForm, SignInForm
from tenancy.middleware import LANGUAGE_COOKIE
from tenancy.models import SignIn, User
from tenancy.people import change_preferences
from tenancy.signing_in import Answer, awaiting_code, sign_out, try_code, try_password

YEAR = 365 * 24 * 60 * 60
NEXT = "next"
Outcome = SignIn.Outcome


def next_address(request: HttpRequest) -> str:
    """Where to go afterwards: an address of this server, else the start."""
    wanted = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    fits = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if fits else settings.LOGIN_REDIRECT_URL


def why_not(outcome: str) -> str:
    """What a condition of the company says to who stands before it; "" for anything else."""
    sentences = {
        Outcome.NOT_HERE: _("Your company does not allow signing in from this network."),
        Outcome.NOT_NOW: _("Your company does not allow signing in at this time."),
    }
    return sentences.get(Outcome(outcome), "") if outcome in Outcome.values else ""


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """First step: name and password. The same answer for wrong names, codes and passwords."""
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(next_address(request))
        return _sign_in_page(request, SignInForm(), why=why_not(request.GET.get("why", "")))
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _sign_in_page(request, form, status=422)
    answer = try_password(
        request, name=form.cleaned_data["login"], password=form.cleaned_data["password"]
    )
    if answer.needs_code:
        request.session[NEXT] = next_address(request)
        return redirect("sign-in-code")
    if answer.outcome == Outcome.SIGNED_IN:
        return redirect(next_address(request))
    if answer.outcome == Outcome.LOCKED:
        minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
        locked = ngettext(
            "Too many wrong tries: signing in is locked for %(n)d minute.",
            "Too many wrong tries: signing in is locked for %(n)d minutes.",
            minutes,
        ) % {"n": minutes}
        return _sign_in_page(request, form, locked=locked, status=429)
    if answer.outcome == Outcome.WRONG_PASSWORD:
        form.add_error(None, _("The user name or the password is wrong."))
        return _sign_in_page(request, form, tries_left=answer.tries_left, status=422)
    return _sign_in_page(request, form, why=why_not(answer.outcome), status=403)


def _sign_in_page(
    request: HttpRequest,
    form: SignInForm,
    *,
    why: str = "",
    locked: str = "",
    tries_left: int | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "why": why,
        "locked": locked,
        "tries_left": tries_left,
        "next": request.POST.get(NEXT) or request.GET.get(NEXT, ""),
    }
    return render(request, "sign_in.html", context, status=status)


@login_not_required
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Second step: a code of the authenticator app. No session is open before it is right."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    answer: Answer | None
    if request.method == "POST" and form.is_valid():
        answer = try_code(request, code=form.cleaned_data["code"])
        if answer is not None and answer.user is not None:
            return redirect(request.session.pop(NEXT, settings.LOGIN_REDIRECT_URL))
        if answer is not None and why_not(answer.outcome):
            return redirect(f"{settings.LOGIN_URL}?why={answer.outcome}")
        if answer is not None:
            form.add_error("code", _wrong_code(answer))
    user = awaiting_code(request)
    if user is None:
        messages.warning(request, _("Type your name and password again."))
        return redirect(settings.LOGIN_URL)
    context = {"form": form, "who": user.display_name}
    return render(request, "tenancy/sign_in_code.html", context, status=422 if form.errors else 200)


def _wrong_code(answer: Answer) -> str:
    if answer.wait:
        return ngettext(
            "Too many wrong codes: wait %(n)d second, then type the next one.",
            "Too many wrong codes: wait %(n)d seconds, then type the next one.",
            answer.wait,
        ) % {"n": answer.wait}
    return _("That code is wrong or was used. Type the one the app shows now.")


@require_POST
def sign_out_view(request: HttpRequest) -> HttpResponse:
    """End the session."""
    assert isinstance(request.user, User)
    sign_out(request, request.user)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language: kept with the person, and for the sign-in page in a cookie."""
    answer = redirect(next_address(request))
    wanted = request.POST.get("language", "")
    if wanted not in dict(settings.LANGUAGES):
        return answer
    user = request.user
    if isinstance(user, User):
        change_preferences(
            user=user,
            language=wanted,
            theme=user.theme,
            single_key_shortcuts=user.single_key_shortcuts,
        )
    answer.set_cookie(
        LANGUAGE_COOKIE,
        wanted,
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer

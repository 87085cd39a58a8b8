"""Signing in and out: password, conditions of the company, second factor, session, record.

All of it runs outside any scope, because attempts are counted before a company is known, and
enters the scope of the company that the login names for what is the company's.
"""

import time
from dataclasses import dataclass
from datetime import timedelta

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tenancy.access import client_address, refused_here_and_now
from tenancy.backends import canonical_login, company_of, split_login
from tenancy.middleware import remember_company
from tenancy.models import Company, SignIn, User
from tenancy.scope import company_scope, outside_scope
from tenancy.second_factor import Checked, Verdict, check_code, has_second_factor

BACKEND = "tenancy.backends.CompanyBackend"
PENDING = "password_was_right"
PENDING_SECONDS = 5 * 60
CODES = 5
"""Wrong codes after which the password is asked for again."""
SECOND_FACTOR = "second_factor"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a try to sign in.

    `user` is signed in when `outcome` is SIGNED_IN; `needs_code` says that the password was right
    and a code is asked for now. `tries_left` counts down to the lock-out after a wrong password.
    `wait` are seconds until a code is looked at again.
    """

    outcome: str
    user: User | None = None
    needs_code: bool = False
    tries_left: int | None = None
    wait: int = 0


def keep_answer(
    _request: HttpRequest, answer: HttpResponse, _credentials: dict[str, str] | None = None
) -> HttpResponse:
    """Leave the page that says "locked" as it is (AXES_LOCKOUT_CALLABLE)."""
    return answer


def try_password(request: HttpRequest, *, name: str, password: str) -> Answer:
    """One try with a name and a password. `name` is `name@COMPANY` as typed."""
    name = canonical_login(name)
    with outside_scope():
        user = authenticate(request, username=name, password=password)
        if not isinstance(user, User):
            return _refused(request, name)
        with company_scope(user.company):
            outcome = refused_here_and_now(request, user)
            if outcome:
                _record(request, name, outcome, user)
                return Answer(outcome)
            needs_code = has_second_factor(user)
        if needs_code:
            _remember_password_was_right(request, user)
            return Answer(SignIn.Outcome.SIGNED_IN, user=user, needs_code=True)
        let_in(request, user, second_factor=False)
    return Answer(SignIn.Outcome.SIGNED_IN, user=user)


def try_code(request: HttpRequest, *, code: str) -> Answer | None:
    """One try with a code, after the password; None when the password is to be typed again."""
    with outside_scope():
        user = awaiting_code(request)
        if user is None:
            return None
        with company_scope(user.company):
            # Both may have changed since the password was typed.
            outcome = refused_here_and_now(request, user)
            checked = Checked(Verdict.WRONG) if outcome else check_code(user=user, code=code)
            if not outcome and checked.verdict is Verdict.WRONG:
                outcome = SignIn.Outcome.WRONG_CODE
            if outcome:
                _record(request, canonical_login(user.login), outcome, user)
        if checked.verdict is Verdict.TOO_SOON:
            return Answer(SignIn.Outcome.WRONG_CODE, wait=checked.wait)
        if outcome:
            return _count_wrong_code(request, outcome)
        let_in(request, user, second_factor=True)
    return Answer(SignIn.Outcome.SIGNED_IN, user=user)


def awaiting_code(request: HttpRequest) -> User | None:
    """The person whose password was right in this session a few minutes ago, if any."""
    pending = request.session.get(PENDING)
    if not pending or pending["until"] < time.time():
        request.session.pop(PENDING, None)
        return None
    with outside_scope():
        company = Company.objects.filter(pk=pending["company"], is_active=True).first()
        if company is None:
            return None
        with company_scope(company):
            user = (
                User.objects.select_related("company__settings")
                .filter(pk=pending["user"], is_active=True)
                .first()
            )
            # A password that was changed meanwhile is no longer the one that was typed.
            if user is None or user.get_session_auth_hash() != pending["hash"]:
                return None
            return user if has_second_factor(user) else None


def let_in(request: HttpRequest, user: User, *, second_factor: bool) -> None:
    """Open the session of a person whose credentials were right; call outside any scope."""
    request.session.pop(PENDING, None)
    # Gives the session a new key, so that one planted before sign-in is worth nothing.
    login(request, user, backend=BACKEND)
    remember_company(request, user.company)
    request.session[SECOND_FACTOR] = second_factor
    request.session.set_expiry(timedelta(hours=user.company.settings.session_hours))
    AxesProxyHandler.reset_attempts(
        username=canonical_login(user.login), ip_address=client_address(request)
    )
    with company_scope(user.company):
        User.objects.filter(pk=user.pk).update(last_login=timezone.now())
        _record(request, canonical_login(user.login), SignIn.Outcome.SIGNED_IN, user)


def sign_out(request: HttpRequest, user: User) -> None:
    """End the session and record it."""
    with outside_scope():
        with company_scope(user.company):
            _record(request, canonical_login(user.login), SignIn.Outcome.SIGNED_OUT, user)
        logout(request)


def own_password_is(request: HttpRequest, user: User, password: str) -> bool:
    """Whether this is the person's password; wrong tries count towards the lock-out."""
    name = canonical_login(user.login)
    with outside_scope():
        found = authenticate(request, username=name, password=password)
        if found is not None:
            AxesProxyHandler.reset_attempts(username=name, ip_address=client_address(request))
        # The caller is signed in: the page stays, whatever axes would answer.
        return isinstance(found, User) and found.pk == user.pk


def unlock(user: User) -> None:
    """Forget the wrong tries for a person's name, from wherever they came."""
    with outside_scope():
        AxesProxyHandler.reset_attempts(username=canonical_login(user.login))


def _remember_password_was_right(request: HttpRequest, user: User) -> None:
    request.session.cycle_key()
    request.session[PENDING] = {
        "user": user.pk,
        "company": user.company_id,
        "hash": user.get_session_auth_hash(),
        "until": time.time() + PENDING_SECONDS,
        "wrong": 0,
    }


def _count_wrong_code(request: HttpRequest, outcome: str) -> Answer | None:
    pending = request.session[PENDING]
    pending["wrong"] += 1
    request.session[PENDING] = pending
    if outcome != SignIn.Outcome.WRONG_CODE or pending["wrong"] >= CODES:
        del request.session[PENDING]
        return None if outcome == SignIn.Outcome.WRONG_CODE else Answer(outcome)
    return Answer(outcome)


def _refused(request: HttpRequest, name: str) -> Answer:
    """Nobody signed in: a wrong name or password, or locked out; the same for names unknown."""
    failures: int | None = getattr(request, "axes_failures_since_start", None)
    locked = bool(getattr(request, "axes_locked_out", False))
    # axes counts only tries it lets through: where it counted, the password was looked at.
    outcome = SignIn.Outcome.LOCKED if failures is None else SignIn.Outcome.WRONG_PASSWORD
    company = company_of(name)
    if company is not None:
        with company_scope(company):
            user = User.objects.filter(username=split_login(name)[0]).first()
            _record(request, name, outcome, user)
    if locked or failures is None:
        return Answer(SignIn.Outcome.LOCKED)
    return Answer(outcome, tries_left=max(0, settings.AXES_FAILURE_LIMIT - failures))


def _record(request: HttpRequest, name: str, outcome: str, user: User | None) -> None:
    SignIn.objects.create(
        user_id=user.pk if user else None,
        username=split_login(name)[0][:60],
        address=client_address(request),
        agent=request.headers.get("User-Agent", "")[:200],
        outcome=outcome,
    )

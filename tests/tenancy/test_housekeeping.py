"""What is forgotten by itself, and what is not."""

from datetime import timedelta

from axes.models import AccessFailureLog
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tenancy.housekeeping import FAILURES_KEPT, forget
from tenancy.models import Company, SignIn
from tenancy.scope import company_scope
from tests.tenancy.conftest import SignedIn


def test_sessions_that_ended_and_old_failures_go(lender: Company, signed_in: SignedIn) -> None:
    inside = signed_in(lender, "collector")
    ended = signed_in(lender, "lead")
    Session.objects.filter(session_key=ended.session.session_key).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )
    for _ in range(2):
        Client().post("/sign-in/", {"login": "lead@HAIYUE", "password": "wrong"})
    old = AccessFailureLog.objects.order_by("pk")[:1].values("pk")
    AccessFailureLog.objects.filter(pk__in=old).update(
        attempt_time=timezone.now() - FAILURES_KEPT - timedelta(seconds=1)
    )
    assert forget() == 2
    assert forget() == 0
    assert inside.get("/me/").status_code == 200
    assert AccessFailureLog.objects.count() == 1
    with company_scope(lender):
        assert SignIn.objects.count() == 4

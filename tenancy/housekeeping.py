"""What is forgotten by itself: sessions that ended, and the counting of old tries to sign in.

The records that people read (tenancy.SignIn, the audit trail) are not touched here.
"""

from datetime import timedelta

from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.sessions.models import Session
from django.utils import timezone

FAILURES_KEPT = timedelta(days=90)


def forget() -> int:
    """Delete what is over; call outside any scope. Returns how many rows went."""
    now = timezone.now()
    gone = (
        Session.objects.filter(expire_date__lt=now),
        AccessAttempt.objects.filter(attempt_time__lt=now - FAILURES_KEPT),
        AccessFailureLog.objects.filter(attempt_time__lt=now - FAILURES_KEPT),
    )
    return sum(rows.delete()[0] for rows in gone)

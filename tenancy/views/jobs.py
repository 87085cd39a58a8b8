"""The tasks in progress, asked for by the top bar every few seconds."""

from datetime import timedelta

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tenancy.models import Job

JUST_FINISHED = timedelta(minutes=2)
SHOWN = 8
UNDER_WAY = (Job.State.QUEUED, Job.State.RUNNING)


@require_safe
@never_cache
def jobs(request: HttpRequest) -> HttpResponse:
    """The person's own tasks: those under way, and what has just finished."""
    fresh = Q(state__in=UNDER_WAY) | Q(finished_at__gte=timezone.now() - JUST_FINISHED)
    found = list(
        Job.objects.filter(fresh, requested_by_id=request.user.pk).order_by("-created_at")[:SHOWN]
    )
    running = sum(job.state in UNDER_WAY for job in found)
    return render(request, "parts/jobs.html", {"jobs": found, "running": running})

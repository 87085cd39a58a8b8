"""Who else has this case open: asked every few seconds by the page itself."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from collection.presence import arrive
from collection.visibility import visible_cases
from tenancy.access import for_roles
from tenancy.http import Request
from tenancy.models import Role


@for_roles(*Role.values)
@require_safe
@never_cache
def here(request: Request, uid: UUID) -> HttpResponse:
    """The names of the others, as a fragment of the case's head."""
    if not visible_cases(request.user).filter(uid=uid).exists():
        raise Http404
    others = arrive(user=request.user, case=uid)
    return render(request, "collection/parts/here.html", {"others": others})

"""Undoing a reassignment on screen: what goes back where, what stays and why, then the result."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from agencies.views.refused import refused_cases
from collection.undo import moves_in_reach, undo_move, undo_until
from collection.visibility import MOVES_CASES
from tenancy.access import for_roles
from tenancy.http import Request


@for_roles(*MOVES_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: Request, uid: UUID) -> HttpResponse:
    """GET tells what undoing would do; POST does it. 404 for a move out of the person's reach."""
    move = moves_in_reach(request.user).filter(uid=uid).first()
    if move is None:
        raise Http404
    acts = request.method == "POST"
    context: dict[str, object] = {
        "move": move,
        "until": undo_until(move),
        "back": reverse("work:board"),
    }
    try:
        told = undo_move(company=request.user.company, move=move, by=request.user, dry_run=not acts)
    except ValidationError as error:
        context["problem"] = " ".join(error.messages)
        return render(request, "collection/undo.html", context, status=422 if acts else 200)
    context |= {"told": told, "refused": refused_cases(told.refusals)}
    return render(request, "collection/undone.html" if acts else "collection/undo.html", context)

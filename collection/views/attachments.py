"""Serving a note's file: to whoever sees the case and may read the note's words, and safely."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from collection.attachments import path_of
from collection.models import Attachment
from collection.visibility import visible_cases
from tenancy.access import for_roles
from tenancy.http import Request
from tenancy.models import Role

POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""What a file may do in the browser: nothing, whatever it holds."""


@for_roles(*Role.values)
@require_safe
@never_cache
def attachment(request: Request, uid: UUID, file: UUID) -> HttpResponse:
    """A file of a note of the case. Pictures are shown, everything else is handed over to be kept.

    Sealed like the note's words: an agency reads none of a case that it holds no more (404).
    """
    case = visible_cases(request.user).filter(uid=uid).first()
    found = Attachment.objects.filter(case=case, uid=file).first() if case else None
    if found is None or not path_of(found.stored_as).is_file():
        raise Http404
    # Read whole: its size has a limit (settings.ATTACHMENT_LIMIT_MB).
    answer = HttpResponse(path_of(found.stored_as).read_bytes(), content_type=found.media_type)
    kept = not found.media_type.startswith("image/")
    answer.headers["Content-Disposition"] = content_disposition_header(kept, found.name) or ""
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer

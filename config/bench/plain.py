"""The baseline of the pages: a signed-in plain Django view, as small as one may write it.

Session, authentication, one view: it loads the session's row, the user, and fifty rows of ten
columns by one index, and renders them with a template that extends nothing. No walls, no scope:
it reads through the connection of the role without policies. Its middleware is the stock one.
"""

import contextlib
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.core.handlers.wsgi import WSGIHandler
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template import Context, Engine
from django.test.utils import override_settings
from django.urls import path
from django.utils import timezone

from cases.models import Case
from config.bench.databases import PLATFORM
from tenancy.models import User

ROWS = 50
COLUMNS = (
    *("loan_no", "borrower_name", "phone_mask", "product", "channel"),
    *("outstanding", "due_date", "aged_from", "opened_on", "next_bucket_on"),
)
PAGE = Engine().from_string(
    f"""<!doctype html>
<html lang="en"><head><title>Cases</title></head><body><p>{{{{ user.display_name }}}}</p>
<table><thead><tr>{"".join(f"<th>{name}</th>" for name in COLUMNS)}</tr></thead><tbody>
{{% for row in rows %}}<tr>{"".join(f"<td>{{{{ row.{name} }}}}</td>" for name in COLUMNS)}</tr>
{{% endfor %}}</tbody></table></body></html>
"""
)
BACKEND = f"{__name__}.PlainBackend"


class SessionStore(DatabaseStore):
    """Django's database store, on the role without policies."""

    def _get_session_from_db(self) -> Any:
        with contextlib.suppress(self.model.DoesNotExist):
            return self.model.objects.using(PLATFORM).get(
                session_key=self.session_key, expire_date__gt=timezone.now()
            )
        self._session_key = None
        return None


class PlainBackend:
    """Loads the user of a session by its key, as Django's own backend does."""

    def get_user(self, user_id: int) -> User | None:
        return User.objects.db_manager(PLATFORM).filter(pk=user_id, is_active=True).first()


class PlainUrls:
    """Middleware that turns a request to this module's addresses."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.urlconf = __name__
        answer: HttpResponseBase = self.get_response(request)
        return answer


@transaction.non_atomic_requests
@login_required
def rows_page(request: HttpRequest) -> HttpResponse:
    """Fifty cases of the company, the largest first."""
    owner_id = request.user.company_id  # type: ignore[union-attr]
    rows = (
        Case.objects.db_manager(PLATFORM)
        .filter(owner_id=owner_id, closed_on=None)
        .only(*COLUMNS)
        .order_by("-outstanding", "id")[:ROWS]
    )
    return HttpResponse(PAGE.render(Context({"rows": rows, "user": request.user})))


urlpatterns = [path("", rows_page)]


def plain_handler() -> WSGIHandler:
    """A WSGI application of the stock middleware and the one view."""
    with override_settings(
        SESSION_ENGINE=__name__,
        MIDDLEWARE=[
            f"{__name__}.PlainUrls",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
    ):
        return WSGIHandler()


def plain_session(user: User) -> str:
    """Sign the user in to the plain site; returns the session's key."""
    session = DatabaseStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)

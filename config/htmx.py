"""Makes redirects and sign-outs work for requests that htmx sends from inside a page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers

GetResponse = Callable[[HttpRequest], HttpResponseBase]
REDIRECTS = (301, 302, 303, 307, 308)
POLL = "X-Recoup-Poll"
"""Sent by what asks again and again by itself; such a request never moves the page."""


class HtmxRedirectMiddleware:
    """A redirect answered to htmx moves the whole page instead of filling the place that asked.

    The browser would follow it unseen and use up the messages of the page it leads to. A poll
    that is sent to sign in is answered 401, so that what somebody is typing stays.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        if request.headers.get("HX-Request") != "true" or response.status_code not in REDIRECTS:
            return response
        where = response.headers["Location"]
        if request.headers.get(POLL):
            return HttpResponse(status=401 if where.startswith(settings.LOGIN_URL) else 204)
        moved = HttpResponse(status=204, headers={"HX-Redirect": where})
        moved.cookies = response.cookies
        return moved

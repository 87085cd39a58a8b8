"""The visitor's own address when reverse proxies stand in front of the web server."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse


class TrustedProxyMiddleware:
    """Put the visitor's address into `REMOTE_ADDR`, so that lock-outs and allow-lists see it.

    Each of the `TRUSTED_PROXIES` proxies appends the address it was called from to
    `X-Forwarded-For`, so the visitor is that many entries from the right; what stands left of
    it the visitor may have made up.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Step aside when no proxy is trusted."""
        self.proxies: int = settings.TRUSTED_PROXIES
        if not self.proxies:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Replace the address when the header holds as many entries as there are proxies."""
        passed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        if len(passed) >= self.proxies and passed[-self.proxies]:
            request.META["REMOTE_ADDR"] = passed[-self.proxies]
        return self.get_response(request)

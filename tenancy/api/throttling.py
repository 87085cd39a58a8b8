"""How often one caller may call. Without Redis nobody is held up (tenancy.cache)."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from tenancy.access import client_address
from tenancy.api.authentication import TokenCaller


class CallerRate(SimpleRateThrottle):
    """Calls of one token."""

    scope = "caller"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """None, which is no limit, for who is not a token."""
        if not isinstance(request.user, TokenCaller):
            return None
        return self.cache_format % {"scope": self.scope, "ident": request.user.pk}


class StrangerRate(SimpleRateThrottle):
    """Calls without a token from one address, as the web server saw it."""

    scope = "stranger"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """None, which is no limit, for tokens."""
        if isinstance(request.user, TokenCaller):
            return None
        address = client_address(request._request)
        return self.cache_format % {"scope": self.scope, "ident": address}

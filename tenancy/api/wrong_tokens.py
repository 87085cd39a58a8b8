"""How often one address may show a wrong token: as often as it may call without any.

The limits of views are asked after authentication, which a wrong token never passes.
"""

from typing import Any

from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from tenancy.access import client_address


class WrongTokenRate(SimpleRateThrottle):
    """Wrong tokens from one address, as the web server saw it."""

    scope = "stranger"

    def get_cache_key(self, request: Request, view: Any) -> str:
        """Counted apart from calls without a token."""
        ident = f"wrong:{client_address(request._request)}"
        return self.cache_format % {"scope": self.scope, "ident": ident}


def refuse(request: Request, why: str) -> AuthenticationFailed | Throttled:
    """The answer to a wrong token: 401, and 429 once there were too many."""
    rate = WrongTokenRate()
    if rate.allow_request(request, None):  # type: ignore[arg-type]  # no view asks it
        return AuthenticationFailed(why)
    return Throttled(rate.wait())

"""Who has a case's page open now. Kept in the cache only: without Redis nobody is shown.

The cache's keys carry the company (tenancy.cache), so a lender and an agency do not see each other.
"""

import time
from uuid import UUID

from django.core.cache import cache

from tenancy.models import User

SEEN_FOR = 50
"""Seconds after which somebody whose page says nothing more is gone: two polls and a little."""
POLL = 20
"""Seconds between two times that an open page says so."""

Here = dict[int, tuple[str, float]]
"""By user id: the name, and when the page was last heard of (seconds since 1970)."""


def arrive(*, user: User, case: UUID, now: float | None = None) -> list[str]:
    """Say that the person has the case's page open; returns the names of the others who have.

    Two that arrive at one instant may miss each other until their next poll.
    """
    now = time.time() if now is None else now
    key = f"here:{case}"
    found: Here = cache.get(key) or {}
    here = {pk: seen for pk, seen in found.items() if now - seen[1] < SEEN_FOR}
    others = sorted(name for pk, (name, _at) in here.items() if pk != user.pk)
    cache.set(key, here | {user.pk: (user.display_name, now)}, SEEN_FOR)
    return others

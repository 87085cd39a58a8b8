"""The request as views see it once the middleware has found its company and person."""

from django.http import HttpRequest

from tenancy.models import Company, User


class Request(HttpRequest):
    """A signed-in person's request; `company` is None only where login is not required.

    nav_at: the URL name of the menu's entry that a page belongs to, where that depends.
    """

    user: User
    company: Company | None
    nav_at: str

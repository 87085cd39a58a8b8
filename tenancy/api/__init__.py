"""What every room's HTTP API stands on: tokens, problem details, repeatable writes, limits."""

from tenancy.api.authentication import TokenAuthentication, TokenCaller, caller_of, may
from tenancy.api.idempotency import idempotent
from tenancy.api.problems import problem_details
from tenancy.api.throttling import CallerRate, StrangerRate

__all__ = [
    "CallerRate",
    "StrangerRate",
    "TokenAuthentication",
    "TokenCaller",
    "caller_of",
    "idempotent",
    "may",
    "problem_details",
]

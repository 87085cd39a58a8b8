"""Which company the running code acts for: one context, held by the transaction.

A scope sets the database role and the company together, for the transaction only (PgBouncer in
transaction mode keeps working), and remembers both so that wall 1 (tenancy.managers) can bind
at execution. Nothing outside this module writes `role` or `app.company_id`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from django.db import connection, transaction

LENDER = "lender"
AGENCY = "agency"
ROLE_OF_KIND = {LENDER: "recoup_lender", AGENCY: "recoup_agency"}
NO_ROLE = "none"


class NoCompany(RuntimeError):
    """A row of a company was asked for where no company's scope is open."""


class CompanyLike(Protocol):
    """What a scope needs to know of a company."""

    @property
    def pk(self) -> int: ...
    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Scope:
    """The company that the running transaction acts for."""

    company_id: int
    kind: str

    @property
    def role(self) -> str:
        """The PostgreSQL role of this kind of company."""
        return ROLE_OF_KIND[self.kind]


_scope: ContextVar[Scope | None] = ContextVar("recoup_scope", default=None)


def scope_or_none() -> Scope | None:
    """The open scope, or None outside of any."""
    return _scope.get()


def current_scope() -> Scope:
    """The open scope; raises NoCompany outside of any."""
    scope = _scope.get()
    if scope is None:
        raise NoCompany("No company's scope is open: enter company_scope(company) first.")
    return scope


def _set(scope: Scope | None) -> None:
    role, company = (scope.role, str(scope.company_id)) if scope else (NO_ROLE, "")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', %s, true), set_config('app.company_id', %s, true)",
            [role, company],
        )


@contextmanager
def _entered(scope: Scope | None) -> Iterator[None]:
    # A failing block rolls its savepoint back, and the two settings with it. A block that
    # succeeds inside an outer transaction must put the outer values back by hand; one that
    # opened the transaction leaves that to COMMIT.
    outer = _scope.get()
    nested = connection.in_atomic_block
    with transaction.atomic():
        _set(scope)
        token = _scope.set(scope)
        try:
            yield
        finally:
            _scope.reset(token)
        if nested and not transaction.get_rollback():
            _set(outer)


@contextmanager
def company_scope(company: CompanyLike) -> Iterator[Scope]:
    """Run the block for `company`, in a transaction, as its kind's role.

    Nested scopes restore the outer one. Entering a second company is legal only through
    tenancy.crossing; a test holds the list of callers.
    """
    scope = Scope(company.pk, company.kind)
    with _entered(scope):
        yield scope


@contextmanager
def outside_scope() -> Iterator[None]:
    """Step out of the scope for what belongs to no company: the session row, sign-in attempts."""
    if _scope.get() is None:
        yield
        return
    with _entered(None):
        yield

"""Who may bring the feed in: the lender's admins all of it, its finance people the money."""

from cases.models import ImportRun
from tenancy.models import Company, Role, User

READERS = (Role.COMPANY_ADMIN, Role.FINANCE, Role.AUDITOR)
WRITERS = (Role.COMPANY_ADMIN, Role.FINANCE)
MONEY = (ImportRun.Kind.REPAYMENTS.value, ImportRun.Kind.STATEMENTS.value)
LENDERS = (Company.Kind.LENDER.value,)


def kinds_for(user: User) -> list[str]:
    """The kinds of feed that the person may import, where the lender has them."""
    if user.has_role(Role.COMPANY_ADMIN):
        return list(ImportRun.Kind.values)
    return list(MONEY) if user.has_role(Role.FINANCE) else []


def may_write(user: User, run: ImportRun) -> bool:
    """Whether the person may confirm, discard or repeat the run."""
    return run.kind in kinds_for(user)

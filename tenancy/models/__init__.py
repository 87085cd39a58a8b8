"""The ground floor's tables: companies, people, what they did, and their background work."""

from tenancy.models.audit import AuditEntry, CrossingRecord, SignIn
from tenancy.models.company import Company, CompanySettings
from tenancy.models.people import (
    GroupGrant,
    Role,
    Team,
    TeamMember,
    TotpDevice,
    User,
    UserGrant,
)
from tenancy.models.tokens import ApiToken, IdempotencyKey
from tenancy.models.work import Job, NightStep

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Company",
    "CompanySettings",
    "CrossingRecord",
    "GroupGrant",
    "IdempotencyKey",
    "Job",
    "NightStep",
    "Role",
    "SignIn",
    "Team",
    "TeamMember",
    "TotpDevice",
    "User",
    "UserGrant",
]

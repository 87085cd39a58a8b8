"""The company's settings, its records, its tokens."""

from tenancy.models import ApiToken, Company, CompanySettings
from tests.matrix.cell import ADMIN, RECORDS, Cell, writes

AUDITED = writes("tenancy_auditentry")

CELLS = [
    Cell(route="tenancy:company", allowed=RECORDS),
    Cell(
        route="tenancy:company-names",
        method="POST",
        allowed=ADMIN,
        body={"name": "新名", "name_en": "New Name", "language": "en"},
        status=302,
        writes=AUDITED | writes("tenancy_company"),
        proof=lambda side: Company.objects.get(pk=side.company.pk).name == "新名",
    ),
    Cell(
        route="tenancy:company-access",
        method="POST",
        allowed=ADMIN,
        body={"session_hours": "3", "allowed_networks": "10.0.0.0/8"},
        status=302,
        writes=AUDITED | writes("tenancy_companysettings"),
        proof=lambda _side: CompanySettings.objects.get().session_hours == 3,
    ),
    Cell(route="tenancy:audit", allowed=RECORDS),
    Cell(route="tenancy:sign-in-log", allowed=RECORDS),
    Cell(route="tenancy:tokens", allowed=RECORDS),
    Cell(route="tenancy:token-new", allowed=ADMIN),
    Cell(
        route="tenancy:token-new",
        method="POST",
        allowed=ADMIN,
        body={"name": "Core", "scopes": ["feed"]},
        writes=AUDITED | writes("tenancy_apitoken"),
        proof=lambda _side: ApiToken.objects.filter(name="Core").exists(),
    ),
    Cell(
        route="tenancy:token-revoke",
        method="POST",
        allowed=ADMIN,
        path={"uid": "{token_feed}"},
        status=302,
        writes=AUDITED | writes("tenancy_apitoken"),
        proof=lambda side: ApiToken.objects.get(uid=side.ids["token_feed"]).revoked_at is not None,
    ),
]

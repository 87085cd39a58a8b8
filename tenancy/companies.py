"""Companies: bringing one into being, and what its admin may set for it."""

import ipaddress
import re
import zoneinfo
from collections.abc import Sequence
from datetime import time

from babel.core import get_global
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext as _

from tenancy.access import within_hours, within_networks
from tenancy.audit import changed, record_change
from tenancy.events import CompanyCreated, publish
from tenancy.lengths import too_long
from tenancy.models import Company, CompanySettings, User
from tenancy.scope import company_scope

CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,19}")
BALANCE_AUTHORITIES = ("ledger", "core", "statement")
SESSION_HOURS = range(1, 25)


def create_company(
    *,
    code: str,
    name: str,
    kind: str,
    timezone: str,
    currency: str,
    language: str,
    jurisdiction: str,
    name_en: str = "",
    balance_authority: str = "",
) -> Company:
    """Bring a company into being and furnish it; call outside any scope, as the operator.

    The row is written inactive by the owner's connection, for no other role may; then settings,
    what the listeners of CompanyCreated add, the audit entry and the activation come in one
    transaction of the company's own. So after a crash between the two an inactive company without
    settings is left, which nobody can enter and which the same call completes.

    balance_authority: who is right about a lender's balances, "" for the ledger. Raises
    ValidationError, by field, for what is wrong or when the code is in use.
    """
    facts = {
        "name": name.strip(),
        "name_en": name_en.strip(),
        "kind": kind,
        "timezone": timezone,
        "currency": currency.strip().upper(),
        "language": _known_language(language),
        "jurisdiction": jurisdiction.strip().upper(),
    }
    code = code.strip().upper()
    _check_facts(code, facts, balance_authority)
    written = _written_by_owner(code, facts)
    with company_scope(written):
        # Two calls for one code: the second waits here and then finds the settings.
        company = Company.objects.select_for_update().get(pk=written.pk)
        if CompanySettings.objects.exists():
            raise _code_in_use(code)
        CompanySettings.objects.create(company_id=company.pk)
        authority = balance_authority or BALANCE_AUTHORITIES[0]
        publish(CompanyCreated(company_id=company.pk, balance_authority=authority))
        company.is_active = True
        company.save(update_fields=["is_active"])
        record_change(actor=None, verb="create_company", obj=company, after={"code": code} | facts)
    return company


def _written_by_owner(code: str, facts: dict[str, str]) -> Company:
    """The company's row, inactive: a new one, or what a crashed call left behind."""
    companies = Company.objects.using("owner")
    left_behind = companies.filter(code=code).first()
    if left_behind is None:
        try:
            return companies.create(code=code, is_active=False, **facts)
        except IntegrityError as error:
            raise _code_in_use(code) from error
    with company_scope(left_behind):
        if left_behind.is_active or CompanySettings.objects.exists():
            raise _code_in_use(code)
    # Its kind decides the scope's role, so it must be right before the scope is entered.
    companies.filter(pk=left_behind.pk, is_active=False).update(**facts)
    return companies.get(pk=left_behind.pk)


def _known_language(language: str) -> str:
    """The language we have for what was typed: zh, zh-CN, zh_Hans → zh-hans; else as typed."""
    typed = language.strip().replace("_", "-").lower()
    try:
        return get_supported_language_variant(typed)
    except LookupError:
        return typed


def _code_in_use(code: str) -> ValidationError:
    return ValidationError({"code": _("The code %(code)s is in use.") % {"code": code}})


def _check_facts(code: str, facts: dict[str, str], balance_authority: str) -> None:
    """Raise one ValidationError with a sentence for each field that is wrong."""
    wrong = too_long(Company(**facts), "name", "name_en")
    if not CODE.fullmatch(code):
        wrong["code"] = _("Use 1 to 20 letters, digits, - or _, beginning with a letter or digit.")
    if not facts["name"]:
        wrong["name"] = _("A company needs a name.")
    if facts["kind"] not in Company.Kind.values:
        wrong["kind"] = _("Choose lender or agency.")
    if facts["timezone"] not in zoneinfo.available_timezones():
        wrong["timezone"] = _(
            "There is no time zone %(zone)s; write one such as Asia/Shanghai or Africa/Lagos."
        ) % {"zone": facts["timezone"]}
    if facts["currency"] not in get_global("all_currencies"):
        wrong["currency"] = _(
            "There is no currency %(currency)s; write an ISO 4217 code such as CNY or NGN."
        ) % {"currency": facts["currency"]}
    if facts["language"] not in dict(settings.LANGUAGES):
        wrong["language"] = _("Choose one of %(languages)s.") % {
            "languages": ", ".join(code for code, _name in settings.LANGUAGES)
        }
    if not re.fullmatch(r"[A-Z]{2}", facts["jurisdiction"]):
        wrong["jurisdiction"] = _("Write the two letters of a country, such as CN or NG.")
    if balance_authority and facts["kind"] == Company.Kind.AGENCY:
        wrong["balance_authority"] = _("An agency keeps no balances; leave it out.")
    elif balance_authority and balance_authority not in BALANCE_AUTHORITIES:
        wrong["balance_authority"] = _("Choose ledger, core or statement.")
    if wrong:
        raise ValidationError(wrong)


def change_company(
    *, company: Company, name: str, name_en: str, language: str, by: User | None
) -> None:
    """Set what the company is called and the language its people start with.

    Time zone, currency and jurisdiction stay: business dates and amounts were written with them.
    """
    if not name.strip():
        raise ValidationError({"name": _("A company needs a name.")})
    named = Company(name=name.strip(), name_en=name_en.strip())
    if wrong := too_long(named, "name", "name_en"):
        raise ValidationError(wrong)
    if language not in dict(settings.LANGUAGES):
        raise ValidationError({"language": _("Choose one of the languages.")})
    new = {"name": name.strip(), "name_en": name_en.strip(), "language": language}
    with transaction.atomic():
        row = Company.objects.select_for_update().get(pk=company.pk)
        before, after = changed({field: getattr(row, field) for field in new}, new)
        if after:
            Company.objects.filter(pk=company.pk).update(**after)
            record_change(actor=by, verb="change_company", obj=company, before=before, after=after)


def read_networks(lines: Sequence[str]) -> list[str]:
    """The networks of an allow-list in CIDR notation; raises ValidationError naming wrong lines.

    A single address is a network of one; host bits are cleared (10.1.2.3/16 → 10.1.0.0/16).
    """
    networks: list[str] = []
    for line in filter(None, (each.strip() for each in lines)):
        try:
            network = str(ipaddress.ip_network(line, strict=False))
        except ValueError as error:
            raise ValidationError(
                {
                    "allowed_networks": _(
                        "“%(line)s” is no address or network; write 203.0.113.7 or 203.0.113.0/24."
                    )
                    % {"line": line[:60]}
                }
            ) from error
        if network not in networks:
            networks.append(network)
    return networks


def change_access(
    *,
    company: Company,
    allowed_networks: Sequence[str],
    work_starts: time | None,
    work_ends: time | None,
    require_totp: bool,
    session_hours: int,
    by: User | None,
    address: str | None,
) -> None:
    """Set from where, when and how the company's people may sign in.

    address: where the admin who saves sits. A list or hours that would lock that admin out at
    once are refused (ValidationError); with `by` None, the operator, nothing is.
    """
    networks = read_networks(allowed_networks)
    _check_hours(work_starts, work_ends, session_hours)
    if by is not None:
        _check_not_locked_out(company, networks, work_starts, work_ends, address)
    new = {
        "allowed_networks": networks,
        "work_starts": work_starts,
        "work_ends": work_ends,
        "require_totp": require_totp,
        "session_hours": session_hours,
    }
    with transaction.atomic():
        row = CompanySettings.objects.select_for_update().get(company_id=company.pk)
        before, after = changed({field: getattr(row, field) for field in new}, new)
        if after:
            CompanySettings.objects.filter(pk=row.pk).update(**after)
            record_change(actor=by, verb="change_access", obj=company, before=before, after=after)


def _check_hours(starts: time | None, ends: time | None, session_hours: int) -> None:
    if (starts is None) != (ends is None):
        field = "work_starts" if starts is None else "work_ends"
        raise ValidationError({field: _("Set both times, or neither.")})
    if starts is not None and starts == ends:
        raise ValidationError({"work_ends": _("Beginning and end are the same time.")})
    if session_hours not in SESSION_HOURS:
        raise ValidationError({"session_hours": _("Between 1 and 24 hours.")})


def _check_not_locked_out(
    company: Company,
    networks: list[str],
    starts: time | None,
    ends: time | None,
    address: str | None,
) -> None:
    if not within_networks(address, networks):
        raise ValidationError(
            {
                "allowed_networks": _(
                    "You are at %(address)s, which this list leaves out: you would lock yourself "
                    "out. Add it first."
                )
                % {"address": address or "?"}
            }
        )
    now = timezone.now().astimezone(company.zone).time()
    if not within_hours(now, starts, ends):
        raise ValidationError(
            {
                "work_starts": _(
                    "It is %(now)s now, outside these hours: you would lock yourself out."
                )
                % {"now": f"{now:%H:%M}"}
            }
        )

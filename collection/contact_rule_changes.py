"""How a company's contact rules change: the first ones, and tighter ones from a date on.

Rules rest on law: the presets are the floor, and a company may be stricter, never looser. A change
is a new version of one rule in one jurisdiction; what was valid stays readable, for decisions were
made by it.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from collection.contact_figures import (
    BadFigure,
    figured,
    figures_of,
    looser,
    read,
    read_rule,
)
from collection.contact_presets import JURISDICTIONS, floor, preset, preset_rows
from collection.contact_rules import MAX_EFFECTIVE_SECONDS, RULES
from collection.contact_words import shown
from collection.models import ContactRule
from tenancy.audit import record_change
from tenancy.events import CompanyCreated
from tenancy.form_fields import half_width
from tenancy.models import Company, User
from tenancy.night import business_date


def on_company_created(event: CompanyCreated) -> None:
    """Give a new company the preset rules of every jurisdiction."""
    start_rules(company=Company.objects.get(pk=event.company_id))


def start_rules(*, company: Company) -> None:
    """Write the first version of each rule that has figures, in every jurisdiction."""
    ContactRule.objects.bulk_create(
        row for place in JURISDICTIONS for row in _first_rows(company, place)
    )


def _first_rows(company: Company, jurisdiction: str) -> list[ContactRule]:
    today = company.local_date()
    rules = preset(jurisdiction, today)
    since: dict[str, date] = {}
    for row in preset_rows(jurisdiction, today):
        if figured(row.rule):
            since[row.rule] = max(row.valid_from, since.get(row.rule, row.valid_from))
    return [
        ContactRule(
            company=company,
            jurisdiction=jurisdiction,
            rule=rule,
            figures=figures_of(rules, rule),
            legal_basis=rules.basis(rule)[:300],
            valid_from=valid_from,
        )
        for rule, valid_from in since.items()
    ]


def set_rule(
    *,
    company: Company,
    jurisdiction: str,
    rule: str,
    given: Mapping[str, str],
    valid_from: date,
    by: User | None,
) -> ContactRule:
    """Make a rule stricter from a date on, today at the earliest.

    given: the figures by name as they are typed (contact_figures.read). Raises
    ValidationError by field: a figure that is none, one that allows what the preset denies, a date
    that is past. Versions planned for the date or later are given up.
    """
    figures = proposed(
        company=company, jurisdiction=jurisdiction, rule=rule, given=given, valid_from=valid_from
    )
    least = floor(jurisdiction, valid_from)
    with transaction.atomic():
        rows = ContactRule.objects.filter(company=company, jurisdiction=jurisdiction, rule=rule)
        before = list(rows.select_for_update().order_by("version"))
        rows.filter(valid_from__gte=valid_from).update(valid_to=F("valid_from"))
        earlier = rows.filter(valid_from__lt=valid_from)
        earlier.filter(Q(valid_to=None) | Q(valid_to__gt=valid_from)).update(valid_to=valid_from)
        row = ContactRule.objects.create(
            company=company,
            jurisdiction=jurisdiction,
            rule=rule,
            version=before[-1].version + 1 if before else 1,
            figures=figures,
            legal_basis=least.basis(rule)[:300],
            valid_from=valid_from,
            changed_by_name=by.display_name if by else "",
        )
        was = before[-1].figures if before else figures_of(least, rule)
        record_change(
            actor=by,
            verb="set_contact_rule",
            obj=row,
            before=_told(was),
            after={"rule": rule, "jurisdiction": jurisdiction}
            | _told(figures)
            | {"valid_from": valid_from.isoformat()},
        )
    return row


def proposed(
    *, company: Company, jurisdiction: str, rule: str, given: Mapping[str, str], valid_from: date
) -> dict[str, Any]:
    """The figures that were typed, as a row would keep them; raises ValidationError as set_rule."""
    if jurisdiction not in JURISDICTIONS or rule not in RULES or not figured(rule):
        raise ValidationError(_("There is no such rule."))
    figures, wrong = _figures(rule, given)
    if valid_from < business_date(company):
        wrong["valid_from"] = _("This date is past.")
    least = floor(jurisdiction, valid_from)
    for name in [] if wrong else looser(least, figures):
        wrong[name] = _("Looser than the rule allows: %(figure)s is the limit.") % {
            "figure": shown(name, figures_of(least, rule)[name])
        }
    if wrong:
        raise ValidationError(wrong)
    return figures


def _figures(rule: str, given: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The figures typed, and a sentence for each that cannot be used."""
    figures: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name in figured(rule):
        try:
            figures[name] = read(name, half_width(given.get(name, "")))
        except BadFigure:
            wrong[name] = _expected(name)
    if not wrong:
        try:
            read_rule(rule, figures)
        except BadFigure:
            wrong[figured(rule)[0]] = _("These figures do not go together.")
    return figures, wrong


def _expected(name: str) -> str:
    if name in ("opens", "closes"):
        return _("Write a time such as 08:00.")
    if name == "breaks":
        return _("Write breaks such as 12:00-14:00, several with commas.")
    if name == "effective_seconds":
        return _("Write a whole number, %(limit)s at most.") % {"limit": MAX_EFFECTIVE_SECONDS}
    return _("Write a whole number.")


def _told(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {name: shown(name, value) for name, value in figures.items()}

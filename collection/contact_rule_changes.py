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

from collection.contact_figures import FIGURES, WrittenRule, read_rule, write_figures
from collection.contact_presets import JURISDICTIONS, floor, preset, preset_rows
from collection.contact_rules import MAX_EFFECTIVE_SECONDS, ContactRules, only_tightened
from collection.contact_typing import Mistyped, read_typed, shown
from collection.models import ContactRule
from tenancy.audit import record_change
from tenancy.events import CompanyCreated
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
        if row.rule in FIGURES:
            since[row.rule] = max(row.valid_from, since.get(row.rule, row.valid_from))
    return [
        ContactRule(
            company=company,
            jurisdiction=jurisdiction,
            rule=rule,
            figures=write_figures(rule, rules),
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
    typed: Mapping[str, str],
    valid_from: date,
    by: User | None,
) -> ContactRule:
    """Make a rule stricter from a date on, today at the earliest.

    typed: the figures by name as they are typed (collection.contact_typing). Raises
    ValidationError by field: a figure that is none, one that allows what the preset denies, a date
    that is past. Versions planned for the date or later are given up.
    """
    if jurisdiction not in JURISDICTIONS or rule not in FIGURES:
        raise ValidationError(_("There is no such rule."))
    figures, wrong = _figures(rule, typed)
    if valid_from < business_date(company):
        wrong["valid_from"] = _("This date is past.")
    least = floor(jurisdiction, valid_from)
    if not wrong:
        wrong = _faults(rule, figures, least)
    if wrong:
        raise ValidationError(wrong)
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
        was = before[-1].figures if before else write_figures(rule, least)
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


def _figures(rule: str, typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    figures: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for figure in FIGURES[rule]:
        try:
            figures[figure.name] = read_typed(figure.name, typed.get(figure.name, ""))
            figure.read(figures[figure.name])
        except Mistyped as error:
            wrong[figure.name] = error.sentence
        except ValueError:
            wrong[figure.name] = _unreadable(figure.name)
    return figures, wrong


def _unreadable(name: str) -> str:
    if name == "seconds":
        return _too_many_seconds()
    return _("This figure cannot be used.")


def _too_many_seconds() -> str:
    return _("At most %(limit)s seconds may be left out of the count.") % {
        "limit": MAX_EFFECTIVE_SECONDS
    }


def _faults(rule: str, figures: Mapping[str, Any], least: ContactRules) -> dict[str, str]:
    """A sentence for each figure that is looser than the floor, or that goes with no other."""
    try:
        wanted = read_rule(WrittenRule(rule, figures))
    except ValueError:
        return {FIGURES[rule][0].name: _("These figures do not go together.")}
    names = {figure.field: figure for figure in FIGURES[rule]}
    wrong: dict[str, str] = {}
    for fault in only_tightened(least, wanted):
        if fault.rule == rule and fault.field in names:
            figure = names[fault.field]
            said = {"figure": shown(figure.name, figure.write(fault.preset))}
            wrong[figure.name] = _("Looser than the rule allows: %(figure)s is the limit.") % said
    return wrong


def _told(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {name: shown(name, value) for name, value in figures.items()}

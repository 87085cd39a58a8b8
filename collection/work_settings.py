"""A company's figures for the daily work: read, and changed by its admin.

A company starts with the defaults of collection.models.WorkSettings, and so does one that has no
row yet. Changed weights show in the order of the worklist at once.
"""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from collection.models import WorkSettings
from collection.ranking import TOP_SCORE, Weights
from collection.ranking_sql import rank_cases
from tenancy.audit import changed, record_change
from tenancy.events import CompanyCreated
from tenancy.models import Company, User
from tenancy.night import business_date

FIELDS = (
    "score_weight",
    "unknown_score",
    "touch_weight",
    "untouched_days",
    "promise_grace_days",
    "promise_tolerance",
    "promise_within_days",
    "high_amount",
    "second_person_above",
)
ORDERING = frozenset({"score_weight", "unknown_score", "touch_weight", "untouched_days"})
"""The figures that move cases in the worklist."""
WEIGHTS = """
    SELECT score_weight, unknown_score, touch_weight, untouched_days
    FROM collection_worksettings WHERE company_id = %s
"""
LONGEST_WAIT = 366
MOST = Decimal(10) ** 12


def work_settings(company: Company) -> WorkSettings:
    """The company's figures; call in its scope. One query."""
    found = WorkSettings.objects.filter(company=company).first()
    return found or WorkSettings(company=company)


def weights_now(company: Company) -> Weights:
    """The figures by which the company ranks cases, for pages that need no more; one query."""
    with connection.cursor() as cursor:
        cursor.execute(WEIGHTS, [company.pk])
        found = cursor.fetchone()
    return Weights(*found) if found else Weights()


def weights_of(settings: WorkSettings) -> Weights:
    """The figures by which cases are ranked."""
    return Weights(
        score_weight=settings.score_weight,
        unknown_score=settings.unknown_score,
        touch_weight=settings.touch_weight,
        untouched_days=settings.untouched_days,
    )


def on_company_created(event: CompanyCreated) -> None:
    """Listener: a new company starts with the defaults."""
    WorkSettings.objects.get_or_create(company_id=event.company_id)


def change_work_settings(
    *, company: Company, by: User | None, facts: dict[str, Any]
) -> WorkSettings:
    """Set some of FIELDS, keep who did it, and rank anew where the order follows from them.

    Raises ValidationError by field. Nothing is kept of a change that changes nothing.
    """
    unknown = set(facts) - set(FIELDS)
    if unknown:
        raise ValueError(f"not figures of the daily work: {sorted(unknown)}")
    _check(facts)
    with transaction.atomic():
        WorkSettings.objects.get_or_create(company=company)
        row = WorkSettings.objects.select_for_update().get(company=company)
        before, after = changed({name: getattr(row, name) for name in facts}, facts)
        if not after:
            return row
        for name, value in after.items():
            setattr(row, name, value)
        row.version += 1
        row.save(update_fields=[*after, "version"])
        record_change(actor=by, verb="change_work_settings", obj=row, before=before, after=after)
        if ORDERING & set(after):
            rank_cases(company=company, on=business_date(company))
    return row


def _check(facts: dict[str, Any]) -> None:
    wrong: dict[str, str] = {}
    for name in ("score_weight", "touch_weight", "promise_tolerance"):
        if name in facts and not 0 <= facts[name] <= 100:
            wrong[name] = _("Write a percentage from 0 to 100.")
    if not 0 <= facts.get("unknown_score", 0) <= TOP_SCORE:
        wrong["unknown_score"] = _("Scores go from 0 to 1,000.")
    if not 1 <= facts.get("untouched_days", 1) <= LONGEST_WAIT:
        wrong["untouched_days"] = _("Write 1 to 366 days.")
    if not 0 <= facts.get("promise_grace_days", 0) <= LONGEST_WAIT:
        wrong["promise_grace_days"] = _("Write 0 to 366 days.")
    if not 1 <= facts.get("promise_within_days", 1) <= LONGEST_WAIT:
        wrong["promise_within_days"] = _("Write 1 to 366 days.")
    for name in ("high_amount", "second_person_above"):
        if name in facts and not 0 <= facts[name] < MOST:
            wrong[name] = _("Write an amount of at least 0.")
    if wrong:
        raise ValidationError(wrong)

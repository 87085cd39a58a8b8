"""Tags on cases: derived by rule at night and on events, or set by a person.

A derived tag is on a case as long as its rule holds; a tag set by hand stays until somebody takes
it off, whatever the rules say. Lender and agency do not see each other's: each company derives its
own, and an agency's end when the case is recalled.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agencies.turns import share_holding
from cases.events import (
    CasesClosed,
    CasesOpened,
    CasesReopened,
    HoldsChanged,
    RepaymentsPosted,
)
from cases.models import Case
from cases.statements import rows
from collection.models import CaseTag, Tag
from collection.tag_facts import ME, facts_sql, facts_values
from collection.tag_rules import Rule, compiled, facts_of, read_rule
from collection.visibility import may_work
from tenancy.models import Company, User
from tenancy.night import Counts, business_date
from tenancy.planning import rows_by_key
from tenancy.scope import current_scope

AT_ONCE = 1_000
"""Cases whose tags an event sets at once. A feed that touches more leaves them to the night."""


@dataclass(frozen=True, slots=True)
class TagShown:
    """A tag of a case as lists and pages show it. title: since when and who, "" for a rule's."""

    uid: str
    label: str
    colour: str
    by_hand: bool = False
    by_name: str = ""

    def __str__(self) -> str:
        return self.label


def derive_tags(
    *,
    company: Company,
    on: date,
    case_ids: Collection[int] | None = None,
    tag_ids: Collection[int] | None = None,
) -> int:
    """Make derived tags true for business date `on`; returns how many were set or taken off.

    In the company's scope: of the open cases that a lender owns, or that an agency holds. case_ids:
    only those; closed ones lose their derived tags. tag_ids: only those tags. Two statements,
    however many cases there are; doing it again changes nothing.
    """
    if case_ids is not None and not case_ids:
        return 0
    chosen = Tag.objects.filter(company=company)
    if tag_ids is not None:
        chosen = chosen.filter(pk__in=tag_ids)
    known = list(chosen.values_list("pk", "rule", "is_active"))
    if not known:
        return 0
    rules = {pk: read_rule(rule) for pk, rule, active in known if active and rule}
    with transaction.atomic():
        if not company.is_lender:
            share_holding(company.pk)
        sql, params = _statement(company, rules, given=case_ids is not None)
        values = {
            **facts_values(company, on, case_ids),
            **params,
            "tag_ids": [pk for pk, *_ in known],
        }
        with rows_by_key(None if case_ids is None else len(case_ids)):
            ((changed,),) = rows(sql, values)
    return int(changed)


def _statement(
    company: Company, rules: dict[int, Rule], *, given: bool
) -> tuple[str, dict[str, object]]:
    """Everything at once: what holds, what is no longer true, what is new."""
    lines: list[str] = []
    params: dict[str, object] = {}
    for place, (tag_id, rule) in enumerate(rules.items()):
        condition, values = compiled(rule, row="f", name=f"rule_{place}")
        lines.append(f"(%(tag_{place})s::bigint, {condition})")
        params |= {f"tag_{place}": tag_id, **values}
    only = " AND x.case_id = ANY(%(case_ids)s)" if given else ""
    listed = ",\n        ".join(lines) or "(NULL::bigint, false)"
    return (
        f"""{facts_sql(company, facts_of(rules.values()), given=given)}, wanted AS MATERIALIZED (
    SELECT f.id AS case_id, f.owner_id, told.tag_id FROM facts f CROSS JOIN LATERAL (VALUES
        {listed}
    ) AS told(tag_id, holds) WHERE told.holds
), had AS MATERIALIZED (
    SELECT x.id, x.case_id, x.tag_id, x.by_hand FROM collection_casetag x
    WHERE x.company_id = {ME} AND x.tag_id = ANY(%(tag_ids)s){only}
), gone AS (
    DELETE FROM collection_casetag x USING had
    WHERE x.id = had.id AND x.company_id = {ME} AND NOT had.by_hand AND NOT EXISTS (
        SELECT 1 FROM wanted w WHERE w.case_id = had.case_id AND w.tag_id = had.tag_id)
    RETURNING 1
), made AS (
    INSERT INTO collection_casetag (company_id, owner_id, case_id, tag_id, by_hand, by_name)
    SELECT {ME}, w.owner_id, w.case_id, w.tag_id, false, ''
    FROM wanted w LEFT JOIN had ON had.case_id = w.case_id AND had.tag_id = w.tag_id
    WHERE had.id IS NULL ORDER BY w.case_id, w.tag_id
    ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM made)""",  # noqa: S608 (constants)
        params,
    )


def tag_at_night(company: Company, on: date) -> Counts:
    """The night's step: every derived tag of the company."""
    return {"changed": derive_tags(company=company, on=on)}


# Events ------------------------------------------------------------------------------------------


def on_cases_changed(event: CasesOpened | CasesClosed | CasesReopened | HoldsChanged) -> None:
    """Listener: the lender's tags follow what became of these cases.

    Those that the night opens wait for the night's own step, which sees their holds as well.
    """
    if isinstance(event, CasesOpened) and event.at_night:
        return
    _derive_soon(event.case_ids)


def on_repayments(event: RepaymentsPosted) -> None:
    """Listener: the lender's tags follow the money, on the cases of the loans it was for."""
    if len(event.repayment_ids) > AT_ONCE:
        return
    paid = Case.objects.filter(loan__repayments__in=event.repayment_ids, closed_on=None)
    _derive_soon(tuple(set(paid.values_list("pk", flat=True))))


def _derive_soon(case_ids: Sequence[int]) -> None:
    if 0 < len(case_ids) <= AT_ONCE:
        company = Company.objects.get(pk=current_scope().company_id)
        derive_tags(company=company, on=business_date(company), case_ids=case_ids)


def end_tags(*, company_id: int, case_ids: Collection[int]) -> None:
    """Take an agency's tags off cases that it gives up, those set by hand included."""
    CaseTag.objects.filter(company_id=company_id, case_id__in=case_ids).delete()


# By hand -----------------------------------------------------------------------------------------


def add_tag(*, company: Company, case: Case, tag: Tag, by: User) -> None:
    """Put a tag on a case in sight by hand; a derived one becomes one set by hand.

    Raises PermissionDenied for who only reads, ValidationError for a tag out of use.
    """
    if not may_work(by):
        raise PermissionDenied
    if not tag.is_active:
        raise ValidationError({"tag": _("This tag is not in use any more.")})
    with transaction.atomic():
        if not company.is_lender:
            share_holding(company.pk)
        CaseTag.objects.update_or_create(
            company=company,
            case=case,
            tag=tag,
            defaults={"by_hand": True, "by_name": by.display_name},
            create_defaults={
                "owner_id": case.owner_id,
                "by_hand": True,
                "by_name": by.display_name,
            },
        )


def remove_tag(*, company: Company, case: Case, tag: Tag, by: User, on: date) -> None:
    """Take a tag that was set by hand off a case; where its rule holds it stays as a derived one.

    Raises PermissionDenied for who only reads, ValidationError for one that a rule has set.
    """
    if not may_work(by):
        raise PermissionDenied
    with transaction.atomic():
        if not company.is_lender:
            share_holding(company.pk)
        mine = CaseTag.objects.filter(company=company, case=case, tag=tag)
        if mine.filter(by_hand=False).exists():
            raise ValidationError(
                {"tag": _("A rule has set this tag; it goes when the rule no longer holds.")}
            )
        mine.delete()
        derive_tags(company=company, on=on, case_ids=[case.pk], tag_ids=[tag.pk])


# Reading -----------------------------------------------------------------------------------------

# Lists print these on every page, so they are asked for without objects.
ON_CASES = f"""
SELECT c.uid::text, array_agg(x.tag_id) FROM collection_casetag x
JOIN cases_case c ON c.id = x.case_id
WHERE x.company_id = {ME} AND c.uid = ANY(%(uids)s::uuid[]) GROUP BY c.uid
"""  # noqa: S608 (a constant)
IN_USE = f"""
SELECT id, uid::text, name_en, name_zh, colour FROM collection_tag
WHERE company_id = {ME} AND is_active ORDER BY step, code
"""  # noqa: S608 (a constant)


@dataclass(frozen=True, slots=True)
class TagInUse:
    """An active tag of the company, in the language of the screen."""

    pk: int
    uid: str
    label: str
    colour: str


def tags_in_use() -> list[TagInUse]:
    """The company's active tags in their order; one query."""
    english = (get_language() or "").startswith("en")
    found = rows(IN_USE, {"company": current_scope().company_id})
    return [
        TagInUse(pk, uid, name_en if english else name_zh, colour)
        for pk, uid, name_en, name_zh, colour in found
    ]


def tag_ids_of_cases(case_uids: Iterable[str]) -> dict[str, frozenset[int]]:
    """The company's tags on a page's cases, by the case's uid; one query, none without cases."""
    uids = list(case_uids)
    if not uids:
        return {}
    found = rows(ON_CASES, {"company": current_scope().company_id, "uids": uids})
    return {uid: frozenset(tag_ids) for uid, tag_ids in found}


def tags_of_case(case: Case) -> list[TagShown]:
    """The company's active tags on one case, with who set them; one query."""
    carried = CaseTag.objects.filter(
        company_id=current_scope().company_id, case=case, tag__is_active=True
    )
    names = ("uid", "name_en", "name_zh", "colour")
    return [
        shown_tag(*told)
        for told in carried.order_by("tag__step", "pk").values_list(
            *(f"tag__{name}" for name in names), "by_hand", "by_name"
        )
    ]


def shown_tag(
    uid: object, name_en: str, name_zh: str, colour: str, by_hand: bool, by_name: str
) -> TagShown:
    """A tag as read from its row, in the language of the screen."""
    english = (get_language() or "").startswith("en")
    return TagShown(str(uid), name_en if english else name_zh, colour, by_hand, by_name)

"""The facts of cases that tag rules ask, as one set-based query over a company's open cases.

A lender's facts are of all its open cases, an agency's of those that it holds; both as far as its
walls let it see. Days are whole local days of the company, as of a business date. A fact that
does not apply is NULL. Only what the rules in question ask is joined.

Texts are constants of this module. Parameters: company, on, zone, limitation_years, case_ids.
"""
# ruff: noqa: S608

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from cases.clock import days_past_due_sql
from cases.statements import rows
from collection.tag_rules import Rule, compiled, facts_of
from tenancy.models import Company

LOST_AFTER_ATTEMPTS, LOST_AFTER_DAYS = 6, 3
"""Failed attempts, and local days with one, without the borrower being reached."""
LIMITATION_YEARS = {"CN": 3}
"""After how many years a claim is barred by time (CN: Civil Code art. 188). Others: not known."""
HIGH_AMOUNT = 10_000
"""Where the company has not set its own figure."""

ME = "(SELECT %(company)s::bigint)"
ON = "%(on)s::date"
OF_LENDER, OF_AGENCY = f"c.owner_id = {ME}", f"c.holder_id = {ME}"
PHONES = "('mobile', 'home_phone', 'work_phone')"

SOURCES = {
    "loan": "LEFT JOIN cases_loan loan ON loan.id = b.loan_id AND loan.owner_id = b.owner_id",
    "bucket": "LEFT JOIN cases_bucket bucket ON bucket.id = b.bucket_id"
    " AND bucket.owner_id = b.owner_id",
    "desk": f"LEFT JOIN collection_assignment desk ON desk.company_id = {ME}"
    " AND desk.case_id = b.id AND desk.ended_at IS NULL",
    "tried": f"""LEFT JOIN (
        SELECT t.case_id, max(t.at) AS last_at FROM base JOIN collection_contacttry t
            ON t.case_id = base.id AND t.owner_id = base.owner_id
        WHERE t.company_id = {ME} AND t.state <> 'released' GROUP BY t.case_id
    ) tried ON tried.case_id = b.id""",
    "held": f"""LEFT JOIN (
        SELECT h.case_id, max(h.starts_on) FILTER (WHERE h.kind = 'complaint') AS complained_on,
            bool_or((h.ends_on IS NULL OR h.ends_on > {ON}) AND h.kind <> 'promise') AS on_hold,
            range_agg(daterange(h.starts_on, h.ends_on))
                FILTER (WHERE h.stops_contact <> '') AS stopped
        FROM base JOIN cases_casehold h ON h.case_id = base.id AND h.owner_id = base.owner_id
        WHERE h.starts_on <= {ON} AND (h.ends_on IS NULL OR h.ends_on > h.starts_on)
        GROUP BY h.case_id
    ) held ON held.case_id = b.id""",
    "others": """LEFT JOIN (
        SELECT base.id, count(*) FILTER (WHERE o.opened_on < base.opened_on) AS earlier,
            count(*) FILTER (WHERE o.closed_on IS NULL) AS still_open
        FROM base JOIN cases_case o ON o.borrower_id = base.borrower_id
            AND o.owner_id = base.owner_id
        GROUP BY base.id
    ) others ON others.id = b.id""",
    "schedule": """LEFT JOIN (
        SELECT i.loan_id, min(i.due_date) AS first_due FROM base JOIN cases_instalment i
            ON i.loan_id = base.loan_id AND i.owner_id = base.owner_id
        GROUP BY i.loan_id
    ) schedule ON schedule.loan_id = b.loan_id""",
    "promised": """LEFT JOIN (
        SELECT p.case_id, count(*) FILTER (WHERE p.state = 'broken') AS broken,
            min(p.due_on) FILTER (WHERE p.state = 'open') AS due_on,
            max(p.due_on + p.grace_days + 1) FILTER (WHERE p.state = 'broken') AS broken_on
        FROM base JOIN collection_promise p ON p.case_id = base.id AND p.owner_id = base.owner_id
        GROUP BY p.case_id
    ) promised ON promised.case_id = b.id""",
    "repaid": f"""LEFT JOIN (
        SELECT r.loan_id, max(r.effective_date) AS last_on FROM base JOIN cases_repayment r
            ON r.loan_id = base.loan_id AND r.owner_id = base.owner_id
        WHERE r.state IN ('posted', 'included') AND r.effective_date <= {ON}
        GROUP BY r.loan_id
    ) repaid ON repaid.loan_id = b.loan_id""",
    "phones": f"""LEFT JOIN (
        SELECT p.borrower_id, bool_or(p.state NOT IN ('invalid', 'refused')) AS reachable,
            bool_or(p.state <> 'invalid') AS not_invalid,
            bool_or(p.state = 'unknown' AND used.id IS NULL) AS untried
        FROM (
            SELECT point.id, point.borrower_id, CASE WHEN point.state = 'invalid'
                AND point.state_until <= {ON} THEN 'unknown' ELSE point.state END AS state
            FROM (SELECT DISTINCT base.borrower_id, base.owner_id FROM base) person
            JOIN cases_contactpoint point ON point.borrower_id = person.borrower_id
                AND point.owner_id = person.owner_id
            WHERE point.relation = 'self' AND point.kind IN {PHONES}
        ) p LEFT JOIN (
            SELECT DISTINCT t.contact_point_id AS id FROM base JOIN collection_contacttry t
                ON t.borrower_id = base.borrower_id AND t.owner_id = base.owner_id
            WHERE t.state <> 'released'
        ) used ON used.id = p.id
        GROUP BY p.borrower_id
    ) phones ON phones.borrower_id = b.borrower_id""",
    "attempts": """LEFT JOIN (
        SELECT n.case_id, count(*) AS failed,
            count(DISTINCT (n.at AT TIME ZONE %(zone)s)::date) AS failed_days
        FROM (
            SELECT note.case_id, note.at, 'failed_attempt' = ANY(note.flags) AS failed,
                max(note.at) FILTER (WHERE 'right_party' = ANY(note.flags))
                    OVER (PARTITION BY note.case_id) AS reached_at
            FROM base JOIN collection_note note ON note.case_id = base.id
                AND note.owner_id = base.owner_id
        ) n WHERE n.failed AND (n.reached_at IS NULL OR n.at > n.reached_at)
        GROUP BY n.case_id
    ) attempts ON attempts.case_id = b.id""",
}

TOUCHED_AT = "greatest(desk.last_touch_at, tried.last_at)"
SINCE = f"greatest(desk.assigned_on, ({TOUCHED_AT} AT TIME ZONE %(zone)s)::date)"
STOOD = f"""coalesce((SELECT sum(upper(stood) - lower(stood))
    FROM unnest(held.stopped * datemultirange(daterange({SINCE} + 1, {ON}))) AS stood
    WHERE {SINCE} + 1 < {ON}), 0)"""
UNTOUCHED = f"CASE WHEN {SINCE} + 1 < {ON} THEN {ON} - {SINCE} - 1 - {STOOD} ELSE 0 END"
HIGH = f"""coalesce((SELECT s.high_amount FROM collection_worksettings s
    WHERE s.company_id = {ME}), {HIGH_AMOUNT})"""
FAILED = "coalesce(attempts.failed, 0)"
LOST = f"""NOT coalesce(phones.not_invalid, false) OR ({FAILED} >= {LOST_AFTER_ATTEMPTS}
    AND attempts.failed_days >= {LOST_AFTER_DAYS})"""
BARRED_ON = """(greatest(b.due_date, repaid.last_on)
    + make_interval(years => %(limitation_years)s::int))::date"""

COLUMNS: dict[str, tuple[str, tuple[str, ...]]] = {
    "dpd": ("b.dpd", ()),
    "bucket": ("bucket.label", ("bucket",)),
    "outstanding": ("b.outstanding", ()),
    "is_high_amount": (f"b.outstanding >= {HIGH}", ()),
    "score": ("loan.collection_score", ("loan",)),
    "lost_contact_score": ("loan.lost_contact_score", ("loan",)),
    "product": ("b.product", ()),
    "channel": ("b.channel", ()),
    "region": ("loan.region", ("loan",)),
    "assigned_days": (f"{ON} - desk.assigned_on", ("desk",)),
    "untouched_days": (
        f"CASE WHEN desk.id IS NOT NULL THEN {UNTOUCHED} END",
        ("desk", "tried", "held"),
    ),
    "is_touched": (
        f"CASE WHEN desk.id IS NOT NULL THEN {TOUCHED_AT} IS NOT NULL END",
        ("desk", "tried"),
    ),
    "earlier_cases": ("coalesce(others.earlier, 0)", ("others",)),
    "open_cases": ("coalesce(others.still_open, 0)", ("others",)),
    "first_instalment_unpaid": ("b.due_date <= schedule.first_due", ("schedule",)),
    "broken_promises": ("coalesce(promised.broken, 0)", ("promised",)),
    "promise_due_in": (f"promised.due_on - {ON}", ("promised",)),
    "days_since_broken": (f"{ON} - promised.broken_on", ("promised",)),
    "days_since_repayment": (f"{ON} - repaid.last_on", ("repaid",)),
    "days_since_complaint": (f"{ON} - held.complained_on", ("held",)),
    "on_hold": ("coalesce(held.on_hold, false)", ("held",)),
    "is_reachable": ("coalesce(phones.reachable, false)", ("phones",)),
    "lost_contact": (LOST, ("phones", "attempts")),
    "failed_attempts": (FAILED, ("attempts",)),
    "untried_number": ("coalesce(phones.untried, false)", ("phones",)),
    "limitation_days": (f"{BARRED_ON} - {ON}", ("repaid",)),
}


def facts_sql(company: Company, facts: Iterable[str], *, given: bool) -> str:
    """The CTEs `base` and `facts`: a row a case with id, owner_id and these facts as columns.

    given: only the cases of the parameter case_ids.
    """
    asked = sorted(facts)
    needed = {source for fact in asked for source in COLUMNS[fact][1]}
    joins = "\n    ".join(text for name, text in SOURCES.items() if name in needed)
    columns = "".join(f",\n        {COLUMNS[fact][0]} AS {fact}" for fact in asked)
    which = OF_LENDER if company.is_lender else OF_AGENCY
    only = " AND c.id = ANY(%(case_ids)s)" if given else ""
    return f"""
WITH base AS MATERIALIZED (
    SELECT c.id, c.owner_id, c.borrower_id, c.loan_id, c.bucket_id, c.product, c.channel,
        c.outstanding, c.due_date, c.opened_on, {days_past_due_sql("c")} AS dpd
    FROM cases_case c WHERE {which} AND c.closed_on IS NULL{only}
), facts AS MATERIALIZED (
    SELECT b.id, b.owner_id{columns}
    FROM base b
    {joins}
)"""


def facts_values(
    company: Company, on: date, case_ids: Collection[int] | None = None
) -> dict[str, Any]:
    """The parameters of `facts_sql`."""
    return {
        "company": company.pk,
        "on": on,
        "zone": company.timezone,
        "limitation_years": LIMITATION_YEARS.get(company.jurisdiction),
        "case_ids": None if case_ids is None else sorted(set(case_ids)),
    }


def count_matching(*, company: Company, on: date, rule: Rule) -> tuple[int, int]:
    """How many of the open cases the rule holds for today, and how many there are."""
    condition, values = compiled(rule, row="f", name="rule")
    sql = f"""{facts_sql(company, facts_of([rule]), given=False)}
SELECT count(*) FILTER (WHERE {condition}), count(*) FROM facts f"""
    ((matching, every),) = rows(sql, {**facts_values(company, on), **values})
    return matching, every

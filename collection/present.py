"""What a case has at all, asked at once: most cases have no hold, plan or sibling to read."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import starmap

from django.db import connection

from cases.models import Case
from cases.pills import COLUMNS, BucketRow, Pill, in_scale
from collection.tagging import TagShown, shown_tag
from tenancy.scope import current_scope

PRESENT = f"""
    SELECT
        EXISTS (SELECT 1 FROM collection_note n WHERE n.case_id = %(case)s),
        EXISTS (SELECT 1 FROM cases_caseevent e
            WHERE e.owner_id = %(owner)s AND e.case_id = %(case)s),
        EXISTS (SELECT 1 FROM cases_repayment r
            WHERE r.owner_id = %(owner)s AND r.loan_id = %(loan)s),
        EXISTS (SELECT 1 FROM cases_instalment i
            WHERE i.owner_id = %(owner)s AND i.loan_id = %(loan)s),
        EXISTS (SELECT 1 FROM cases_casehold h
            WHERE h.owner_id = %(owner)s AND h.case_id = %(case)s),
        EXISTS (SELECT 1 FROM cases_case c
            WHERE c.owner_id = %(owner)s AND c.borrower_id = %(borrower)s AND c.id <> %(case)s),
        EXISTS (SELECT 1 FROM collection_contacttry t
            WHERE t.owner_id = %(owner)s AND t.case_id = %(case)s),
        EXISTS (SELECT 1 FROM collection_promise p WHERE p.case_id = %(case)s),
        (SELECT coalesce(json_agg(json_build_array(
                g.uid, g.name_en, g.name_zh, g.colour, x.by_hand, x.by_name)
            ORDER BY g.step, x.id), '[]')
            FROM collection_casetag x JOIN collection_tag g ON g.id = x.tag_id
            WHERE x.company_id = %(company)s AND x.case_id = %(case)s AND g.is_active),
        (SELECT coalesce(json_agg(json_build_array({COLUMNS})), '[]')
            FROM cases_bucket b WHERE b.owner_id = %(owner)s)
"""  # noqa: S608 (a constant)


@dataclass(frozen=True, slots=True)
class Present:
    """Whether there is anything of a kind that the open scope may read.

    tags: those on the case. scale: the buckets of all of the lender's schemes.
    """

    notes: bool = True
    events: bool = True
    repayments: bool = True
    instalments: bool = True
    holds: bool = True
    others: bool = True
    contacts: bool = True
    promises: bool = True
    tags: Sequence[TagShown] = ()
    scale: dict[int, Pill] = field(default_factory=dict)


EVERYTHING = Present()


def present(case: Case) -> Present:
    """What the case, its loan and its borrower have, its tags, the buckets: one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            PRESENT,
            {
                "company": current_scope().company_id,
                "owner": case.owner_id,
                "case": case.pk,
                "loan": case.loan_id,
                "borrower": case.borrower_id,
            },
        )
        found = cursor.fetchone()
    *there, tags, buckets = found
    return replace(
        Present(*there),
        tags=[shown_tag(*tag) for tag in tags],
        scale=in_scale(starmap(BucketRow, buckets)),
    )

"""What a case has at all, asked at once: most cases have no hold, plan or sibling to read."""

from dataclasses import dataclass

from django.db import connection

from cases.models import Case

PRESENT = """
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
        EXISTS (SELECT 1 FROM collection_promise p WHERE p.case_id = %(case)s)
"""


@dataclass(frozen=True, slots=True)
class Present:
    """Whether there is anything of a kind that the open scope may read."""

    notes: bool = True
    events: bool = True
    repayments: bool = True
    instalments: bool = True
    holds: bool = True
    others: bool = True
    contacts: bool = True
    promises: bool = True


EVERYTHING = Present()


def present(case: Case) -> Present:
    """What the case, its loan and its borrower have; one query in place of one for each kind."""
    with connection.cursor() as cursor:
        cursor.execute(
            PRESENT,
            {
                "owner": case.owner_id,
                "case": case.pk,
                "loan": case.loan_id,
                "borrower": case.borrower_id,
            },
        )
        return Present(*cursor.fetchone())

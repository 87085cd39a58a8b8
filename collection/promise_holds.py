"""The open promise as a hold: what the rooms below respect without knowing of promises.

While a promise is open its case carries a hold of kind `promise` up to the last day on which money
for it is in time. It stops placing the case with an agency and nothing else. It is opened and
ended with the promise, never by hand, and only in the lender's scope.
"""
# ruff: noqa: S608 (the statement is put together from constants)

from collections.abc import Iterator, Mapping
from datetime import date

from django.utils import timezone

from cases.models import CaseHold
from cases.statements import OWNER, Statement
from tenancy.models import Company

KIND = CaseHold.Kind.PROMISE


def holds_for_promises(
    *, company: Company, on: date, until: Mapping[int, date | None], by_name: str = ""
) -> Iterator[Statement]:
    """What makes the holds of cases say what their promises say, as of the business date `on`.

    until: by case id, the first date on which the open promise no longer binds; None: none is
    open. Holds that say so already stay. One statement; none where there is no case.
    """
    if until:
        case_ids = sorted(until)
        yield (
            _HOLDS,
            {
                "owner": company.pk,
                "on": on,
                "case_ids": case_ids,
                "until": [until[case_id] for case_id in case_ids],
                "kind": KIND.value,
                "now": timezone.now(),
                "by_name": by_name,
            },
        )


_STANDING = f"""
    h.owner_id = {OWNER} AND h.case_id = w.case_id AND h.kind = %(kind)s AND h.lifted_at IS NULL
"""
_HOLDS = f"""
WITH wanted AS (
    SELECT * FROM unnest(%(case_ids)s::bigint[], %(until)s::date[]) AS w(case_id, until)
), lifted AS (
    UPDATE cases_casehold h SET ends_on = greatest(h.starts_on, %(on)s::date),
        lifted_at = %(now)s, lifted_by_name = %(by_name)s
    FROM wanted w
    WHERE {_STANDING} AND (w.until IS NULL OR h.ends_on IS DISTINCT FROM w.until)
)
INSERT INTO cases_casehold (owner_id, case_id, kind, starts_on, ends_on, opened_by_name,
    stops_placement, stops_assignment, stops_waivers, pauses_clock, stops_contact,
    reason, answer, complained_of_name, lifted_by_name)
SELECT %(owner)s, w.case_id, %(kind)s, %(on)s, w.until, %(by_name)s,
    true, false, false, false, '', '', '', '', ''
FROM wanted w
WHERE w.until > %(on)s
    AND NOT EXISTS (SELECT 1 FROM cases_casehold h WHERE {_STANDING} AND h.ends_on = w.until)
ORDER BY w.case_id
"""

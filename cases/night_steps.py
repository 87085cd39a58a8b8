"""What the night does to the book when a business date opens."""

from datetime import date

from cases.aging import settle_cases
from cases.ledger import match_suspense
from tenancy.models import Company
from tenancy.night import Counts, last_night


def age(company: Company, day: date) -> Counts:
    """Open the cases that are due and move those that cross into their next bucket.

    Money that waits for a loan which has come meanwhile is booked first. A night of the past that
    is made up for later finds the cases further on and leaves them there.
    """
    if not company.is_lender:
        return {}
    on = max(day, last_night() or day)
    matched = match_suspense(company=company, on=on)
    changes = settle_cases(company=company, on=on)
    return {"matched": matched.posted + matched.included + matched.reversals, **changes.counts}

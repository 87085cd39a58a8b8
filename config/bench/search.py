"""Server time of the results page of each kind of search, against the plain view.

For a collector with 500 cases and for an admin who sees all of the lender's. Looked for is a
borrower on the collector's desk, by each number and by name, and also what finds more than is
shown (the beginning of the loan numbers, a surname) and what nobody has. The line is that of the
kind that does worst; `pages` has all of them.
"""

from django.urls import reverse
from django.utils.http import urlencode

from cases.models import Borrower, Case, ContactPoint
from collection.models import Assignment
from config.bench.databases import in_scope
from config.bench.lenders import Lender
from config.bench.measure import in_turns
from config.bench.pages import WARM_UP, PageSamples, Site, Visitor, seconds_of_request
from tenancy.models import User
from tenancy.personal_data import open_sealed

UNKNOWN = "nobody is called so"
NOT_FOUND = "Nothing is found"


def measure(lender: Lender, served: Site, requests: int) -> list[PageSamples]:
    """Every kind, as the collector and as the admin."""
    with in_scope(lender.company):
        typed = _typed(lender)
        desk = Assignment.objects.filter(collector=lender.collector, ended_at=None).count()
        book = Case.objects.count()
    return [
        _measure(f"{who}: {kind}", user, behind, served, text, holds, requests)
        for who, user, behind in (
            ("collector", lender.collector, desk),
            ("admin", lender.admin, book),
        )
        for kind, (text, holds) in typed.items()
    ]


def _typed(lender: Lender) -> dict[str, tuple[str, str]]:
    """What is typed for each kind of search, and what the answer must hold."""
    desk = Assignment.objects.filter(collector=lender.collector, ended_at=None)
    case = Case.objects.filter(pk__in=desk.values("case_id")).order_by("pk")[0]
    borrower = Borrower.objects.get(pk=case.borrower_id)
    point = ContactPoint.objects.filter(borrower=borrower).order_by("pk")[0]
    loan_no = case.loan_no
    return {
        "loan number": (loan_no, loan_no),
        "loan numbers that begin so": (loan_no[:3], loan_no[:3]),
        "borrower number": (borrower.borrower_no, loan_no),
        "name": (borrower.name, borrower.name),
        "surname": (borrower.name[:1], borrower.name[:1]),
        "phone": (open_sealed(point.number_sealed), loan_no),
        "last four of a phone": (point.number_last4, loan_no),
        "id number": (open_sealed(borrower.id_no_sealed), loan_no),
        "nothing found": (UNKNOWN, NOT_FOUND),
    }


def _measure(
    who: str, user: User, behind: int, served: Site, text: str, holds: str, requests: int
) -> PageSamples:
    """One kind for one person."""
    visitor, samples = Visitor.of(user), PageSamples(who, behind)
    path, query = reverse("work:search"), urlencode({"q": text})

    def page() -> float:
        return seconds_of_request(served.ours, path, visitor.ours, holds, query)

    def plain() -> float:
        return seconds_of_request(served.plain, "/", visitor.plain, visitor.user.display_name)

    in_turns(WARM_UP, page, plain)
    in_turns(requests, page, plain, samples.pair)
    return samples

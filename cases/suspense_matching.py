"""Which loan money in suspense may be for: suggestions with their reasons, the likeliest first.

The feed of money names a loan and nothing else, so what was sent in its place is read as whatever
people write there: a loan number with a slip, the borrower's number, phone, id number or name; and
the amount is compared with what is owed. Where a person owes on several loans, the debts come in
the order of the Civil Code of China, art. 560: those due first, then the heavier burden (interest,
fees and penalties), then the older due date.

Everything is found by equality, so that indexes serve behind the wall; only the amount, which no
index may serve there, is compared with the open cases as they come, up to MOST_BY_AMOUNT of them.
"""

import re
import string
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from cases.feed import values
from cases.feed.values import Unreadable
from cases.models import Borrower, Case, ContactPoint, Instalment, Loan, Repayment
from tenancy.personal_data import keyed_hash

SHOWN = 8
MOST_BY_AMOUNT = 10
MOST_LOANS = 50
LONGEST_GUESSED = 32
"""Numbers longer than this are compared as they stand: too many slips are possible."""

WEIGHTS: dict[str, int] = {
    "same_number": 6,
    "near_number": 4,
    "borrower_no": 5,
    "phone": 5,
    "id_no": 5,
    "name": 3,
    "outstanding": 3,
    "instalment": 2,
}
"""How much each reason speaks for a loan."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A loan that the money may be for, and why: names of WEIGHTS."""

    loan: Loan
    reasons: tuple[str, ...]
    is_due: bool

    @property
    def weight(self) -> int:
        """The reasons together."""
        return sum(WEIGHTS[reason] for reason in self.reasons)

    @property
    def burden(self) -> Decimal:
        """What is owed beyond the principal."""
        burden: Decimal = self.loan.interest + self.loan.fee + self.loan.penalty
        return burden


def plain(text: str) -> str:
    """A number as it might have been meant: half-width, without white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def near_numbers(text: str) -> set[str]:
    """Numbers one slip away: a sign left out, too many, exchanged with its neighbour, or mistyped.

    Also the same in capitals, without dashes, dots and slashes, and without zeros in front. A digit
    is mistyped as a digit, a letter as a letter of its case; what is put in is a digit.
    """
    text = plain(text)
    if not text or len(text) > LONGEST_GUESSED:
        return {text} - {""}
    bare = re.sub(r"[-./_]", "", text)
    near = {text, text.upper(), text.lower(), bare, text.lstrip("0"), f"0{text}"}
    for place, sign in enumerate(text):
        before, after = text[:place], text[place + 1 :]
        near.add(before + after)
        near.update(before + other + after for other in _like(sign))
        near.update(before + digit + sign + after for digit in string.digits)
        if after:
            near.add(before + after[0] + sign + after[1:])
    near.update(text + digit for digit in string.digits)
    return near - {""}


def _like(sign: str) -> str:
    for signs in (string.digits, string.ascii_uppercase, string.ascii_lowercase):
        if sign in signs:
            return signs
    return ""


def suggestions(*, repayment: Repayment, on: date, most: int = SHOWN) -> list[Suggestion]:
    """The likeliest loans for money that waits, in the lender's scope; at most nine queries.

    on: the business date, by which debts are due or not.
    """
    reasons: dict[int, set[str]] = {}
    sent = plain(repayment.loan_no)
    for text in {sent, plain(repayment.repayment_no)} - {""}:
        _by_number(text, reasons)
    _by_person(repayment.loan_no.strip(), sent, reasons)
    _by_amount(repayment.amount, reasons)
    found = [
        Suggestion(loan, tuple(_ordered(reasons[loan.pk])), loan.due_date <= on)
        for loan in Loan.objects.select_related("borrower").filter(pk__in=list(reasons))
    ]
    with_instalments = _with_instalments(found, repayment.amount)
    return sorted(with_instalments, key=_likeliest)[:most]


def _likeliest(one: Suggestion) -> tuple[int, bool, bool, Decimal, date, str]:
    """Weight first; then owed at all, due, the heavier burden, the older debt."""
    loan = one.loan
    nothing_owed = loan.principal + one.burden == 0
    return -one.weight, nothing_owed, not one.is_due, -one.burden, loan.due_date, loan.loan_no


def _ordered(reasons: Iterable[str]) -> Iterator[str]:
    return (name for name in WEIGHTS if name in set(reasons))


def _add(reasons: dict[int, set[str]], loan_ids: Iterable[int], why: str) -> None:
    for loan_id in loan_ids:
        reasons.setdefault(loan_id, set()).add(why)


def _by_number(text: str, reasons: dict[int, set[str]]) -> None:
    rows = Loan.objects.filter(loan_no__in=sorted(near_numbers(text)))
    for loan_id, number in rows.values_list("pk", "loan_no")[:MOST_LOANS]:
        _add(reasons, [loan_id], "same_number" if number == text else "near_number")


def _by_person(as_sent: str, text: str, reasons: dict[int, set[str]]) -> None:
    """What was sent may be a person's number, phone, id number or name."""
    people: dict[int, str] = {}
    found = Borrower.objects.filter(
        Q(borrower_no=text) | Q(name=as_sent) | Q(id_no_hash=keyed_hash(text))
    )
    for person in found[:MOST_LOANS]:
        if person.borrower_no == text:
            people[person.pk] = "borrower_no"
        elif person.name == as_sent:
            people[person.pk] = "name"
        else:
            people[person.pk] = "id_no"
    if number := _as_phone(text):
        own = ContactPoint.objects.filter(number_hash=keyed_hash(number), relation="self")
        people |= dict.fromkeys(own.values_list("borrower_id", flat=True)[:MOST_LOANS], "phone")
    loans = Loan.objects.filter(borrower_id__in=list(people))
    for loan_id, borrower_id in loans.values_list("pk", "borrower_id")[:MOST_LOANS]:
        _add(reasons, [loan_id], people[borrower_id])


def _as_phone(text: str) -> str | None:
    try:
        return values.phone(text)
    except Unreadable:
        return None


def _by_amount(amount: Decimal, reasons: dict[int, set[str]]) -> None:
    same = Case.objects.filter(closed_on=None, outstanding=amount)
    _add(reasons, same.values_list("loan_id", flat=True)[:MOST_BY_AMOUNT], "outstanding")
    known = Loan.objects.filter(pk__in=list(reasons))
    _add(
        reasons,
        [loan.pk for loan in known if loan.outstanding == amount],
        "outstanding",
    )


def _with_instalments(found: list[Suggestion], amount: Decimal) -> list[Suggestion]:
    """Add the reason that an instalment of the loan has exactly this amount."""
    lines = Instalment.objects.filter(loan_id__in=[each.loan.pk for each in found])
    same = {
        line.loan_id
        for line in lines
        if line.principal + line.interest + line.fee + line.penalty == amount
    }
    return [
        Suggestion(each.loan, (*each.reasons, "instalment"), each.is_due)
        if each.loan.pk in same
        else each
        for each in found
    ]

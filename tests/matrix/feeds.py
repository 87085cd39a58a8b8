"""The feed of a lender in the world: a loan for each state that a case may be in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tests.feed.files import table
from tests.matrix.sides import MARKS, Marks

# name → (days past due today, whether the agency will hold it)
LOANS = {
    "own": (5, False),
    "sibling": (4, False),
    "held": (20, False),
    "two": (12, False),
    "waiting": (8, False),
    "free": (45, False),
    "closed": (3, False),
    "notdue": (-9, False),
    "recalled": (50, False),
    "elsewhere": (62, False),
    "lent": (70, True),
    "lent2": (71, True),
    "lentfree": (72, True),
    "fresh": (80, True),
}
OWED = "1000.00"


@dataclass(frozen=True, slots=True)
class Turn:
    """One file of the feed."""

    name: str
    kind: str
    as_of: date
    text: str
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Feed:
    """All files in order, and the phone and id numbers in them, apart those of lent cases."""

    turns: tuple[Turn, ...]
    numbers: frozenset[str]
    lent_numbers: frozenset[str]


def of(marks: Marks, today: date) -> Feed:
    """The feed of the lender with these marks."""
    first = list(MARKS.values()).index(marks) + 1
    phones = {name: f"139{first}{place:02}{first}5791" for place, name in enumerate(LOANS, 11)}
    rows = [_loan(name, marks, today, phones[name], first) for name in LOANS]
    broken = {**rows[0], "loan_no": f"{marks.private}-BROKEN", "principal": "much"}
    changed = [{**rows[0], "interest": "77.00"}, {**rows[3], "product": f"{marks.private} other"}]
    late = table(*_repayments(marks, today, "LATE"))
    turns = (
        # Money of today moves the balance of yesterday's close.
        Turn("loans", "loans", today - timedelta(days=1), table(*rows, broken)),
        Turn("instalments", "instalments", today, table(*_instalments(marks, today))),
        Turn("contacts", "contacts", today, table(*_contacts(marks, phones))),
        Turn("repayments", "repayments", today, table(*_repayments(marks, today))),
        Turn("judged", "loans", today, table(*changed), True),
        Turn("judged2", "instalments", today, table(*_instalments(marks, today, "12.00")), True),
        Turn("judged3", "contacts", today, table(*_contacts(marks, phones, "9")), True),
        Turn("judged4", "repayments", today, late, True),
    )
    numbers = {
        lent: frozenset(
            number
            for name, row in zip(LOANS, rows, strict=True)
            if LOANS[name][1] == lent
            for number in (row["phone"], _friend(row["phone"]), row["id_no"])
        )
        for lent in (True, False)
    }
    return Feed(turns, numbers[False], numbers[True])


def _loan_no(name: str, marks: Marks) -> str:
    """An agency keeps the loan numbers that it has seen, not the names."""
    seen = LOANS[name][1] or name == "recalled"
    return f"{marks.lent if seen else marks.private}-{name.upper()}"


def _borrower_no(name: str, marks: Marks) -> str:
    return f"{marks.private}-B-{'own' if name == 'sibling' else name}"


def _loan(name: str, marks: Marks, today: date, phone: str, first: int) -> dict[str, str]:
    dpd, lent = LOANS[name]
    place = list(LOANS).index(name) + 10
    return {
        "loan_no": _loan_no(name, marks),
        "borrower_no": _borrower_no(name, marks),
        "borrower_name": f"{marks.lent if lent else marks.private} {name.title()}",
        "id_no": f"1101011990{first}1{place}{first}2345",
        "phone": phone,
        "product": f"{marks.lent if lent else marks.private} cash",
        "due_date": (today - timedelta(days=dpd)).isoformat(),
        "principal": OWED,
        "interest": "20.00",
        "fee": "0",
        "penalty": "0",
    }


def _instalments(marks: Marks, today: date, interest: str = "10.00") -> Iterator[dict[str, str]]:
    for name in ("own", "lent", "recalled"):
        due = today - timedelta(days=LOANS[name][0])
        for seq, day in enumerate((due, due + timedelta(days=400)), 1):
            yield {
                "loan_no": _loan_no(name, marks),
                "seq": str(seq),
                "due_date": day.isoformat(),
                "principal": "500.00",
                "interest": interest,
                "fee": "0",
                "penalty": "0",
            }


def _friend(phone: str) -> str:
    return f"{phone[:-4]}8642"


def _contacts(marks: Marks, phones: dict[str, str], more: str = "") -> Iterator[dict[str, str]]:
    for name in ("own", "lent", "recalled"):
        yield {
            "borrower_no": _borrower_no(name, marks),
            "name": f"{marks.lent if LOANS[name][1] else marks.private} friend{more}",
            "relation": "friend",
            "phone": _friend(phones[name])[: None if not more else -1] + more,
            "source": "form",
        }


def _repayments(marks: Marks, today: date, late: str = "") -> Iterator[dict[str, str]]:
    just_now = datetime.combine(today, time(0, 5))
    for name, amount in (
        ("own", "100.00"),
        ("lent", "100.00"),
        ("recalled", "100.00"),
        ("closed", "1020.00"),
        ("unknown", "55.00"),
    ):
        known = name in LOANS
        yield {
            "repayment_no": f"{marks.private}-R{late}-{name}",
            "loan_no": _loan_no(name, marks) if known else f"{marks.private}-NOWHERE",
            "paid_at": just_now.isoformat(),
            "amount": amount,
        }

"""What the contacts of a day that is over would have got under other rules; changes nothing.

It weighs each contact of the lender's book with what had happened before it, under the lender's
rules as they hold on another date, or with a figure that is only proposed. The state of a contact
point and of a promise is today's, because no earlier one is kept; an agency's own rules are not the
lender's to read.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from cases.models import Case, ContactPoint
from collection.contact_facts import UNCOUNTED, Decision
from collection.contact_records import Records, read_records
from collection.effective_rules import Side, read_side
from collection.gate_facts import Book, OwnSide, Question, weighed
from collection.models import ContactTry
from tenancy.models import Company

AT_ONCE = 1000
"""Borrowers whose records are read by one query."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Figures of a rule that somebody thinks of. figures: as a row of ContactRule keeps them."""

    jurisdiction: str
    rule: str
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A contact that was made, and what it would have got."""

    made: ContactTry
    decision: Decision


@dataclass(frozen=True, slots=True)
class Replay:
    """All that was weighed. more: how many contacts of the day were left out."""

    contacts: int
    more: int
    refused: tuple[Replayed, ...]

    @property
    def by_rule(self) -> list[tuple[str, int]]:
        """How many contacts each rule would refuse, the most first."""
        rules = Counter(denial.rule for each in self.refused for denial in each.decision.denials)
        return rules.most_common()


def replay(
    *,
    company: Company,
    day: date,
    rules_on: date,
    proposal: Proposal | None = None,
    most: int | None = None,
) -> Replay:
    """Weigh the contacts of the lender's date `day` under its rules of `rules_on`.

    most: how many contacts at most, the first of the day; None: all of them.
    """
    begins = _begin(company, day)
    tries = ContactTry.objects.filter(
        owner=company, at__gte=begins, at__lt=_begin(company, day + timedelta(days=1))
    ).exclude(state__in=UNCOUNTED)
    asked = list(tries.order_by("at", "pk")[: most if most is None else most + 1])
    more = 0
    if most is not None and len(asked) > most:
        more, asked = tries.count() - most, asked[:most]
    side = _side(company, _begin(company, rules_on), proposal)
    refused = [each for each in _weighed(company, side, asked) if not each.decision.allowed]
    refused.sort(key=lambda each: (each.made.at, each.made.pk))
    return Replay(len(asked), more, tuple(refused))


def _begin(company: Company, day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=company.zone)


def _side(company: Company, at: datetime, proposal: Proposal | None) -> Side:
    side = read_side(company, at)
    if proposal is None:
        return side
    rows = [row for row in side.rows.get(proposal.jurisdiction, ()) if row[0] != proposal.rule]
    rows.append((proposal.rule, json.dumps(proposal.figures), ""))
    return replace(side, rows={**side.rows, proposal.jurisdiction: tuple(rows)})


def _weighed(company: Company, side: Side, asked: Sequence[ContactTry]) -> Iterator[Replayed]:
    by_borrower: dict[int, list[ContactTry]] = defaultdict(list)
    used: Counter[tuple[int, int | None]] = Counter()
    used_before: dict[int, int] = {}
    for made in asked:
        who = (made.company_id, made.by_id)
        used_before[made.pk] = used[who] if made.by_id is not None else 0
        used[who] += 1
        by_borrower[made.borrower_id].append(made)
    companies = {
        each.pk: each for each in Company.objects.filter(pk__in={made.company_id for made in asked})
    }
    until = asked[-1].at if asked else timezone.now()
    borrowers = sorted(by_borrower)
    for first in range(0, len(borrowers), AT_ONCE):
        ids = borrowers[first : first + AT_ONCE]
        records = read_records(owner_id=company.pk, borrower_ids=ids, until=until)
        for borrower_id in ids:
            for made in by_borrower[borrower_id]:
                own = OwnSide(side, used_before[made.pk])
                book = Book(company, side, _before(records[borrower_id], made))
                question = _question(companies[made.company_id], made)
                yield Replayed(made, weighed(question, own, book).decision)


def _before(records: Records, made: ContactTry) -> Records:
    """What had happened before the contact."""
    return replace(
        records,
        tries=tuple(row for row in records.tries if (row.at, row.id) < (made.at, made.pk)),
        inbound=tuple(row for row in records.inbound if row.at <= made.at),
    )


def _question(company: Company, made: ContactTry) -> Question:
    case = Case(pk=made.case_id, owner_id=made.owner_id, borrower_id=made.borrower_id)
    point = None
    if made.contact_point_id is not None:
        point = ContactPoint(pk=made.contact_point_id, relation=made.relation)
    return Question(
        company, made.by_id, case, made.channel, point, made.at, made.purpose, as_it_was=True
    )

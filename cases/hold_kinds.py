"""What each kind of hold stops, whom it covers, who opens and lifts it, and by when.

One pure table (the presets of holds); the verbs of cases.holds read it and nothing else decides.
What a kind is called stands on cases.models.CaseHold.Kind, in both languages. The desks of the
table are roles: a dispute or fraud desk is a team lead or an admin of the lender, the complaint
desk an admin, a lead or an inspector, finance the finance role. Figures without a source here are
presets without authority; see docs/workbench/holds.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Contact = Literal["", "voice", "remind", "letters", "counsel", "all"]
"""What may still go out, from everything to nothing: see CaseHold.Contact."""
Assign = Literal["", "by_hand", "lead", "stops"]
"""Who may be given the case: anybody, the desk that a lead picks by hand, a lead, nobody."""
Waiver = Literal["", "hardship", "two_admins", "stops"]
"""What becomes of waivers: nothing, the next milder row holds, two admins decide, none."""
Clock = Literal["runs", "pauses"]
Scope = Literal["case", "person", "region"]
Asks = Literal["", "answer", "review"]
"""What the deadline asks for: an answer once, or a look that comes round again."""

COLLECTOR, LEAD, ADMIN = "collector", "team_lead", "company_admin"
INSPECTOR, FINANCE = "qc_inspector", "finance"
DESK = frozenset({LEAD, ADMIN})
WORKS = frozenset({COLLECTOR, LEAD, ADMIN})

PROVISIONAL_DAYS = 7
"""How long a death that nobody has proved holds a case."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """So many days from the start, calendar days or Monday to Friday, to answer or to look again.

    longer: the totals to which it may be extended, in order, each once.
    """

    days: int
    asks: Asks = "answer"
    working: bool = False
    longer: tuple[int, ...] = ()

    def falls_on(self, start: date) -> date:
        """The last date on which the answer is in time."""
        return after_working_days(start, self.days) if self.working else _after(start, self.days)

    def next_after(self, start: date, answer_by: date) -> date | None:
        """The next date to which it may be extended; None when there is none left."""
        later = (_after(start, days) for days in self.longer)
        return next((each for each in later if each > answer_by), None)


@dataclass(frozen=True, slots=True)
class HoldKind:
    """One kind of hold. placement is stopped by every kind.

    opens, lifts: roles, of the lender unless for_agencies lets an agency's people of the same
    roles open it. ends: days after which it ends by itself (None: it never does, or its end must
    be given). own_end: whether it ends by itself at all. most: the longest it may last, in days.
    """

    code: str
    contact: Contact
    scope: Scope
    opens: frozenset[str]
    lifts: frozenset[str]
    assign: Assign = ""
    waiver: Waiver = ""
    clock: Clock = "runs"
    deadline: Deadline | None = None
    own_end: bool = False
    ends: int | None = None
    most: int | None = None
    for_agencies: bool = False
    placement: bool = True

    @property
    def of_person(self) -> bool:
        """Whether it covers the borrower's every case."""
        return self.scope == "person"


KINDS: Mapping[str, HoldKind] = {
    kind.code: kind
    for kind in (
        HoldKind("dispute", "voice", "case", WORKS, DESK, deadline=Deadline(20), for_agencies=True),
        HoldKind(
            "complaint",
            "all",
            "person",
            WORKS | {INSPECTOR, FINANCE},
            DESK | {INSPECTOR},
            assign="lead",
            deadline=Deadline(15, longer=(30, 60)),
            for_agencies=True,
        ),
        HoldKind(
            "hardship",
            "remind",
            "person",
            DESK,
            DESK,
            waiver="hardship",
            deadline=Deadline(30, "review"),
            for_agencies=True,
        ),
        HoldKind(
            "deceased",
            "all",
            "person",
            WORKS,
            frozenset({ADMIN}),
            assign="stops",
            waiver="stops",
            clock="pauses",
            deadline=Deadline(30),
            own_end=True,
            for_agencies=True,
        ),
        HoldKind(
            "legal",
            "counsel",
            "case",
            frozenset({ADMIN}),
            frozenset({ADMIN}),
            assign="stops",
            waiver="two_admins",
            deadline=Deadline(90, "review"),
        ),
        HoldKind(
            "bankruptcy",
            "all",
            "person",
            frozenset({ADMIN}),
            frozenset({ADMIN}),
            assign="stops",
            waiver="stops",
            clock="pauses",
            deadline=Deadline(90, "review"),
        ),
        HoldKind(
            "fraud",
            "all",
            "case",
            WORKS,
            DESK,
            assign="stops",
            waiver="stops",
            clock="pauses",
            deadline=Deadline(15),
            for_agencies=True,
        ),
        HoldKind(
            "disaster",
            "voice",
            "region",
            frozenset({ADMIN}),
            frozenset({ADMIN}),
            clock="pauses",
            own_end=True,
            ends=90,
            most=90,
        ),
        HoldKind(
            "payment_check",
            "voice",
            "case",
            WORKS | {FINANCE},
            frozenset({FINANCE, ADMIN}),
            waiver="stops",
            deadline=Deadline(2, working=True),
            own_end=True,
            for_agencies=True,
        ),
        HoldKind(
            "plan",
            "remind",
            "case",
            DESK,
            DESK,
            waiver="stops",
            own_end=True,
        ),
        HoldKind("cease", "letters", "person", WORKS, frozenset({ADMIN}), for_agencies=True),
        HoldKind(
            "breathing_space",
            "all",
            "case",
            frozenset({ADMIN}),
            frozenset({ADMIN}),
            assign="stops",
            clock="pauses",
            own_end=True,
            ends=60,
        ),
        HoldKind(
            "vulnerable",
            "voice",
            "person",
            DESK,
            DESK,
            assign="by_hand",
            deadline=Deadline(90, "review"),
            for_agencies=True,
        ),
        HoldKind("promise", "", "case", frozenset(), frozenset()),
    )
}
"""Every kind by its code, in the order of the list that people choose from.

A promise's hold is opened and lifted with the promise (collection.promises), never by hand.
"""

SELF_ENDING = frozenset(code for code, kind in KINDS.items() if kind.own_end)
LEAD_ONLY = frozenset(code for code, kind in KINDS.items() if kind.assign == "lead")
"""Kinds under which a case may be given to a team lead only."""
NOT_AT_NIGHT = LEAD_ONLY | {code for code, kind in KINDS.items() if kind.assign == "by_hand"}
"""Kinds under which no night gives the case to a desk: somebody picks it."""


def may_open(code: str, roles: Iterable[str], *, at_agency: bool = False) -> bool:
    """Whether somebody with these roles opens such a hold by hand."""
    kind = KINDS[code]
    return bool(kind.opens & set(roles)) and (kind.for_agencies or not at_agency)


def may_lift(code: str, roles: Iterable[str]) -> bool:
    """Whether somebody of the lender with these roles lifts such a hold, or answers it."""
    return bool(KINDS[code].lifts & set(roles))


def answer_by(code: str, start: date) -> date | None:
    """The default deadline of a hold that starts on `start`."""
    deadline = KINDS[code].deadline
    return deadline.falls_on(start) if deadline else None


def own_end(
    code: str, start: date, *, provisional: bool = False, due: date | None = None
) -> date | None:
    """The date from which a hold is over by itself; None: a person lifts it, or says until when.

    provisional: a death that nobody has proved yet. due: when it is to be answered, if not at the
    kind's own time.
    """
    kind = KINDS[code]
    if code == "deceased":
        return _after(start, PROVISIONAL_DAYS) if provisional else None
    if not kind.own_end:
        return None
    if kind.ends is not None:
        return _after(start, kind.ends)
    # It waits for its answer and is over on the day after that was due.
    return _after(due or kind.deadline.falls_on(start), 1) if kind.deadline else None


def after_working_days(
    start: date, days: int, is_working: Callable[[date], bool] | None = None
) -> date:
    """The `days`-th working day after `start`; Monday to Friday unless `is_working` says."""
    works = is_working or (lambda day: day.weekday() < 5)
    day = start
    while days > 0:
        day = _after(day, 1)
        days -= works(day)
    return day


def _after(day: date, days: int) -> date:
    return day + timedelta(days=days)

"""May this contact be made? Facts and rules in; a decision with its reasons and next time out.

Nothing here reads a database or a clock. The rules are those of contact_rules, the facts those of
contact_facts; both are read together: several sets of rules hold at once, the strictest counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from collection.contact_checks import CHECKS
from collection.contact_clock import MINUTE, whole_minute
from collection.contact_facts import (
    SELF,
    ContactFacts,
    Decision,
    Denial,
    Hold,
    OwnNumber,
    PastContact,
    Weighed,
    Wish,
    in_utc,
)
from collection.contact_question import Check, Question
from collection.contact_rules import RULES, ContactRules, together

__all__ = [
    "RULES",
    "SELF",
    "ContactFacts",
    "ContactRules",
    "Decision",
    "Denial",
    "Hold",
    "OwnNumber",
    "PastContact",
    "Weighed",
    "Wish",
    "weigh",
]

MOST_STEPS = 400
"""Steps after which the search for the next time gives up: two clocks may never agree."""


def weigh(facts: ContactFacts, rules: Sequence[ContactRules]) -> Decision:
    """Decide whether the contact may be made, under all the sets of rules at once."""
    held = together(tuple(rules))
    question = Question(facts, held)
    at = in_utc(facts.at)
    weighed: list[Weighed] = []
    denying: list[tuple[str, Check]] = []
    moment = question.moment(at)
    for rule, check in CHECKS:
        verdict = check(question, moment)
        if verdict is None:
            continue
        weighed.append(Weighed(rule, verdict.figure, verdict.seen, verdict.allowed))
        if not verdict.allowed:
            denying.append((rule, check))
    if not denying:
        return Decision(True, (), None, tuple(weighed))
    denials = tuple(
        Denial(rule, held.basis(rule), _first(question, at, (check,))) for rule, check in denying
    )
    return Decision(False, denials, _next(question, at, denials), tuple(weighed))


def _next(question: Question, at: datetime, denials: tuple[Denial, ...]) -> datetime | None:
    """Return when every rule allows, those that do not deny now among them."""
    start = at
    for denial in denials:
        if denial.next_at is None:
            return None
        start = max(start, denial.next_at)
    return _first(question, start, tuple(check for _, check in CHECKS))


def _first(question: Question, at: datetime, checks: Sequence[Check]) -> datetime | None:
    """Return the first whole minute from `at` on that all the checks allow.

    Each check that denies says until when it is sure to deny; the latest of these is the next
    moment to try.
    """
    tried = whole_minute(at)
    for _ in range(MOST_STEPS):
        moment = question.moment(tried)
        later = tried
        for check in checks:
            verdict = check(question, moment)
            if verdict is None or verdict.allowed:
                continue
            if verdict.until is None:
                return None
            later = max(later, verdict.until, tried + MINUTE)
        if later == tried:
            return tried
        tried = whole_minute(later)
    return None

"""The left column of a case's page, written out: amounts, buckets, numbers, other cases, loan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from cases.contact_sources import source_words
from cases.models import ContactPoint, LedgerEntry
from collection.best_time import BestTime
from collection.case_page import BucketStep, CasePage, Component, OtherCase
from collection.contact_points import state_on
from tenancy.formats import MINUS, day, day_short, money
from tenancy.screen import Fact, Text, Tone

STEPS_SHOWN = 4
STATES: dict[str, tuple[Tone, str]] = {
    ContactPoint.State.VALID: ("ok", "circle-check"),
    ContactPoint.State.UNKNOWN: ("warn", "help-circle"),
    ContactPoint.State.INVALID: ("", "circle-x"),
    ContactPoint.State.REFUSED: ("bad", "ban"),
}
OFF = (ContactPoint.State.INVALID, ContactPoint.State.REFUSED)


@dataclass(frozen=True, slots=True)
class AmountLine:
    """A component of what is owed: name, how it came to this as a sum and in words, the amount."""

    label: Text
    how: str
    words: str
    amount: str


@dataclass(frozen=True, slots=True)
class BucketLine:
    """A step of the bucket strip. No tone: the bucket to come."""

    label: str
    day: str
    tone: int | None


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A contact point, masked, with its state."""

    uid: str
    relation: Text
    mask: str
    about: str
    state: Text
    tone: Tone
    icon: str
    off: bool
    shown: bool
    """Whether its number may still be seen: not that of another person who refused."""
    reopens: bool
    """Whether it can be opened again: the borrower's own, and refused."""


@dataclass(frozen=True, slots=True)
class OtherLine:
    """Another case of the borrower; uid is "" where its page does not open."""

    uid: str
    loan_no: str
    label: str
    tone: int
    dpd: int
    amount: str
    about: str


def amount_lines(page: CasePage) -> list[AmountLine]:
    """The four components, each with how it came to what it is."""
    labels = {
        "principal": _("Principal"),
        "interest": _("Interest"),
        "fee": _("Fees"),
        "penalty": _("Penalty"),
    }
    kinds = (LedgerEntry.Kind.OPENING, LedgerEntry.Kind.SNAPSHOT)
    stated = next((entry for entry in page.entries if entry.kind in kinds), None)
    on = day_short(stated.effective_date) if stated else ""
    return [
        AmountLine(labels[part.name], _how(part, on), _how_in_words(part, on), money(part.now))
        for part in page.components
    ]


def _how(part: Component, stated_on: str) -> str:
    """What was stated, charged and repaid, as a sum; when it was stated, if nothing came since."""
    if not (part.opened or part.added or part.settled):
        return ""
    if not (part.added or part.settled):
        return _("stated on %(day)s") % {"day": stated_on}
    steps = [(part.added, "+", MINUS), (part.settled, MINUS, "+")]
    signs = (
        f" {more if amount > 0 else less} {money(abs(amount))}"
        for amount, more, less in steps
        if amount
    )
    return money(part.opened) + "".join(signs)


def _how_in_words(part: Component, stated_on: str) -> str:
    """The same as a sentence."""
    if not (part.added or part.settled):
        return _how(part, stated_on)
    told = _("%(amount)s stated on %(day)s") % {"amount": money(part.opened), "day": stated_on}
    said = [
        words % {"amount": money(abs(amount))}
        for amount, words in (
            (part.added, _("charged %(amount)s") if part.added > 0 else _("less %(amount)s")),
            (
                part.settled,
                _("repaid %(amount)s") if part.settled > 0 else _("taken back %(amount)s"),
            ),
        )
        if amount
    ]
    return _(", ").join([told, *said])


def bucket_strip(page: CasePage) -> list[BucketLine]:
    """The last buckets that the case came into, and the next one with its date."""
    steps = [step for step in page.steps if step.pill is not None][-STEPS_SHOWN:]
    lines = [_step(step) for step in steps]
    crossing = page.case.next_bucket_on
    if page.next_pill is not None and crossing is not None and page.case.closed_on is None:
        lines.append(BucketLine(page.next_pill.label, day_short(crossing), None))
    return lines


def _step(step: BucketStep) -> BucketLine:
    assert step.pill is not None
    return BucketLine(step.pill.label, day_short(step.on), step.pill.tone)


def contact_lines(page: CasePage, on: date) -> list[ContactLine]:
    """The contact points: whose, the masked number, what kind, how it stands on `on`."""
    return [_contact(point, page.best_times.get(point.pk), on) for point in page.contact_points]


def _contact(point: ContactPoint, best: BestTime | None, on: date) -> ContactLine:
    state = ContactPoint.State(state_on(point, on))
    tone, icon = STATES[state]
    own = point.relation == ContactPoint.Relation.SELF
    parts: Sequence[object] = (
        point.person_name,
        point.get_kind_display(),
        source_words(point.source),
        best and best_words(best),
    )
    return ContactLine(
        uid=str(point.uid),
        relation=point.get_relation_display(),
        mask=point.number_mask,
        about=" · ".join(str(part) for part in parts if part),
        state=state.label,
        tone=tone,
        icon=icon,
        off=state in OFF,
        shown=own or state != ContactPoint.State.REFUSED,
        reopens=own and state == ContactPoint.State.REFUSED,
    )


def best_words(best: BestTime) -> str:
    """The best time in words: “best 10:00–12:00, 6 of 9 answered”."""
    return _("best %(from)s–%(to)s, %(answered)s of %(calls)s answered") % {
        "from": f"{best.begins:02d}:00",
        "to": f"{best.ends:02d}:00",
        "answered": best.answered,
        "calls": best.calls,
    }


def other_lines(page: CasePage) -> list[OtherLine]:
    """The borrower's other cases: the open ones first."""
    return [_other(each) for each in page.others]


def _other(each: OtherCase) -> OtherLine:
    the_case = each.case
    if the_case.closed_on is not None:
        told = {"day": day(the_case.closed_on), "why": the_case.get_closure_display()}
        about = _("closed %(day)s, %(why)s") % told
    else:
        about = each.desk or _("nobody works it yet")
    return OtherLine(
        uid=str(the_case.uid) if each.is_open_to_me else "",
        loan_no=the_case.loan_no,
        label=each.pill.label if each.pill else "",
        tone=each.pill.tone if each.pill else 0,
        dpd=each.dpd,
        amount=money(the_case.outstanding),
        about=about,
    )


def loan_facts(page: CasePage) -> list[Fact]:
    """What the loan is, as far as the lender says; then what its feed adds."""
    loan = page.loan
    known: Sequence[tuple[Text, object]] = (
        (_("Product"), loan.product),
        (_("Channel"), loan.channel),
        (_("Region"), loan.region),
        (_("Loan amount"), money(loan.loan_amount)),
        (_("Disbursed"), day(loan.disbursed_on)),
        (_("Collection score"), loan.collection_score),
        (_("Lost-contact score"), loan.lost_contact_score),
        *((str(name), value) for name, value in loan.attrs.items()),
    )
    return [Fact(term=term, detail=str(value)) for term, value in known if value not in (None, "")]

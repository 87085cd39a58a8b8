"""Rows of lists as they are printed: every figure, date and word already written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collection.case_list import CaseRow
from collection.ranking import Rank, Weights
from collection.tagging import TagInUse
from collection.views.worth import Worth
from collection.worklist import Clock, WorkRow
from tenancy.formats import clock as time_of_day
from tenancy.formats import day, day_near, moment, money
from tenancy.screen import Tone


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A printed row. `reason` is a kind of the reason badge."""

    uid: str
    href: str
    reason: str
    reason_text: str
    borrower: str
    phone: str
    loan_no: str
    lender: str
    outstanding: str
    expected: str
    why_expected: str
    dpd: int
    bucket: str
    tone: int
    touched: str
    touched_by: str
    next_at: str
    next_tone: Tone
    next: str
    desk: str
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A printed row of the list of cases."""

    uid: str
    href: str
    borrower: str
    phone: str
    loan_no: str
    lender: str
    product: str
    channel: str
    outstanding: str
    dpd: int
    bucket: str
    tone: int
    opened: str
    due: str
    desk: str
    closed: str
    closure: str
    tags: Sequence[str] = ()


def case_lines(rows: Sequence[CaseRow], *, query: str) -> list[CaseLine]:
    """The rows as printed; each opens its case with `query`, so that it knows its list."""
    before, after = _address(query)
    return [
        CaseLine(
            uid=str(row.uid),
            href=f"{before}{row.uid}{after}",
            borrower=row.borrower_name or row.loan_no,
            phone=row.phone_mask,
            loan_no=row.loan_no,
            lender=row.lender_name,
            product=row.product,
            channel=row.channel,
            outstanding=money(row.outstanding),
            dpd=row.dpd,
            bucket=row.pill.label if row.pill else "",
            tone=row.pill.tone if row.pill else 0,
            opened=day(row.opened_on),
            due=day(row.due_date),
            desk=row.desk,
            closed=day(row.closed_on),
            closure=row.closure,
        )
        for row in rows
    ]


def _address(query: str) -> tuple[str, str]:
    """What stands before and after a case's id in its address: the resolver is asked once."""
    nil = UUID(int=0)
    before, after = reverse("work:case", args=[nil]).split(str(nil))
    return before, f"{after}?{query}"


def work_lines(
    rows: Sequence[WorkRow],
    *,
    clock: Clock,
    weights: Weights,
    query: str,
    tags: Sequence[TagInUse] = (),
) -> list[WorkLine]:
    """The rows as printed; each opens its case with `query`, so that it knows its list.

    tags: those that a row names, in their order.
    """
    before, after = _address(query)
    first_contact, worth, words = _("First contact"), Worth(weights), ReasonWords()
    return [
        _line(
            row,
            clock,
            words.of(row, clock),
            worth.why(row.outstanding, row.score, row.idle_days),
            f"{before}{row.uid}{after}",
            "" if row.last_touch_at else first_contact,
            [tag.label for tag in tags if tag.pk in row.tag_ids],
        )
        for row in rows
    ]


def _line(
    row: WorkRow,
    clock: Clock,
    reason: tuple[str, str, Tone],
    why: str,
    href: str,
    otherwise: str,
    tags: Sequence[str],
) -> WorkLine:
    kind, text, tone = reason
    return WorkLine(
        uid=str(row.uid),
        href=href,
        reason=kind,
        reason_text=text,
        borrower=row.borrower_name or row.loan_no,
        phone=row.phone_mask,
        loan_no=row.loan_no,
        lender=row.lender_name,
        outstanding=money(row.outstanding),
        expected=money(row.expected_value),
        why_expected=why,
        dpd=row.dpd,
        bucket=row.pill.label if row.pill else "",
        tone=row.pill.tone if row.pill else 0,
        touched=moment(row.last_touch_at, now=clock.now),
        touched_by=row.last_touch_by,
        next_at=_when(row.next_action_at, clock),
        next_tone=tone,
        next=row.next_action or otherwise,
        desk=row.collector_name or row.team_name,
        tags=tags,
    )


class ReasonWords:
    """Kind and words of a row's badge, and the tone of the next action's time.

    The words are looked up once for many rows.
    """

    PLAIN: dict[Rank, tuple[str, Tone]] = {
        Rank.PROMISE_DUE: ("promise_due", "acc"),
        Rank.PROMISE_BROKEN: ("promise_broken", "bad"),
        Rank.NEW: ("new", ""),
        Rank.LATER: ("later", ""),
        Rank.STOPPED: ("stopped", ""),
    }

    def __init__(self) -> None:
        self.plain: dict[Rank, str] = {
            Rank.PROMISE_DUE: _("Promise due today"),
            Rank.PROMISE_BROKEN: _("Promise broken"),
            Rank.NEW: _("New today"),
            Rank.LATER: _("Planned"),
            Rank.STOPPED: _("On hold"),
        }
        self.callback, self.again, self.value = _("Call back"), _("Again today"), _("By value")

    def of(self, row: WorkRow, clock: Clock) -> tuple[str, str, Tone]:
        """Those of one row."""
        kind, words, tone = self._of_rank(row, clock)
        if row.was_skipped:
            words = _("%(reason)s · skipped") % {"reason": words}
        return kind, words, tone

    def _of_rank(self, row: WorkRow, clock: Clock) -> tuple[str, str, Tone]:
        if row.rank in self.plain:
            kind, tone = self.PLAIN[row.rank]
            return kind, self.plain[row.rank], tone
        at = row.next_action_at
        if row.rank is Rank.CALLBACK:
            when = time_of_day(at) if at >= clock.begins else ""
            return "callback", f"{self.callback} {when}".rstrip(), "warn"
        overdue: Tone = "bad" if at < clock.begins else ""
        if row.rank is Rank.UNTOUCHED:
            days = ngettext("%(n)s day untouched", "%(n)s days untouched", row.idle_days)
            return "untouched", days % {"n": row.idle_days}, overdue
        if row.last_touch_at is not None and row.last_touch_at >= clock.begins:
            return "today", self.again, ""
        return "value", self.value, overdue


def _when(at: datetime, clock: Clock) -> str:
    """The moment of the next action; a day alone where no time was agreed (midnight)."""
    local = timezone.localtime(at)
    if (local.hour, local.minute) == (0, 0):
        return day_near(local.date(), now=clock.now)
    return moment(at, now=clock.now)

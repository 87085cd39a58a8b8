"""A case's history as one list, newest first: notes, events, money, moves, assignments.

Each source gives its newest entries before a moment; merged, the newest LONGEST of them are shown
and the moment of the last one leads to the older ones.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import BucketMove, Case, CaseEvent, ContactPoint, Repayment
from cases.pills import Pill
from collection import event_words
from collection.event_words import Group
from collection.models import Assignment, ContactTry, Note
from collection.note_words import correct_link, corrections, of_case, told, with_files
from collection.present import EVERYTHING, Present
from collection.timeline_contacts import contact_item, outcome, whom
from tenancy.formats import money
from tenancy.models import Company
from tenancy.ready import ReadyQuery
from tenancy.screen import TimelineItem, Tone

LONGEST = 60
TOLD_BY_MOVES = {
    "opened": BucketMove.Why.ENTRY,
    "closed": BucketMove.Why.CLOSURE,
    "reopened": BucketMove.Why.REOPENED,
}
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Entry:
    """An item with the group that the filter chips know it by."""

    group: Group
    item: TimelineItem


@dataclass(frozen=True, slots=True)
class Timeline:
    """Some of a case's history, newest first. older: the moment before which more stands."""

    entries: list[Entry]
    older: datetime | None

    @property
    def items(self) -> list[TimelineItem]:
        """All of them, for tenancy.screen.timeline_days."""
        return [entry.item for entry in self.entries]

    def count(self, group: Group) -> int:
        """How many entries are of a group."""
        return sum(entry.group == group for entry in self.entries)


@dataclass(frozen=True, slots=True)
class History:
    """What a timeline is made of, each newest first, at most LONGEST + 1 of a kind."""

    notes: list[Note]
    events: list[CaseEvent]
    moves: list[BucketMove]
    repayments: list[Repayment]
    assignments: list[Assignment]
    contacts: list[ContactTry]


def history_of(
    case: Case, company: Company, before: datetime | None = None, has: Present = EVERYTHING
) -> History:
    """Read the newest entries of a case before a moment; at most six queries.

    has: which kinds there are, where the caller has asked.

    What an agency does not see is left out by the walls: others' notes that are not shared, the
    lender's desks, events of the lender that it does not share.
    """
    values = {
        "case": case.pk,
        "owner": case.owner_id,
        "loan": case.loan_id,
        "company": company.pk,
        "before": before,
        # Business dates are finer sorted out once they have become moments.
        "until": before and before.astimezone(company.zone).date(),
    }
    return History(
        notes=of_case(_newest_notes(case, before), case) if has.notes else [],
        events=EVENTS.rows(**values) if has.events else [],
        moves=MOVES.rows(**values),
        repayments=REPAYMENTS.rows(**values) if has.repayments else [],
        assignments=DESKS.rows(**values),
        contacts=CONTACTS.rows(**values) if has.contacts else [],
    )


def _newest_notes(case: Case, before: datetime | None) -> QuerySet[Note]:
    notes = with_files(Note.objects.filter(case=case))
    if before is not None:
        notes = notes.filter(at__lt=before)
    return notes.order_by("-at", "-pk")[: LONGEST + 1]


def _newest(
    model: type[M], where: str, column: str, bound: str, related: Sequence[str] = ()
) -> ReadyQuery[M]:
    """The newest rows by a column, before a bound where there is one."""
    return ReadyQuery(
        model,
        f"{where} AND {bound.format(column=f't.{column}')}",
        related=related,
        tail=f"ORDER BY t.{column} DESC, t.id DESC LIMIT {LONGEST + 1}",
    )


BEFORE = "(%(before)s::timestamptz IS NULL OR {column} < %(before)s)"
UNTIL = "(%(until)s::date IS NULL OR {column} <= %(until)s)"
EVENTS = _newest(CaseEvent, "t.case_id = %(case)s", "at", BEFORE)
MOVES = _newest(BucketMove, "t.case_id = %(case)s", "on_date", UNTIL)
REPAYMENTS = _newest(Repayment, "t.loan_id = %(loan)s", "paid_at", BEFORE)
DESKS = _newest(
    Assignment,
    "t.case_id = %(case)s AND t.company_id = %(company)s",
    "assigned_on",
    UNTIL,
    ("team", "collector"),
)
CONTACTS = _newest(ContactTry, "t.owner_id = %(owner)s AND t.case_id = %(case)s", "at", BEFORE)


class Teller:
    """Turns a case's history into entries; knows the company, its buckets and contact points."""

    def __init__(
        self,
        company: Company,
        scale: dict[int, Pill],
        points: Iterable[ContactPoint],
        *,
        corrects: bool = False,
    ) -> None:
        self.company, self.scale, self.corrects = company, scale, corrects
        self.correcting: dict[int, str] = {}
        self.corrected: dict[int, str] = {}
        points = list(points)
        self.points = {str(point.uid): point for point in points}
        self.points_by_id = {point.pk: point for point in points}
        self.contacts: dict[int, ContactTry] = {}
        self.closures: dict[datetime, str] = {}

    def tell(self, history: History, before: datetime | None = None) -> Timeline:
        """The newest LONGEST entries before the moment."""
        # Entry, closure and reopening are told by their moves, where those are: they know the date.
        self.closures = {
            event.at: str(event.data.get("closure", ""))
            for event in history.events
            if event.kind == "closed"
        }
        noted = {note.pk for note in history.notes}
        self.correcting, self.corrected = corrections(history.notes)
        self.contacts = {each.note_id: each for each in history.contacts if each.note_id in noted}
        parts: tuple[Iterator[Entry], ...] = (
            map(self.note, history.notes),
            map(self.contact, (each for each in history.contacts if each.note_id not in noted)),
            map(self.event, _told_alone(history)),
            map(self.desk, _untold(history.assignments)),
            map(self.repayment, history.repayments),
            map(self.move, history.moves),
        )
        entries = [
            entry for part in parts for entry in part if before is None or entry.item.at < before
        ]
        # Of one moment what comes first here stands higher: the night ages, then assigns.
        entries.sort(key=lambda entry: entry.item.at, reverse=True)
        if len(entries) <= LONGEST:
            return Timeline(entries, None)
        # Nothing of one moment is torn apart, or the older part would miss the rest of it.
        last = entries[LONGEST - 1].item.at
        shown = [entry for entry in entries if entry.item.at >= last]
        return Timeline(shown, last if len(shown) < len(entries) else None)

    def _moment(self, on: date, at: datetime) -> datetime:
        """When something of a business date happened: as recorded, if that was on this date.

        A night that was caught up later stands at the beginning of its own date.
        """
        if at.astimezone(self.company.zone).date() == on:
            return at
        return datetime.combine(on, time.min, self.company.zone)

    def note(self, note: Note) -> Entry:
        """A follow-up with its remark and what was to come next."""
        said = told(note, self.company)
        what = note.label
        if contact := self.contacts.get(note.pk):
            # One follow-up is one entry: the call and what was written of it.
            what = _("%(result)s (%(contact)s; %(whom)s)") % {
                "result": what,
                "contact": outcome(contact),
                "whom": whom(contact, self.points_by_id),
            }
        return Entry(
            "notes",
            TimelineItem(
                at=note.at,
                what=what,
                icon="pencil",
                who=said.who,
                why=" ".join(filter(None, (said.remark, *self._corrections(note)))),
                state=said.then,
                facts=said.facts,
                links=[*said.files, *([correct_link(note)] if self._may_correct(note) else [])],
            ),
        )

    def _corrections(self, note: Note) -> tuple[str, str]:
        return self.correcting.get(note.pk, ""), self.corrected.get(note.pk, "")

    def _may_correct(self, note: Note) -> bool:
        return self.corrects and note.company_id == self.company.pk

    def contact(self, contact: ContactTry) -> Entry:
        """A contact of which no note is shown."""
        return Entry("contacts", contact_item(contact, self.points_by_id))

    def event(self, event: CaseEvent) -> Entry:
        """What somebody did, and the reason given."""
        icon, group = event_words.PLACES.get(event.kind, event_words.OTHER)
        what, why = event_words.told(event.kind, event.data)
        if point := self.points.get(str(event.data.get("contact_point", ""))):
            why = " · ".join(
                filter(None, (f"{point.get_relation_display()} {point.number_mask}", why))
            )
        return Entry(
            group,
            TimelineItem(at=event.at, what=what, icon=icon, who=event.actor_name, why=why),
        )

    def move(self, move: BucketMove) -> Entry:
        """Into, between and out of buckets."""
        item = TimelineItem(
            at=self._moment(move.on_date, move.at),
            what=self._moved(move),
            icon="stairs-up" if move.why == BucketMove.Why.AGING else "stairs",
            why=ngettext("%(days)s day past due", "%(days)s days past due", move.dpd)
            % {"days": move.dpd},
        )
        return Entry("moves", item)

    def _moved(self, move: BucketMove) -> str:
        was, is_now = (self._label(each) for each in (move.from_bucket_id, move.to_bucket_id))
        match move.why:
            case BucketMove.Why.ENTRY:
                return _("Entered collections in %(bucket)s") % {"bucket": is_now}
            case BucketMove.Why.CLOSURE:
                why = dict(Case.Closure.choices).get(self.closures.get(move.at, ""))
                return _("Case closed: %(why)s") % {"why": why} if why else _("Case closed")
            case BucketMove.Why.REOPENED:
                return _("Case reopened in %(bucket)s") % {"bucket": is_now}
        words = {"from": was, "to": is_now}
        if move.why == BucketMove.Why.AGING:
            return _("Bucket %(from)s → %(to)s") % words
        return _("Bucket %(from)s → %(to)s: %(why)s") % (words | {"why": move.get_why_display()})

    def _label(self, bucket_id: int | None) -> str:
        pill = self.scale.get(bucket_id) if bucket_id is not None else None
        return pill.label if pill else "–"

    def repayment(self, repayment: Repayment) -> Entry:
        """Money received or taken back, and where it went."""
        back = repayment.state == Repayment.State.REVERSAL
        title = _("Repayment reversed: %(amount)s") if back else _("Repayment of %(amount)s")
        tone = STATES.get(repayment.state)
        item = TimelineItem(
            at=repayment.paid_at,
            what=title % {"amount": money(repayment.amount)},
            icon="receipt-refund" if back else "cash",
            why="" if back else allocation(repayment),
            state="" if tone is None else repayment.get_state_display(),
            state_tone=tone or "",
        )
        return Entry("payments", item)

    def desk(self, assignment: Assignment) -> Entry:
        """An assignment by the night."""
        name = assignment.collector.display_name if assignment.collector else ""
        item = TimelineItem(
            at=self._moment(assignment.assigned_on, assignment.assigned_at),
            what=_("Assigned to %(desk)s")
            % {"desk": " · ".join(filter(None, (name, assignment.team.name)))},
            icon="arrows-exchange",
            who=assignment.assigned_by_name,
            why=_("Evenly, by count and then by amount; a borrower's cases together."),
        )
        return Entry("desks", item)


def _told_alone(history: History) -> Iterator[CaseEvent]:
    """The events that no move of the same statement tells as well."""
    told = {(move.at, move.why) for move in history.moves}
    return (
        event for event in history.events if (event.at, TOLD_BY_MOVES.get(event.kind)) not in told
    )


def _untold(assignments: Sequence[Assignment]) -> Iterator[Assignment]:
    """Those of the night: what people move has a reason, and an event that tells it."""
    return (each for each in assignments if not each.reason)


def allocation(repayment: Repayment) -> str:
    """Where a repayment went: "Penalty 45.30, principal 954.70"."""
    parts = (
        (_("penalty"), repayment.applied_penalty),
        (_("fee"), repayment.applied_fee),
        (_("interest"), repayment.applied_interest),
        (_("principal"), repayment.applied_principal),
        (_("overpaid"), repayment.overpaid),
    )
    return _(", ").join(f"{name} {money(amount)}" for name, amount in parts if amount)


STATES: dict[str, Tone] = {
    Repayment.State.SUSPENSE: "warn",
    Repayment.State.INCLUDED: "",
    Repayment.State.REVERSED: "bad",
}
"""Repayments that are not simply posted say so in a badge of this tone."""

"""A month of a demo lender: its first feed, then every night, every repayment, every follow-up."""

import csv
import random
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.utils import timezone
from django.utils.translation import override

from agencies.models import Package
from agencies.placement import accept_package, place_cases
from agencies.recall import recall_cases
from cases.feed.importing import import_file
from cases.models import Case
from collection.desks import Desk
from collection.models import Assignment, Disposition
from collection.notes import write_note
from collection.reassignment import reassign_cases
from collection.worklist import ORDER
from config.demo.book import Book
from config.demo.cast import WORKS_WITH, DemoCompany
from config.demo.clock import move_to, take_statistics
from config.demo.follow_ups import choose, facts_of
from config.demo.office import play_office
from config.night import STEPS
from tenancy.models import Company, Role, TeamMember, User
from tenancy.night import run_night
from tenancy.scope import company_scope

DAYS = 31
# Follow-ups of a collector on a day, of what stands first and of the rest: the last days are told
# in full, those before just enough to have a past.
BUSY_DAYS = 5
BUSY, CALM = (9, 2), (2, 1)
# Nobody sees how lists stood on the days before: tags and ranks keep no history.
UNTOLD_STEPS = [step for step in STEPS if step.name not in ("tags", "rank")]
# The days on which tables are filled from nothing.
DAYS_OF_GROWTH = 2
PLACED_ON = (4, 11, 18, 25)
RECALLED_ON = 27
OFFICE_ON = 28
REMARKS = {
    "zh_CN": (
        "本人接听，称工资推迟到下周发放，已告知罚息按日计算。",
        "电话已接通，家属接听，愿意转告。",
        "本人表示近期失业，希望分期，已说明流程。",
        "约定明天下午再联系，核对还款金额。",
        "对费用有疑问，已解释账单构成。",
    ),
    "en_GB": (
        "Borrower says wages are late until next week; told how the daily penalty adds up.",
        "Somebody else answered and will pass it on.",
        "Lost the job last month; asks for instalments, process explained.",
        "Agreed to speak again tomorrow afternoon about the amount.",
        "Questions about the fee; went through the statement.",
    ),
}

WHY_PLACED = {"zh_CN": "逾期超过 31 天，按合同委外", "en_GB": "More than 31 days past due"}
WHY_SPREAD = {"zh_CN": "新案件包分案", "en_GB": "New package"}
WHY_RECALLED = {"zh_CN": "与委托方直接协商", "en_GB": "The borrower now deals with us directly"}


class Month:
    """Plays the days from `first` on; every step may be done again without effect."""

    def __init__(self, cast: DemoCompany, company: Company, first: date, seed: int) -> None:
        self.cast, self.company, self.first = cast, company, first
        self.last = first + timedelta(days=DAYS)
        self.random = random.Random(f"month:{seed}:{cast.code}")  # noqa: S311 made-up data
        self.book = Book(cast, first, self.last, seed)
        self.agencies = list(Company.objects.filter(code__in=WORKS_WITH[cast.code]))

    def days(self) -> Iterator[date]:
        """Play day by day; yields each date when it is over."""
        for number in range(DAYS + 1):
            day = self.first + timedelta(days=number)
            began = timezone.now()
            self._play(day, number)
            if number < DAYS_OF_GROWTH:
                take_statistics()
            if day < self.last:
                move_to(self._at(day, time(18)), written_since=began)
            yield day

    def _play(self, day: date, number: int) -> None:
        if number == 0:
            self._feed("loans", day, self.book.loans_rows())
            self._feed("contacts", day, self.book.contacts_rows())
        steps = STEPS if self._is_told(day) else UNTOLD_STEPS
        for company in (self.company, *self.agencies):
            for _ in run_night(company=company, steps=steps, until=day):
                pass
        if day == self.last:
            return
        if number > 0:  # what came in on the first day is in the first day's balances already
            rows = (self._repayment_row(repayment) for repayment in self.book.repayments(day))
            self._feed("repayments", day, rows)
        if number in PLACED_ON:
            self._place(day)
        if number == RECALLED_ON:
            self._recall()
        if number == OFFICE_ON:
            play_office(self.company, day, chinese=self.cast.faker == "zh_CN")
        self._work(self.company, day)
        for agency in self.agencies:
            self._work(agency, day)

    def _moment(self) -> time:
        return time(self.random.randint(9, 19), self.random.randint(0, 59))

    def _at(self, day: date, moment: time) -> datetime:
        return datetime.combine(day, moment, self.company.zone)

    @staticmethod
    def _repayment_row(repayment: object) -> Mapping[str, str]:
        values = {
            name: getattr(repayment, name)
            for name in ("repayment_no", "loan_no", "paid_at", "amount")
        }
        return values | {
            "paid_at": values["paid_at"].isoformat(),
            "amount": str(values["amount"]),
        }

    def _feed(self, kind: str, day: date, rows: Iterable[Mapping[str, str]]) -> None:
        with written_csv(rows) as path:
            if path is not None:
                import_file(company=self.company, kind=kind, as_of=day, path=path)

    def _place(self, day: date) -> None:
        """Give what waits beyond the own teams' days to the agencies, a package each."""
        with company_scope(self.company):
            waiting = list(
                Case.objects.filter(
                    closed_on__isnull=True, holder__isnull=True, aged_from__lt=day - timedelta(31)
                )
                .order_by("id")
                .values_list("id", flat=True)[: 500 * len(self.agencies)]
            )
            for number, agency in enumerate(self.agencies):
                place_cases(
                    lender=self.company,
                    agency=agency,
                    case_ids=waiting[number :: len(self.agencies)],
                    reason=WHY_PLACED[self.cast.faker],
                    ends_on=day + timedelta(days=90),
                    by=None,
                )
        for agency in self.agencies:
            self._take_in(agency)

    def _take_in(self, agency: Company) -> None:
        """The agency accepts its packages and spreads their cases over its people."""
        with company_scope(agency):
            lead = User.objects.filter(roles__contains=[Role.COMPANY_ADMIN]).earliest("id")
            for package in Package.objects.filter(accepted_at__isnull=True):
                accept_package(agency=agency, package=package, by=lead)
            desks = [
                Desk(team=member.team, collector=member.user)
                for member in TeamMember.objects.select_related("team", "user")
                if member.user.has_role(Role.COLLECTOR)
            ]
            on_desks = Assignment.objects.filter(ended_at__isnull=True).values("case_id")
            unassigned = list(
                Case.objects.exclude(id__in=on_desks)
                .order_by("borrower_id")
                .values_list("id", flat=True)
            )
            share = -(-len(unassigned) // len(desks))
            for number, desk in enumerate(desks):
                part = unassigned[number * share : (number + 1) * share]
                if part:
                    why = WHY_SPREAD[self.cast.faker]
                    reassign_cases(company=agency, case_ids=part, to=desk, reason=why, by=None)

    def _recall(self) -> None:
        with company_scope(self.company):
            held = Case.objects.filter(holder__isnull=False, closed_on__isnull=True)
            ids = list(held.order_by("id").values_list("id", flat=True)[:40])
            why = WHY_RECALLED[self.cast.faker]
            recall_cases(lender=self.company, case_ids=ids, reason=why, by=None)

    def _work(self, company: Company, day: date) -> None:
        """Every collector follows up on what stands first, and on some other cases in hand."""
        # People write in the language of their company.
        with company_scope(company), override(company.language):
            codes = {each.code: each for each in Disposition.objects.filter(is_active=True)}
            for collector in User.objects.filter(roles__contains=[Role.COLLECTOR]):
                for case in self._chosen(collector, day):
                    self._follow_up(company, case, collector, codes, day)

    def _follow_up(
        self,
        company: Company,
        case: Case,
        collector: User,
        codes: Mapping[str, Disposition],
        day: date,
    ) -> None:
        at, code = self._at(day, self._moment()), choose(codes, self.random)
        write_note(
            company=company,
            case=case,
            by=collector,
            disposition=code.code,
            remark=self.random.choice(REMARKS[self.cast.faker]),
            facts=facts_of(code, case, at, self.cast.faker, self.random),
            at=at,
        )

    def _is_told(self, day: date) -> bool:
        """Whether the day is one of the last, which are played in full."""
        return (self.last - day).days <= BUSY_DAYS

    def _chosen(self, collector: User, day: date) -> list[Case]:
        first, rest = BUSY if self._is_told(day) else CALM
        in_hand = Assignment.objects.filter(collector=collector, ended_at__isnull=True)
        ids = list(in_hand.order_by(*ORDER).values_list("case_id", flat=True))
        others = ids[first:]
        chosen = ids[:first] + self.random.sample(others, min(rest, len(others)))
        return list(Case.objects.filter(pk__in=chosen).order_by("pk"))


@contextmanager
def written_csv(rows: Iterable[Mapping[str, str]]) -> Iterator[Path | None]:
    """A feed file of the rows, gone afterwards; None when there is no row."""
    rows = iter(rows)
    head = next(rows, None)
    if head is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feed.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=list(head))
            writer.writeheader()
            writer.writerow(head)
            writer.writerows(rows)
        yield path

"""A run of the bench from empty databases to the last line, in the order that the book needs.

Feeds fill the book; assignment is measured while nothing is assigned; then the first night opens
the book, and everything else is measured on it: a day's aging, queries, pages, nights, memory. All
sizes stand side by side, so that what compares them can take turns.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median

from config.bench import (
    aging,
    desks,
    feed,
    gate,
    memory,
    nights,
    pages,
    ranks,
    search,
    walls,
)
from config.bench.book import BookFile, write_book
from config.bench.databases import BenchDatabase, Databases
from config.bench.feed import FeedSamples
from config.bench.lenders import Lender, make_company, make_lenders
from config.bench.measure import Line, MemoryLine, Pair, growth_line, line_of_medians, significant
from config.bench.plan import Plan

NIGHTS = 3
"""Ordinary nights that are measured whole."""
AGING_ROUNDS = 3
ORM_ROUNDS = 3
RANK_ROUNDS = 3
LARGE_FILE_LENDER = "BENCHFILE"
BEFORE_THE_FIRST_NIGHT = {"feed_first", "feed_again", "feed_growth", "assign_even"}

Result = Line | MemoryLine
Say = Callable[[str], None]


@dataclass(slots=True)
class Stage:
    """A size: its databases and lenders, and what growth is told from. cases: those open."""

    size: int
    ours: BenchDatabase
    bare: BenchDatabase | None
    lenders: list[Lender]
    books: list[BookFile]
    first_imports: float = 0.0
    nights: list[float] = field(default_factory=list)

    @property
    def cases(self) -> int:
        """Open cases of all lenders on the day of the feed."""
        return sum(book.due for book in self.books)


def run(plan: Plan, say: Say) -> Iterator[Result]:
    """Measure what the plan asks for; yields each result as it comes."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="recoup-bench-")))
        say("databases")
        databases = stack.enter_context(Databases(plan.prefix, keep=plan.keep))
        bench = _Bench(plan, databases, folder, say)
        yield from bench.feeds()
        yield from bench.assignment()
        if plan.names - BEFORE_THE_FIRST_NIGHT:
            bench.open_books()
        yield from bench.aging()
        yield from bench.ranking()
        yield from bench.isolation()
        yield from bench.gate()
        yield from bench.pages()
        yield from bench.whole_nights()
        yield from bench.memory()


class _Bench:
    """The measures of a run, over the stages of all sizes."""

    def __init__(self, plan: Plan, databases: Databases, folder: Path, say: Say) -> None:
        self.plan, self.folder, self.say = plan, folder, say
        self.stages = [self._stage(databases, size) for size in plan.sizes]
        today = self.stages[0].lenders[0].company.local_date()
        # So that every night of the bench lies in the past: a feed of tomorrow is refused.
        self.day = today - timedelta(days=NIGHTS + 2)

    def _stage(self, databases: Databases, size: int) -> Stage:
        self.say(f"{size:,} cases: {self.plan.lenders} lenders and their people")
        ours = databases.make(str(size))
        ours.use()
        lenders = make_lenders(self.plan.lenders, size // self.plan.lenders)
        bare = None
        if self.plan.wants("feed_first"):
            ours.close()
            bare = databases.make(f"bare_{size}", like=ours.name)
        return Stage(size, ours, bare, lenders, [])

    # What fills the book ----------------------------------------------------------------------

    def feeds(self) -> Iterator[Result]:
        """Import every lender's book, the sizes in turns."""
        samples = {stage.size: FeedSamples() for stage in self.stages}
        for place in range(self.plan.lenders):
            for stage in self.stages:
                self._feed(stage, place, samples[stage.size])
        for stage in self.stages:
            stage.ours.tidy()
            for name in ("feed_first", "feed_again"):
                pair = getattr(samples[stage.size], name.removeprefix("feed_"))
                if self.plan.wants(name):
                    yield line_of_medians(name, stage.cases, pair)
        yield from self._growth("feed_growth", [stage.first_imports for stage in self.stages])

    def _feed(self, stage: Stage, place: int, samples: FeedSamples) -> None:
        company = stage.lenders[place].company
        path = self.folder / f"{stage.size}-{company.code}.csv"
        due = stage.size // self.plan.lenders
        book = write_book(path, as_of=self.day, due=due, seed=f"{stage.size}:{company.code}")
        stage.books.append(book)
        stage.ours.use()
        first = feed.import_new(company, path, self.day)
        stage.first_imports += first
        if stage.bare is not None:
            samples.first.add(first, feed.copy_seconds(company, path, stage.ours, stage.bare))
        if self.plan.wants("feed_again"):
            stage.ours.use()
            samples.again.add(feed.import_again(company, path, self.day), first)
        path.unlink()
        self.say(f"{stage.size:,} cases: {company.code} imported in {first:.1f} s")

    def assignment(self) -> Iterator[Result]:
        """Assign everything, lender by lender, and take it back."""
        if not self.plan.wants("assign_even"):
            return
        for stage in self.stages:
            stage.ours.use()
            pair = Pair()
            for lender, book in zip(stage.lenders, stage.books, strict=True):
                desks.measure(
                    company=lender.company,
                    on=self.day,
                    due=book.due,
                    folder=self.folder,
                    pair=pair,
                )
            stage.ours.tidy()
            yield line_of_medians("assign_even", stage.cases, pair)

    def open_books(self) -> None:
        """Run the night of the feed's day for good: every case gets its desk."""
        for stage in self.stages:
            self.say(f"{stage.size:,} cases: the first night")
            stage.ours.use()
            nights.night_seconds(stage.lenders, self.day)
            stage.ours.tidy()

    # What is measured on it -------------------------------------------------------------------

    def aging(self) -> Iterator[Result]:
        """A day's aging against bare statements and against objects."""
        on = self.day + timedelta(days=1)
        for stage in self.stages:
            stage.ours.use()
            companies = [lender.company for lender in stage.lenders]
            if self.plan.wants("night_aging_sql"):
                self.say(f"{stage.size:,} cases: aging against bare SQL")
                pair, moves = aging.measure_sql(
                    companies=companies, on=on, rounds=AGING_ROUNDS, folder=self.folder
                )
                yield line_of_medians("night_aging_sql", stage.cases, pair, moves=moves)
            if self.plan.wants("night_aging_orm"):
                self.say(f"{stage.size:,} cases: aging against the ORM")
                every, moving = aging.measure_orm(company=companies[0], on=on, rounds=ORM_ROUNDS)
                ratio = median(moving.ours) / median(moving.baseline)
                yield line_of_medians(
                    "night_aging_orm",
                    stage.cases,
                    every,
                    cases_of_lender=stage.books[0].due,
                    ratio_if_only_moving=significant(ratio),
                )
            stage.ours.tidy()

    def ranking(self) -> Iterator[Result]:
        """Every case ranked anew against the bare statement."""
        if not self.plan.wants("rank_night"):
            return
        for stage in self.stages:
            stage.ours.use()
            self.say(f"{stage.size:,} cases: ranking against bare SQL")
            pair = ranks.measure(
                companies=[lender.company for lender in stage.lenders],
                on=self.day + timedelta(days=1),
                rounds=RANK_ROUNDS,
                folder=self.folder,
            )
            yield line_of_medians("rank_night", stage.cases, pair)
            stage.ours.tidy()

    def isolation(self) -> Iterator[Result]:
        """Queries with and without the walls."""
        if not self.plan.wants("isolation_worklist", "isolation_count"):
            return
        for stage in self.stages:
            stage.ours.use()
            lender = stage.lenders[0]
            for name, statements in walls.statements_of(lender).items():
                if self.plan.wants(name):
                    pairs = {
                        query: walls.measure(lender, statement)
                        for query, statement in statements.items()
                    }
                    yield walls.isolation_line(name, stage.cases, pairs)

    def gate(self) -> Iterator[Result]:
        """Decisions of the contact gate."""
        if not self.plan.wants("gate"):
            return
        for stage in self.stages:
            stage.ours.use()
            self.say(f"{stage.size:,} cases: the contact gate")
            yield gate.gate_line(stage.cases, gate.measure(stage.lenders[0]))

    def pages(self) -> Iterator[Result]:
        """Server time of pages."""
        if not self.plan.wants("page_worklist", "page_case", "search", "page_worklist_growth"):
            return
        requests = self.plan.requests
        with pages.site() as served:
            for stage in self.stages:
                stage.ours.use()
                lender = stage.lenders[0]
                if self.plan.wants("page_worklist"):
                    self.say(f"{stage.size:,} cases: the worklist")
                    found = pages.measure_worklist(lender, served, requests)
                    yield pages.page_line("page_worklist", stage.cases, found)
                if self.plan.wants("page_case"):
                    self.say(f"{stage.size:,} cases: case pages")
                    case = pages.measure_case(lender, served, requests)
                    yield pages.page_line("page_case", stage.cases, [case])
                if self.plan.wants("search"):
                    self.say(f"{stage.size:,} cases: search")
                    kinds = search.measure(lender, served, requests)
                    yield pages.page_line("search", stage.cases, kinds)
            if self.plan.wants_growth("page_worklist_growth"):
                small, large = self.stages[0], self.stages[-1]
                ends = ((small.ours, small.lenders[0]), (large.ours, large.lenders[0]))
                found = pages.measure_growth(ends, served, requests)
                line = pages.page_line("page_worklist_growth", large.cases, found)
                line.more["against_cases"] = small.cases
                yield line

    def whole_nights(self) -> Iterator[Result]:
        """Ordinary nights for good, the sizes in turns."""
        if not self.plan.wants_growth("night_growth"):
            return
        for number in range(1, NIGHTS + 1):
            for stage in self.stages:
                stage.ours.use()
                seconds = nights.night_seconds(stage.lenders, self.day + timedelta(days=number))
                stage.nights.append(seconds)
                self.say(f"{stage.size:,} cases: night {number} in {seconds:.1f} s")
        yield from self._growth("night_growth", [median(stage.nights) for stage in self.stages])

    def memory(self) -> Iterator[Result]:
        """Peak memory of the commands, at the largest size."""
        stage = self.stages[-1]
        stage.ours.use()
        last = self.day + timedelta(days=NIGHTS + 1)
        if self.plan.wants("night_memory"):
            self.say(f"{stage.size:,} cases: manage.py nightly")
            yield memory.night_memory(database=stage.ours.name, day=last, cases=stage.cases)
        if self.plan.wants("import_memory"):
            self.say(f"{stage.size:,} cases: manage.py import_feed, one file")
            lender = make_company(LARGE_FILE_LENDER)
            path = self.folder / "large.csv"
            book = write_book(path, as_of=last, due=stage.size, seed=f"{stage.size}:large")
            yield memory.import_memory(
                database=stage.ours.name, code=lender.code, path=path, as_of=last, rows=book.loans
            )

    def _growth(self, name: str, seconds: list[float]) -> Iterator[Result]:
        if self.plan.wants_growth(name):
            sizes = (self.stages[0].cases, self.stages[-1].cases)
            yield growth_line(name, sizes, (seconds[0], seconds[-1]))

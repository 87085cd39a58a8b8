"""Imports killed at random moments: run again, they end where an undisturbed one ends.

Real processes on a real database. Two lenders send the same files; one import is killed again and
again, while it reads and while it writes, and in the end every table of both is the same.
"""

import json
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from cases.feed.importing import apply_run, import_file
from cases.feed.runs import SILENCE
from cases.models import ImportRun, Loan, StagedLoan
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.feed.files import BASES, Feeding, table, written
from tests.night.processes import finished, start
from tests.night.snapshot import differing, snapshot

pytestmark = pytest.mark.django_db(transaction=True)
LOANS = 1200
AT_ONCE = 100
FIRST, SECOND = "2026-03-05", "2026-03-06"


def files(folder: Path) -> Iterator[tuple[str, str, Path]]:
    """A week of a lender's feed: kind, date and file."""
    chance = random.Random(11)

    def loan(n: int, **changes: str) -> dict[str, str]:
        return {
            "loan_no": f"L{n:05}",
            "borrower_no": f"B{n * 7 // 9:05}",
            "phone": f"138{n % 97:04}{n:04}",
            "due_date": f"2026-0{1 + n % 4}-{1 + n % 28:02}",
            "principal": f"{100 + n % 83}.{n % 100:02}",
            **changes,
        }

    numbers = range(LOANS)
    changed = [
        loan(n, due_date=f"2026-0{2 + n % 3}-11", product="car", interest=str(n % 5))
        for n in numbers
        if n % 3
    ]
    money = [
        {
            "repayment_no": f"R{n:05}",
            "loan_no": f"L{n * 11 % (LOANS + 50):05}",
            "paid_at": f"2026-03-0{5 + n % 3} 12:00:00+03:00",
            "amount": f"{chance.randint(10, 200)}.50",
        }
        for n in numbers
    ]
    back = [{**row, "repayment_no": f"X{n}", "reverses": row["repayment_no"]}
            for n, row in enumerate(money) if n % 13 == 0]  # fmt: skip
    plans = [
        {"loan_no": f"L{n:05}", "seq": str(seq), "due_date": f"2026-0{seq}-15", "principal": "40"}
        for seq in (1, 2, 3, 4)
        for n in range(0, LOANS, 4)
    ]
    people = [
        {"borrower_no": f"B{n:05}", "phone": f"139{n:08}", "relation": ("friend", "self")[n % 2]}
        for n in range(LOANS * 7 // 9)
    ]
    chance.shuffle(plans)
    for name, kind, as_of, rows in (
        ("1", "loans", FIRST, [loan(n) for n in numbers]),
        ("2", "instalments", FIRST, plans),
        ("3", "contacts", FIRST, people),
        ("4", "repayments", SECOND, [*back, *money]),
        ("5", "loans", SECOND, changed),
    ):
        yield kind, as_of, written(folder, table(*rows, base=BASES[kind]), f"{name}.csv")


def importing(company: Company, kind: str, as_of: str, path: Path) -> "subprocess.Popen[str]":
    return start(
        "import_feed", "--company", company.code, "--kind", kind, "--as-of", as_of, str(path),
        "--json", "--rows-at-once", str(AT_ONCE),
    )  # fmt: skip


def newest(company: Company) -> ImportRun | None:
    with company_scope(company):
        return ImportRun.objects.order_by("pk").last()


def killed_when(
    company: Company, process: "subprocess.Popen[str]", ripe: Callable[[ImportRun], bool]
) -> str:
    """Kill a process as soon as its run is ripe for it; the state in which that left the run."""
    while process.poll() is None:
        run = newest(company)
        if run is not None and not run.is_over and ripe(run):
            break
        time.sleep(0.002)
    time.sleep(random.Random(process.pid).uniform(0, 0.03))
    process.kill()
    process.communicate()
    run = newest(company)
    return run.state if run else ""


def begun_after(known: ImportRun | None, position: int) -> Callable[[ImportRun], bool]:
    """Whether a run is a new one, and has come beyond a position."""
    last = known.pk if known else 0
    return lambda run: run.pk > last and run.position >= position


def test_kills_at_random_moments_leave_no_trace(
    lender: Company, other_lender: Company, tmp_path: Path
) -> None:
    chance = random.Random(20260305)
    left: list[str] = []
    for kind, as_of, path in files(tmp_path):
        import_file(
            company=other_lender,
            kind=kind,
            as_of=date.fromisoformat(as_of),
            path=path,
            rows_at_once=AT_ONCE,
        )
        before = newest(lender)
        for position in (0, chance.randrange(1, LOANS, AT_ONCE)):
            process = importing(lender, kind, as_of, path)
            left.append(killed_when(lender, process, begun_after(before, position)))
        told = json.loads(finished(importing(lender, kind, as_of, path)))
        assert told["state"] == "done"
    assert {"reading", "applying"} <= set(left), left
    assert differing(snapshot(lender), snapshot(other_lender)) == []
    with company_scope(lender):
        assert not StagedLoan.objects.exists()


def test_a_killed_run_is_taken_up_where_it_stood(lender: Company, tmp_path: Path) -> None:
    kind, as_of, path = next(files(tmp_path))
    process = importing(lender, kind, as_of, path)
    killed_when(lender, process, lambda run: run.position > LOANS // 3)
    run = newest(lender)
    assert run is not None
    assert (run.state, 0 < run.position < LOANS) == (ImportRun.State.APPLYING, True)
    told = json.loads(finished(importing(lender, kind, as_of, path)))
    assert (told["run"], told["new"], told["state"]) == (str(run.uid), LOANS, "done")


def test_another_import_goes_on_after_a_killed_one(lender: Company, tmp_path: Path) -> None:
    feeding = Feeding(lender, tmp_path)
    kind, as_of, path = next(files(tmp_path))
    process = importing(lender, kind, as_of, path)
    killed_when(lender, process, lambda run: run.position > 0)
    killed = newest(lender)
    assert killed is not None
    with company_scope(lender):
        # Later than the killed run can be thought alive.
        assert killed.moved_at is not None
        ImportRun.objects.filter(pk=killed.pk).update(moved_at=killed.moved_at - SILENCE)
    other = feeding.send("loans", SECOND, {"loan_no": "L00900", "borrower_no": "B00700"})
    assert other.state == ImportRun.State.DONE
    again = apply_run(company=lender, run_id=killed.pk)
    assert again.state == ImportRun.State.DONE
    with company_scope(lender):
        assert Loan.objects.count() == LOANS
        # The killed run was judged again: the row of the later file stands.
        assert str(Loan.objects.get(loan_no="L00900").as_of) == SECOND
        assert feeding.rejects(again) == [(902, "loan_no", "older_row")]


def test_two_processes_with_the_same_file_do_it_once(lender: Company, tmp_path: Path) -> None:
    kind, as_of, path = next(files(tmp_path))
    first = importing(lender, kind, as_of, path)
    while (run := newest(lender)) is None or run.state != ImportRun.State.APPLYING:
        assert first.poll() is None, first.communicate()
        time.sleep(0.01)
    second = importing(lender, kind, as_of, path)
    told = [json.loads(finished(process)) for process in (first, second)]
    assert [one["state"] for one in told] == ["done", "done"]
    with company_scope(lender):
        assert Loan.objects.count() == LOANS

"""Bucket schemes: versions and dates, what a change moves, and the screen that shows it first."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cases.aging import settle_cases
from cases.bucket_scheme import PRESETS, Band
from cases.ladder import NoScheme, next_scheme_from, scheme_on
from cases.models import BucketScheme, Case
from cases.schemes import BadScheme, preview_scheme, set_scheme
from tenancy.models import AuditEntry, Company, NightStep, User
from tenancy.scope import company_scope
from tests.aging.book import case_of, day, label, loan, moves

TODAY = day("2026-03-20")
SignIn = Callable[[Company, str], Client]


def open_date(company: Company, on: str) -> None:
    NightStep.objects.create(
        company=company, business_date=day(on), step="age", done_at="2026-01-01T00:00Z"
    )
    settle_cases(company=company, on=day(on))


@pytest.fixture
def book(lender: Company, agency: Company) -> Iterator[Company]:
    """Cases of 0, 1, 10, 11, 31 and 91 days on TODAY."""
    with company_scope(lender):
        for dpd in (0, 1, 10, 11, 31, 91):
            loan(
                lender, (TODAY - timedelta(days=dpd)).isoformat(), as_of="2025-11-01",
                no=f"D{dpd}",
            )  # fmt: skip
        open_date(lender, "2026-03-20")
        yield lender


def buckets() -> dict[str, str | None]:
    return {case.loan_no: label(case) for case in Case.objects.select_related("bucket")}


def three_stage(company: Company, valid_from: str | None) -> BucketScheme:
    return set_scheme(
        company=company, bands=PRESETS["three_stage"], name="Three",
        valid_from=day(valid_from) if valid_from else None, by=None,
    )  # fmt: skip


def test_a_scheme_from_today_moves_every_case_at_once(book: Company) -> None:
    three_stage(book, "2026-03-20")
    assert buckets() == {
        "D0": None, "D1": "M1", "D10": "M1", "D11": "M1", "D31": "M2", "D91": "M3+",
    }  # fmt: skip
    case = Case.objects.get(loan_no="D1")
    assert moves(case)[-1] == ("2026-03-20", 1, "S1", "M1", "scheme")
    # The same label in another version is no move.
    assert [why for *_, why in moves(Case.objects.get(loan_no="D31"))] == ["entry"]
    assert case.next_bucket_on == TODAY + timedelta(days=30)


def test_a_planned_scheme_takes_over_in_the_night_of_its_date(book: Company) -> None:
    three_stage(book, "2026-03-22")
    assert buckets()["D1"] == "S1"
    late = loan(book, "2026-03-18", as_of="2026-03-20")
    settle_cases(company=book, on=TODAY, loan_ids=[late.pk])
    open_date(book, "2026-03-21")
    assert label(case_of(late)) == "S1"
    open_date(book, "2026-03-22")
    assert label(case_of(late)) == "M1"
    assert buckets() == {
        "D0": "M1", "D1": "M1", "D10": "M1", "D11": "M1", "D31": "M2", "D91": "M3+",
        late.loan_no: "M1",
    }  # fmt: skip
    assert scheme_on(company=book, on=day("2026-03-21")).name == "Small loans"
    assert scheme_on(company=book, on=day("2026-03-22")).name == "Three"


def test_a_new_plan_gives_up_the_older_ones(book: Company) -> None:
    three_stage(book, "2026-04-10")
    set_scheme(
        company=book, bands=PRESETS["platform"], name="Platform", valid_from=day("2026-04-01"),
        by=None,
    )  # fmt: skip
    assert next_scheme_from(company=book, after=TODAY) == day("2026-04-01")
    for on in ("2026-04-01", "2026-04-10", "2026-12-31"):
        assert scheme_on(company=book, on=day(on)).name == "Platform"
    assert next_scheme_from(company=book, after=day("2026-04-01")) is None
    given_up = BucketScheme.objects.get(name="Three")
    assert given_up.valid_from == given_up.valid_to


def test_dates_that_would_change_the_past_are_refused(book: Company) -> None:
    for valid_from, code in (("2026-03-19", "past_date"), (None, "already_aged")):
        with pytest.raises(BadScheme) as refused:
            three_stage(book, valid_from)
        assert [fault.code for fault in refused.value.faults] == [code]
    assert BucketScheme.objects.count() == 1


def test_bands_that_cannot_be_used_are_refused(book: Company) -> None:
    bands = [Band("A", 0, 10), Band("A", 12, None)]
    with pytest.raises(BadScheme) as refused:
        set_scheme(company=book, bands=bands, name="Bad", valid_from=TODAY, by=None)
    assert {fault.code for fault in refused.value.faults} == {"duplicate_label", "gap"}


def test_a_new_lender_may_begin_with_another_scheme(lender: Company) -> None:
    with company_scope(lender):
        three_stage(lender, None)
        assert scheme_on(company=lender, on=day("2000-01-01")).name == "Three"
        BucketScheme.objects.filter(name="Three").update(valid_from=day("2026-01-01"))
        BucketScheme.objects.exclude(name="Three").update(valid_from=day("2026-01-01"))
        with pytest.raises(NoScheme):
            scheme_on(company=lender, on=day("2025-12-31"))


def test_the_preview_counts_what_would_move_and_moves_nothing(book: Company) -> None:
    preview = preview_scheme(company=book, bands=PRESETS["three_stage"], valid_from=TODAY)
    assert preview.before == (
        ("M0", 1), ("S1", 2), ("S2", 1), ("S3", 0), ("M2", 1), ("M3", 0), ("M3+", 1),
    )  # fmt: skip
    assert preview.after == ((None, 1), ("M1", 3), ("M2", 1), ("M3", 0), ("M3+", 1))
    assert preview.moved == (("M0", None, 1), ("S1", "M1", 2), ("S2", "M1", 1))
    assert preview.moving == 4
    assert buckets()["D1"] == "S1"
    three_stage(book, "2026-03-20")
    after = preview_scheme(company=book, bands=PRESETS["three_stage"], valid_from=TODAY)
    assert (after.before, after.moving) == (preview.after, 0)


def posted(bands: list[tuple[str, str, str, str]], **more: str) -> dict[str, str]:
    fields = {
        "name": "Mine", "valid_from": "2026-03-20", "form-TOTAL_FORMS": str(len(bands)),
        "form-INITIAL_FORMS": "0",
    }  # fmt: skip
    for number, values in enumerate(bands):
        for name, value in zip(("label", "lower", "upper", "parent"), values, strict=True):
            fields[f"form-{number}-{name}"] = value
    return fields | more


LADDER = [("M1", "1", "30", ""), ("", "", "", ""), ("M2", "31", "", "")]


def test_the_screen_shows_the_effect_before_it_sets_a_scheme(
    book: Company, signed_in: SignIn
) -> None:
    browser = signed_in(book, "admin")
    url = reverse("cases:buckets-change")
    assert "Three stages" in browser.get(url).content.decode()
    assert 'value="S1"' in browser.get(url).content.decode()
    assert 'value="S1"' not in browser.get(url + "?preset=three_stage").content.decode()

    unseen = browser.post(url, posted(LADDER, act="set"))
    assert "4 of 6 open cases would change their bucket" not in unseen.content.decode()
    assert "5 of 6 open cases would change their bucket" in unseen.content.decode()
    with company_scope(book):
        assert BucketScheme.objects.count() == 1
    mark = unseen.context["mark"]
    other = browser.post(url, posted([*LADDER[:2], ("M9", "31", "", "")], act="set", seen=mark))
    assert other.status_code == 200
    done = browser.post(url, posted(LADDER, act="set", seen=mark))
    assert (done.status_code, done["Location"]) == (302, reverse("cases:buckets"))
    with company_scope(book):
        assert buckets()["D1"] == "M1"
        scheme = BucketScheme.objects.latest("version")
        assert (scheme.name, scheme.created_by_name) == ("Mine", "Ada Admin")
        assert AuditEntry.objects.filter(verb="set_scheme", actor_name="Ada Admin").count() == 1
    shown = browser.get(reverse("cases:buckets")).content.decode()
    assert "version 2" in shown
    assert "Small loans" in shown


@pytest.mark.parametrize(
    ("bands", "more", "words"),
    [
        ([("A", "0", "9", ""), ("B", "11", "", "")], {}, "Day 10 belongs to no bucket."),
        ([("A", "0", "", "")], {"valid_from": "2026-03-19"}, "cannot begin before the business"),
        ([("A", "", "9", "")], {}, "On which day does it begin?"),
        ([], {}, "at least one bucket"),
        ([("A", "x", "", "")], {}, "whole number"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    book: Company, signed_in: SignIn, bands: list[tuple[str, str, str, str]],
    more: dict[str, str], words: str,
) -> None:  # fmt: skip
    answer = signed_in(book, "admin").post(
        reverse("cases:buckets-change"), posted(bands, act="look", **more)
    )
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="Mine"' in answer.content.decode()


def test_who_may_look_and_who_may_change(book: Company, agency: Company, signed_in: SignIn) -> None:
    page, change = reverse("cases:buckets"), reverse("cases:buckets-change")
    auditor = signed_in(book, "auditor")
    assert (auditor.get(page).status_code, auditor.get(change).status_code) == (200, 403)
    assert change not in auditor.get(page).content.decode()
    for browser in (signed_in(book, "collector"), signed_in(agency, "admin")):
        assert browser.get(page).status_code == 403
        assert browser.post(change, posted(LADDER, act="set")).status_code == 403


def test_both_pages_in_chinese(book: Company, signed_in: SignIn) -> None:
    User.objects.filter(username="admin").update(language="zh-hans")
    browser = signed_in(book, "admin")
    assert "账龄方案" in browser.get(reverse("cases:buckets")).content.decode()
    answer = browser.post(reverse("cases:buckets-change"), posted(LADDER, act="look"))
    assert "账龄方案" in answer.content.decode()

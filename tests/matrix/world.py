"""Furnishing the world through the verbs that people use: two lenders, each with its agency.

Built once a worker in a database of its own and committed; tests work in transactions that are
rolled back. Both sides are furnished alike, so that an id of one has its like on the other.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import Client

from agencies.models import Package
from agencies.placement import accept_package, place_cases
from agencies.recall import recall_cases
from cases.bucket_scheme import PRESETS
from cases.feed.importing import import_file
from cases.holds import open_hold
from cases.models import Case, ContactPoint, Repayment
from cases.schemes import set_scheme
from collection.desks import Desk
from collection.dispositions import start_dispositions
from collection.notes import open_remarks, write_note
from collection.reassignment import reassign_cases
from config.night import STEPS
from tenancy.models import ApiToken, Company, IdempotencyKey, Job, Team, TotpDevice, User
from tenancy.night import run_night
from tenancy.scope import company_scope
from tenancy.second_factor import new_secret
from tenancy.teams import create_team
from tenancy.tokens import issue_token, revoke_token
from tests.matrix import feeds
from tests.matrix.furnish_board import furnish_board
from tests.matrix.furnish_gate import furnish_gate
from tests.matrix.furnish_holds import furnish_holds
from tests.matrix.furnish_notes import furnish_notes
from tests.matrix.furnish_promises import furnish_promises
from tests.matrix.furnish_queue import furnish_queue
from tests.matrix.furnish_tags import furnish_tags
from tests.matrix.sides import MARKS, PARTNERS, Side, World
from tests.seed import PASSWORD, PEOPLE

LENT_PEOPLE = ("admin", "collector", "collector3")
"""Whose names the partner reads: they place, accept, write shared notes, work lent cases."""


def build() -> World:
    """Furnish the seeded database that the connections point at; commits."""
    sides = {code: Side(Company.objects.get(code=code)) for code in MARKS}
    for side in sides.values():
        _rename(side)
        for _step in run_night(company=side.company, steps=STEPS, until=side.company.local_date()):
            pass
        _settings(side)
    with TemporaryDirectory() as folder:
        for code, other in PARTNERS.items():
            if sides[code].kind == "lender":
                _book(sides[code], Path(folder))
                _outsourcing(sides[code], sides[other])
                _tell_partners(sides[code], sides[other])
    furnish_holds(sides)
    furnish_promises(sides)
    furnish_board(sides)
    furnish_gate(sides)
    furnish_tags(sides)
    furnish_notes(sides)
    furnish_queue(sides)
    for side in sides.values():
        _sign_in(side)
        _second_factor(side)
    return World(sides)


def _person(side: Side, username: str) -> User:
    return User.objects.select_related("company__settings").get(username=username)


def _rename(side: Side) -> None:
    """Give people and teams names that carry a mark."""
    with company_scope(side.company):
        for lent in (True, False):
            people = User.objects.filter(username__in=LENT_PEOPLE)
            if not lent:
                people = User.objects.exclude(username__in=LENT_PEOPLE)
            mark = side.marks.lent if lent else side.marks.private
            people.update(display_name=Concat(F("display_name"), Value(f" {mark}")))
        Team.objects.update(name=Concat(F("name"), Value(f" {side.marks.lent}")))
        start_dispositions(company_id=side.company.pk)


def _settings(side: Side) -> None:
    """A spare team, tokens, a task, an answer that is kept."""
    company, word = side.company, side.marks.private
    with company_scope(company):
        boss = _person(side, "admin")
        create_team(company=company, name=f"Team Spare {word}", by=boss)
        for name in ("feed", "other", "revoked"):
            token, text = issue_token(
                company=company, name=f"{word} {name}", scopes=["feed"], by=boss
            )
            side.ids[f"token_{name}"], side.tokens[name] = str(token.uid), text
        revoke_token(company=company, token=token, by=boss)
        # Issued for something that no address of the API asks for.
        ApiToken.objects.filter(name=f"{word} other").update(scopes=["other"])
        IdempotencyKey.objects.create(
            token=token, key=word, request_hash=b"0" * 32, status=200, body={"word": word}
        )
        Job.objects.create(
            kind="proof", title=f"{word} task", requested_by_id=boss.pk, args={"word": word}
        )
        for team in Team.objects.all():
            name = team.name.split()[1].lower()
            side.ids["team" if name == "one" else f"team_{name}"] = str(team.uid)
        for username in PEOPLE:
            side.ids[f"person_{username}"] = str(User.objects.get(username=username).uid)
    side.hidden |= set(side.ids)


def _book(side: Side, folder: Path) -> None:
    """The lender's feed, and what its own people do with the cases it opens."""
    company, today = side.company, side.company.local_date()
    made = feeds.of(side.marks, today)
    side.numbers, side.lent_numbers = set(made.numbers), set(made.lent_numbers)
    for turn in made.turns:
        path = folder / f"{company.code}-{turn.name}.csv"
        path.write_text(turn.text, encoding="utf-8")
        run = import_file(
            company=company, kind=turn.kind, as_of=turn.as_of, path=path, dry_run=turn.dry_run
        )
        assert run.state == ("judged" if turn.dry_run else "done"), (turn, run.refusal_code)
        side.ids[f"run_{turn.name}"] = str(run.uid)
    with company_scope(company):
        for case in Case.objects.all():
            name = case.loan_no.rpartition("-")[2].lower()
            side.ids["case" if name == "own" else f"case_{name}"] = str(case.uid)
            point = ContactPoint.objects.filter(borrower=case.borrower_id).first()
            if point is not None:
                side.ids["point" if name == "own" else f"point_{name}"] = str(point.uid)
        scheme = set_scheme(
            company=company,
            bands=PRESETS["three_stage"],
            name=f"{side.marks.private} stages",
            valid_from=today + timedelta(days=1),
            by=_person(side, "admin"),
        )
        scheme.refresh_from_db()
        waits = Repayment.objects.get(state=Repayment.State.SUSPENSE)
        side.ids["repayment_waiting"] = str(waits.uid)
        side.ids["scheme"] = str(scheme.uid)
        _desks(side)
        _note(side, "case", "collector", f"{side.marks.private} said so.")
        _note(side, "case", "collector", "", disposition="no_answer")
        open_hold(
            company=company,
            case=_case(side, "case_held"),
            kind="dispute",
            starts_on=today,
            ends_on=None,
            reason=f"{side.marks.private} disputes",
            by=_person(side, "admin"),
        )
    side.hidden |= {
        name for name in side.ids if not name.endswith(("_lent", "_lent2", "_lentfree", "_fresh"))
    }


def _desks(side: Side) -> None:
    """Put cases on desks by hand: one of each team, one with a team and nobody in it."""
    for name, team, username in (
        ("case", "team", "collector"),
        ("case_sibling", "team", "collector"),
        ("case_held", "team", "collector"),
        ("case_two", "team_two", "collector3"),
        ("case_waiting", "team", ""),
    ):
        _move(side, name, team, username)


def _move(side: Side, name: str, team: str, username: str) -> None:
    person = User.objects.get(username=username) if username else None
    desk = Desk(Team.objects.get(uid=side.ids[team]), person)
    case = _case(side, name)
    moved = reassign_cases(
        company=side.company, case_ids=[case.pk], to=desk, reason="Proof", by=_person(side, "admin")
    )
    assert moved.moved == (case.pk,), moved.refusals


def _case(side: Side, name: str) -> Case:
    return Case.objects.get(uid=side.ids[name])


def _note(
    side: Side,
    name: str,
    username: str,
    remark: str,
    *,
    disposition: str = "hung_up",
    shared: bool = False,
) -> None:
    write_note(
        company=side.company,
        case=_case(side, name),
        by=_person(side, username),
        disposition=disposition,
        remark=remark,
        shared=shared,
    )


def _place(lender: Side, agency: Company, names: Sequence[str], package: str) -> None:
    with company_scope(lender.company):
        placed = place_cases(
            lender=lender.company,
            agency=agency,
            case_ids=[_case(lender, name).pk for name in names],
            reason=f"{lender.marks.lent} places",
            ends_on=None,
            by=_person(lender, "admin"),
        )
        assert placed.package is not None
        assert not placed.refusals
        made = Package.objects.get(pk=placed.package.pk)
    lender.ids[package] = str(made.uid)


def _recall(lender: Side, name: str) -> None:
    with company_scope(lender.company):
        recall_cases(
            lender=lender.company,
            case_ids=[_case(lender, name).pk],
            reason=f"{lender.marks.lent} recalls",
            by=_person(lender, "admin"),
        )


def _outsourcing(lender: Side, agency: Side) -> None:
    """A package that is worked, one that waits, one that is over, one with a third company."""
    _place(lender, agency.company, ["case_recalled"], "package_over")
    agency.ids["case_recalled"] = lender.ids["case_recalled"]
    with company_scope(agency.company):
        _move(agency, "case_recalled", "team", "collector")
        _note(agency, "case_recalled", "collector", f"{agency.marks.lent} before.")
    _recall(lender, "case_recalled")
    gone = agency.ids.pop("case_recalled")
    with company_scope(lender.company):
        agency.ids["gone_loan"] = Case.objects.get(uid=gone).loan_no
    _place(lender, agency.company, ["case_lent", "case_lent2", "case_lentfree"], "package")
    _place(lender, agency.company, ["case_fresh"], "package_fresh")
    _place(lender, Company.objects.get(code="CLEAR"), ["case_elsewhere"], "package_elsewhere")
    lender.hidden.add("package_elsewhere")
    for theirs, ours in (
        ("case_lent", "case"),
        ("case_lent2", "case_two"),
        ("case_lentfree", "case_free"),
        ("case_fresh", "case_fresh"),
        ("point_lent", "point"),
        ("point_lent2", "point_two"),
        ("package", "package"),
        ("package_fresh", "package_fresh"),
        ("package_over", "package_over"),
    ):
        agency.ids[ours] = lender.ids[theirs]
    with company_scope(lender.company):
        _note(lender, "case_lent", "admin", f"{lender.marks.lent} for both.", shared=True)
        _note(lender, "case_lent", "admin", f"{lender.marks.private} for us.")
    with company_scope(agency.company):
        boss = _person(agency, "admin")
        accept_package(
            agency=agency.company, package=Package.objects.get(uid=agency.ids["package"]), by=boss
        )
        _move(agency, "case", "team", "collector")
        _move(agency, "case_two", "team_two", "collector3")
        _note(agency, "case", "collector", f"{agency.marks.lent} called.")
    with company_scope(lender.company):
        gone_id = Case.objects.get(uid=gone).pk
    with company_scope(agency.company):
        open_remarks(
            company=agency.company,
            case_id=gone_id,
            reason=f"{agency.marks.private} looks",
            by=_person(agency, "auditor"),
        )


def _tell_partners(lender: Side, agency: Side) -> None:
    """What filters and forms call the partner: an agency by its code, a lender by its number."""
    for side in (lender, agency):
        side.ids |= {
            "code": side.code,
            "agency": agency.code,
            "lender": str(lender.company.pk),
            "today": lender.company.local_date().isoformat(),
            "loanno": f"{lender.marks.private}-OWN",
        }


def _sign_in(side: Side) -> None:
    for username in PEOPLE:
        client = Client()
        answer = client.post(
            "/sign-in/", {"login": f"{username}@{side.code}", "password": PASSWORD}
        )
        assert answer.status_code == 302, answer.content
        side.sessions[username] = client.cookies["sessionid"].value


def _second_factor(side: Side) -> None:
    """After signing in, so that the sessions above needed no code."""
    with company_scope(side.company):
        TotpDevice.objects.create(
            user=_person(side, "collector2"), name="app", sealed_key=new_secret()
        )

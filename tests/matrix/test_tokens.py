"""From each cell of the API: no token, a wrong one, one that is over, or another company's."""

import pytest

from cases.models import Loan, Repayment
from tenancy.scope import company_scope
from tests.matrix.attempts import (
    Answer,
    Sent,
    call,
    client_of,
    leaks,
    nothing_changed,
    others_unchanged,
    sent_by,
    undone,
)
from tests.matrix.cell import Cell
from tests.matrix.generated import TOKENS, credentials, each
from tests.matrix.sides import Side, World

pytestmark = pytest.mark.django_db

PROBLEM = "application/problem+json"
SEND = next(cell for cell in TOKENS if cell.route == "feeds:send")


def called(cell: Cell, sent: Sent, token: str) -> Answer:
    headers = {"Authorization": f"Bearer {token}"} if token else None
    return call(client_of(None), cell, sent, headers=headers)


def refused(world: World, answer: Answer, status: int) -> bool:
    """The status, as problem details, and no row but the token's last use."""
    return (
        answer.status == status
        and PROBLEM in answer.text
        and (nothing_changed(world, answer) or answer.wrote == {"tenancy_apitoken"})
    )


@each(TOKENS)
def test_without_a_valid_token(world: World, cell: Cell, kind: str) -> None:
    side = world.of_kind(kind)
    own, sent = side.tokens[cell.token], sent_by(cell, side)
    secret = own.rpartition("_")[2]
    for token in (
        "",
        side.tokens["revoked"],
        f"rcp_{side.code}_{'0' * 40}",
        f"rcp_{world.mirror(side).code}_{secret}",
        f"rcp_NOWHERE_{secret}",
    ):
        with undone():
            assert refused(world, called(cell, sent, token), 401), token


@each(TOKENS)
def test_a_session_is_no_token(world: World, cell: Cell, kind: str) -> None:
    side = world.of_kind(kind)
    with undone():
        answer = call(client_of(side, "admin"), cell, sent_by(cell, side))
        assert refused(world, answer, 401)


@each([cell for cell in TOKENS if len(cell.scopes) == 1])
def test_a_token_of_another_purpose(world: World, cell: Cell, kind: str) -> None:
    side = world.of_kind(kind)
    for purpose in {"feed", "other"} - set(cell.scopes):
        with undone():
            answer = called(cell, sent_by(cell, side), side.tokens[purpose])
            assert refused(world, answer, 403)


@each([cell for cell in TOKENS if len(cell.kinds) == 1])
def test_a_token_of_the_other_kind_of_company(world: World, cell: Cell, kind: str) -> None:
    side = world.of_kind(kind)
    other = world.partner(side)
    with undone():
        answer = called(cell, sent_by(cell, side), other.tokens[cell.token])
        assert refused(world, answer, 403)
        assert leaks(world, other, answer) == set()


@each([cell for cell in TOKENS if "uid" in cell.path])
def test_another_lenders_token(world: World, cell: Cell, kind: str) -> None:
    side = world.of_kind(kind)
    other = world.mirror(side)
    with undone():
        answer = called(cell, sent_by(cell, side), other.tokens[cell.token])
        assert refused(world, answer, 404)
        assert leaks(world, other, answer) == set()


def _sent(kind: str, today: str, **row: str) -> Sent:
    return Sent({"kind": kind}, {}, {"as_of": today, "rows": [row]})


def _feed(side: Side, sent: Sent) -> Answer:
    return call(client_of(None), SEND, sent, headers=credentials(SEND, side))


def test_another_lenders_loan_number_is_unknown_here(world: World) -> None:
    """Money for a number that only the other lender has waits in suspense, and moves no loan."""
    side, other = world["HAIYUE"], world["NORTH"]
    number = other.ids["loanno"]
    sent = _sent(
        "repayments",
        side.ids["today"],
        repayment_no="R-STRANGE",
        loan_no=number,
        paid_at=f"{side.ids['today']} 00:10:00",
        amount="1.00",
    )
    with undone():
        answer = _feed(side, sent)
        assert answer.status == 200, answer.text
        with company_scope(side.company):
            assert Repayment.objects.get(repayment_no="R-STRANGE").state == "suspense"
        assert others_unchanged(world, side, partner=True)


def test_two_lenders_may_have_the_same_numbers(world: World) -> None:
    """The other's loan and borrower numbers make rows of one's own; the answer tells nothing."""
    side, other = world["HAIYUE"], world["NORTH"]
    with company_scope(other.company):
        theirs = Loan.objects.select_related("borrower").get(loan_no=other.ids["loanno"])
    sent = _sent(
        "loans",
        side.ids["today"],
        loan_no=theirs.loan_no,
        borrower_no=theirs.borrower.borrower_no,
        due_date=side.ids["today"],
        principal="5.00",
        interest="0",
        fee="0",
        penalty="0",
    )
    with undone():
        answer = _feed(side, sent)
        assert answer.status == 200, answer.text
        assert '"new":1' in answer.text
        assert leaks(world, side, answer) == set()
        with company_scope(side.company):
            assert Loan.objects.get(loan_no=theirs.loan_no).owner_id == side.company.pk
        assert others_unchanged(world, side, partner=True)

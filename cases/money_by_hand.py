"""Money by hand: finance enters or takes back a repayment, or finds the loan of one in suspense.

Above the company's limit, and for every match of money in suspense, a second person of finance or
an admin decides. What is agreed goes through the ledger's own verbs, so that balances, bucket,
promise, closure and history follow at once. The request stays as the record of who did what.
"""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import repayment_rows
from cases.history import record_events
from cases.ledger import Posted, RepaymentRow, post_repayments
from cases.models import Case, Loan, MoneyRequest, Repayment
from cases.suspense import match_by_hand
from tenancy.audit import record_change
from tenancy.models import Company, Role, User

ENTERS = (Role.FINANCE,)
"""Who enters and takes back repayments by hand."""
DECIDES = (Role.FINANCE, Role.COMPANY_ADMIN)
"""Who matches money in suspense, and who is a second person."""
LONGEST_REASON = 300

Kind = MoneyRequest.Kind
State = MoneyRequest.State
TAKES_BACK = (Repayment.State.POSTED, Repayment.State.INCLUDED)


def ask_post(
    *,
    company: Company,
    loan_no: str,
    amount: Decimal,
    paid_at: datetime,
    reason: str,
    by: User,
    second_person_above: Decimal,
    on: date,
    repayment_no: str = "",
    channel: str = "",
    form_key: UUID | None = None,
) -> MoneyRequest:
    """Enter a repayment; it is booked at once up to `second_person_above`, else it waits.

    paid_at: aware, not to come. on: the business date that cases are settled for. repayment_no:
    the lender's own number, so that the feed's copy of it is the same row; one is made up without.
    form_key: of the form that was sent; the same form twice is one request. Raises
    PermissionDenied for who is not of finance, ValidationError for a loan that is not in the book,
    a number that is booked already, no amount, a moment to come, or a missing reason.
    """
    _check_role(by, ENTERS)
    loan_no, repayment_no = loan_no.strip(), repayment_no.strip()
    reason = _said(reason)
    if amount <= 0:
        raise ValidationError({"amount": _("An amount above zero.")})
    if paid_at > timezone.now():
        raise ValidationError({"paid_at": _("This moment is still to come.")})
    with transaction.atomic():
        if (sent := _sent_before(company, by, form_key)) is not None:
            return sent
        known = repayment_rows.lock_known_loans(company.pk, [loan_no])
        if loan_no not in known:
            raise ValidationError({"loan_no": _no_loan(loan_no)})
        repayment_no = repayment_no or f"HAND-{uuid4().hex[:12].upper()}"
        if Repayment.objects.filter(owner=company, repayment_no=repayment_no).exists():
            raise ValidationError({"repayment_no": _("A repayment of this number is booked.")})
        request = MoneyRequest.objects.create(
            owner=company,
            kind=Kind.POST,
            loan_id=known[loan_no].loan_id,
            repayment_no=repayment_no,
            amount=amount,
            paid_at=paid_at,
            channel=channel.strip(),
            reason=reason,
            form_key=form_key,
            asked_by_id=by.pk,
            asked_by_name=by.display_name,
        )
        return _go_on(company, request, by, above=amount > second_person_above, on=on)


def ask_reversal(
    *,
    company: Company,
    repayment: Repayment,
    reason: str,
    by: User,
    second_person_above: Decimal,
    on: date,
    form_key: UUID | None = None,
) -> MoneyRequest:
    """Take back a repayment that is booked; at once or after a second person, as for ask_post.

    Raises PermissionDenied for who is not of finance, ValidationError for one that is not booked,
    is a reversal or reversed, or is being decided on.
    """
    _check_role(by, ENTERS)
    reason = _said(reason)
    with transaction.atomic():
        if (sent := _sent_before(company, by, form_key)) is not None:
            return sent
        booked = _locked(company, repayment)
        if booked.state not in TAKES_BACK or booked.reverses_no or booked.loan_id is None:
            raise ValidationError(_("Only money that is booked can be taken back."))
        _refuse_if_asked(company, booked)
        request = _about(company, Kind.REVERSE, booked, booked.loan_id, reason, by, form_key)
        return _go_on(company, request, by, above=booked.amount > second_person_above, on=on)


def ask_match(
    *,
    company: Company,
    repayment: Repayment,
    loan_no: str,
    reason: str,
    by: User,
    form_key: UUID | None = None,
) -> MoneyRequest:
    """Say which loan money in suspense is for; a second person always decides.

    Raises PermissionDenied for who is neither of finance nor an admin, ValidationError for a loan
    that is not in the book, for what does not wait (any more), and for a reversal.
    """
    _check_role(by, DECIDES)
    loan_no, reason = loan_no.strip(), _said(reason)
    with transaction.atomic():
        if (sent := _sent_before(company, by, form_key)) is not None:
            return sent
        known = repayment_rows.lock_known_loans(company.pk, [loan_no])
        waits = Repayment.objects.select_for_update(no_key=True).get(pk=repayment.pk, owner=company)
        if waits.reverses_no:
            raise ValidationError(
                _("A reversal waits for its repayment; it is booked together with it.")
            )
        if waits.state != Repayment.State.SUSPENSE:
            raise ValidationError(_("It has been matched meanwhile; nothing was changed."))
        if loan_no not in known:
            raise ValidationError({"loan_no": _no_loan(loan_no)})
        _refuse_if_asked(company, waits)
        loan_id = known[loan_no].loan_id
        request = _about(company, Kind.MATCH, waits, loan_id, reason, by, form_key)
        _audit(request, by, "ask_money")
    return request


def decide_money(
    *, company: Company, request: MoneyRequest, approve: bool, decision: str, by: User, on: date
) -> MoneyRequest:
    """Book what waits, or refuse it with a reason; refusing is how the asker takes it back too.

    Saying the same again changes nothing. Raises PermissionDenied for the asker who approves, and
    for who is neither of finance nor an admin; ValidationError for a refusal without a reason, for
    a request that somebody else has decided, and where the book has changed so that it cannot be
    booked any more (it goes on waiting).
    """
    _check_role(by, DECIDES)
    decision = decision.strip()[:LONGEST_REASON]
    if not approve:
        decision = _said(decision, "decision")
    wanted = State.DONE if approve else State.REFUSED
    with transaction.atomic():
        request = MoneyRequest.objects.select_for_update().get(pk=request.pk, owner=company)
        if request.state == wanted and request.decided_by_id == by.pk:
            return request
        if request.state != State.WAITING:
            raise ValidationError(_("Somebody has decided it meanwhile; nothing was changed."))
        if approve:
            if request.asked_by_id == by.pk:
                raise PermissionDenied
            _book(company, request, by, on)
        _close(request, wanted, by, decision)
        _audit(request, by, "decide_money")
    return request


def overpaid_loans(*, company: Company) -> QuerySet[Loan]:
    """The loans that got more than they owed, to be ordered by ("-overpaid", "-id")."""
    return Loan.objects.filter(owner=company, overpaid__gt=0)


def _check_role(by: User, roles: tuple[str, ...]) -> None:
    if not by.has_role(*roles):
        raise PermissionDenied


def _said(text: str, field: str = "reason") -> str:
    text = text.strip()
    if not text:
        raise ValidationError({field: _("Say why.")})
    return text[:LONGEST_REASON]


def _no_loan(loan_no: str) -> str:
    return _("There is no loan %(loan_no)s in the book.") % {"loan_no": loan_no}


def _sent_before(company: Company, by: User, form_key: UUID | None) -> MoneyRequest | None:
    """The request that came of a form; whoever sends the same form twice at once waits here."""
    if form_key is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"money form:{form_key}"]
        )
    return MoneyRequest.objects.filter(owner=company, asked_by_id=by.pk, form_key=form_key).first()


def _locked(company: Company, repayment: Repayment) -> Repayment:
    """The repayment, locked after its loan as everywhere."""
    loan_id = Repayment.objects.values_list("loan_id", flat=True).get(
        pk=repayment.pk, owner=company
    )
    if loan_id is not None:
        repayment_rows.lock_loans(company.pk, [loan_id])
    return Repayment.objects.select_for_update(no_key=True).get(pk=repayment.pk, owner=company)


def _refuse_if_asked(company: Company, repayment: Repayment) -> None:
    waits = MoneyRequest.objects.filter(owner=company, repayment=repayment, state=State.WAITING)
    if waits.exists():
        raise ValidationError(_("A second person is being asked about it already."))


def _about(
    company: Company,
    kind: str,
    repayment: Repayment,
    loan_id: int,
    reason: str,
    by: User,
    form_key: UUID | None,
) -> MoneyRequest:
    return MoneyRequest.objects.create(
        owner=company,
        kind=kind,
        loan_id=loan_id,
        repayment=repayment,
        repayment_no=repayment.repayment_no,
        amount=repayment.amount,
        paid_at=repayment.paid_at,
        reason=reason,
        form_key=form_key,
        asked_by_id=by.pk,
        asked_by_name=by.display_name,
    )


def _go_on(
    company: Company, request: MoneyRequest, by: User, *, above: bool, on: date
) -> MoneyRequest:
    """Book at once, or leave it to a second person."""
    if not above:
        _book(company, request, None, on)
        _close(request, State.DONE, None, "")
    _audit(request, by, "ask_money")
    return request


def _book(company: Company, request: MoneyRequest, second: User | None, on: date) -> None:
    asker = User.objects.get(pk=request.asked_by_id)
    if request.kind == Kind.MATCH:
        assert request.repayment is not None
        assert request.loan is not None
        match_by_hand(
            company=company,
            repayment=request.repayment,
            loan_no=request.loan.loan_no,
            reason=request.reason,
            by=asker,
            on=on,
        )
        return
    row = _row_of(request)
    told = post_repayments(company=company, rows=[row], on=on)
    if not told.repayment_ids:
        raise ValidationError(_refused(told))
    kind = "repayment_entered" if request.kind == Kind.POST else "repayment_taken_back"
    _tell(request, kind, asker, second, row.repayment_no)


def _row_of(request: MoneyRequest) -> RepaymentRow:
    if request.kind == Kind.POST:
        assert request.loan is not None
        return RepaymentRow(
            request.repayment_no, request.loan.loan_no, request.paid_at, request.amount
        )
    taken_back = request.repayment
    assert taken_back is not None
    return RepaymentRow(
        f"HAND-{request.uid.hex[:12].upper()}",
        taken_back.loan_no,
        timezone.now(),
        taken_back.amount,
        reverses=taken_back.repayment_no,
    )


def _refused(told: Posted) -> str:
    codes = {code for _number, code in told.refused}
    if "already_reversed" in codes:
        return _("It has been taken back meanwhile.")
    if told.already:
        return _("A repayment of this number is booked.")
    return _("The book has changed meanwhile; it cannot be booked like this.")


def _tell(
    request: MoneyRequest, kind: str, asker: User, second: User | None, repayment_no: str
) -> None:
    """Write it into the history of the loan's newest case."""
    case = Case.objects.filter(loan=request.loan_id).order_by("-pk").first()
    if case is None:
        return
    data = {
        "repayment_no": request.repayment_no,
        "booked_as": repayment_no,
        "amount": str(request.amount),
        "channel": request.channel,
        "reason": request.reason,
        "second": second.display_name if second else "",
    }
    record_events(cases=[case], kind=kind, by=asker, data=data)


def _close(request: MoneyRequest, state: str, by: User | None, decision: str) -> None:
    request.state = state
    request.decided_by_id = by.pk if by else None
    request.decided_by_name = by.display_name if by else ""
    request.decided_at = timezone.now()
    request.decision = decision
    request.save(
        update_fields=["state", "decided_by_id", "decided_by_name", "decided_at", "decision"]
    )


def _audit(request: MoneyRequest, by: User, verb: str) -> None:
    record_change(
        actor=by,
        verb=verb,
        obj=request,
        before={},
        after={"kind": request.kind, "amount": str(request.amount), "state": request.state},
        reason=request.decision or request.reason,
    )

"""The gate's rows of both sides: rules, days off, wishes, contacts in progress and settled.

Letters go out at any hour, so that what is furnished does not depend on the clock.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils import timezone

from cases.models import Case, ContactPoint
from collection.contact_rule_changes import start_rules
from collection.days_off import set_day_off
from collection.gate import reserve, settle
from collection.models import ContactRule, ContactTry, ContactWish
from tenancy.models import Company, User
from tenancy.personal_data import keyed_hash, seal
from tenancy.scope import company_scope
from tenancy.tokens import issue_token
from tests.matrix.sides import PARTNERS, Side

DESKS = (("", "case", "collector"), ("_two", "case_two", "collector3"))
"""Of each team: what an id's name ends in, the case, and whose desk it is on."""


def furnish_gate(sides: Mapping[str, Side]) -> None:
    """Rules and tokens of all four, addresses to write to, and contacts; after the placements."""
    for side in sides.values():
        with company_scope(side.company):
            _company(side)
    for code, other in PARTNERS.items():
        if sides[code].kind == "lender":
            lender, agency = sides[code], sides[other]
            with company_scope(lender.company):
                _addresses(lender, agency)
                _wish(lender, "case", lender.company)
                _wish(lender, "case_lent", agency.company)
    for side in sides.values():
        with company_scope(side.company):
            for end, case, username in DESKS:
                _tries(side, end, case, username)
        side.hidden |= {"try", "try_two", "try_settled", "try_settled_two", "token_dialer"}


def _company(side: Side) -> None:
    boss = User.objects.get(username="admin")
    if not ContactRule.objects.exists():
        start_rules(company=side.company)
    set_day_off(
        company=side.company,
        jurisdiction="CN",
        on=date(2998, 1, 1),
        is_holiday=True,
        name=f"{side.marks.private} day",
        by=boss,
    )
    token, text = issue_token(
        company=side.company, name=f"{side.marks.private} dialer", scopes=["contact"], by=boss
    )
    side.ids["token_dialer"], side.tokens["dialer"] = str(token.uid), text


def _addresses(lender: Side, agency: Side) -> None:
    """A postal address of each borrower whose case somebody works, and one that was refused."""
    for case, ours, theirs in (
        ("case", "address", ""),
        ("case_two", "address_two", ""),
        ("case_lent", "address_lent", "address"),
        ("case_lent2", "address_lent2", "address_two"),
        ("case", "refused", ""),
        ("case_two", "refused_two", ""),
        ("case_lent", "refused_lent", "refused"),
        ("case_lent2", "refused_lent2", "refused_two"),
    ):
        point = ContactPoint.objects.create(
            owner=lender.company,
            borrower_id=Case.objects.get(uid=lender.ids[case]).borrower_id,
            relation="self",
            kind=ContactPoint.Kind.HOME_ADDRESS,
            number_hash=keyed_hash(f"{ours} street"),
            number_sealed=seal(f"{ours} street"),
            number_mask="*** street",
            state="refused" if ours.startswith("refused") else "unknown",
        )
        point.refresh_from_db()
        lender.ids[ours] = str(point.uid)
        if theirs:
            agency.ids[theirs] = str(point.uid)
    lender.hidden |= {"address", "address_two", "refused", "refused_two"}


def _wish(lender: Side, case: str, by: Company) -> None:
    found = Case.objects.get(uid=lender.ids[case])
    ContactWish.objects.create(
        company=by,
        owner=lender.company,
        borrower_id=found.borrower_id,
        case_id=found.pk,
        kind=ContactWish.Kind.CALLBACK,
        at=timezone.now(),
        good_until=timezone.now() + timedelta(hours=1),
        noted_by_name=by.name,
    )


def _tries(side: Side, end: str, case: str, username: str) -> None:
    """A letter that was sent, and one that is on its way."""
    for name in ("try_settled", "try"):
        made = reserve(
            user=User.objects.select_related("company").get(username=username),
            case=Case.objects.get(uid=side.ids[case]),
            channel=ContactTry.Channel.LETTER,
            point=ContactPoint.objects.get(uid=side.ids[f"address{end}"]),
        )
        made.refresh_from_db()
        side.ids[name + end] = str(made.uid)
        if name == "try_settled":
            settle(company=side.company, uid=made.uid, state="sent")

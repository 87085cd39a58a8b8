"""Where a case was opened from: the list, the place in it, and its neighbours there."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Case
from collection.case_list import ORDER_OF_CLOSED, ORDERS
from collection.models import Assignment
from collection.views.listing import LIST as CASES
from collection.views.listing import AskedCases
from collection.views.queue import LIST as QUEUE
from collection.views.queue import AskedWork
from collection.visibility import may_work
from collection.worklist import neighbours, place_in_worklist
from tenancy.formats import count
from tenancy.keyset import keyset_page, token_of
from tenancy.models import User

POSITIONS = 1_000
"""How far down a list a place is told as a number."""
OWN_KEYS = ("panel", "timeline", "from")
"""Parameters of the case page itself and of its panels, which its list does not know."""


@dataclass(frozen=True, slots=True)
class Place:
    """A case's place in the list it was opened from; addresses are "" where there is none."""

    label: str
    back: str
    nav_at: str
    position: str = ""
    previous: str = ""
    next: str = ""


def place_of(
    *, user: User, case: Case, desk: Assignment | None, params: QueryDict, on: date
) -> Place:
    """Read from the address which list one came from, as of business date `on`.

    Who works the case and names no list is in the worklist.
    """
    carried = params.copy()
    for key in OWN_KEYS:
        carried.pop(key, None)
    which = params.get("list") or (QUEUE if desk is not None and may_work(user) else "")
    if which == QUEUE and may_work(user):
        return _in_queue(user, desk, carried, on)
    return _in_cases(user, case, carried, on, asked=which == CASES)


def _in_queue(user: User, desk: Assignment | None, carried: QueryDict, on: date) -> Place:
    back = _back(reverse("work:queue"), carried)
    if desk is None:
        return Place(_("My cases"), back, "work:queue")
    asked = AskedWork.by(user, carried, on)
    position, before, after = _around(asked, desk)
    return Place(
        label=_("My cases"),
        back=back,
        nav_at="work:queue",
        position=position,
        previous=_address(before, carried),
        next=_address(after, carried),
    )


def _around(asked: AskedWork, desk: Assignment) -> tuple[str, UUID | None, UUID | None]:
    """How far down the list one is, such as 3 / 22, and the cases before and after.

    Beyond POSITIONS, and where the case has left the list, no position is told.
    """
    user, filters, clock = asked.user, asked.filters, asked.clock
    found = place_in_worklist(user=user, filters=filters, clock=clock, here=desk, most=POSITIONS)
    if found is None:
        return "", *neighbours(user=user, filters=filters, clock=clock, here=desk)
    position = f"{count(found.place)} / {count(found.total, POSITIONS)}"
    return position, found.before, found.after


def _in_cases(user: User, case: Case, carried: QueryDict, on: date, *, asked: bool) -> Place:
    back = _back(reverse("cases:list"), carried)
    if not asked:
        return Place(_("All cases"), back, "cases:list")
    listed = AskedCases.by(user, carried, on)
    order = ORDER_OF_CLOSED if listed.filters.state == "closed" else ORDERS[listed.sort]
    names = [name.removeprefix("-") for name in order]
    if any(getattr(case, name) is None for name in names):
        return Place(_("All cases"), back, "cases:list")
    here = token_of([getattr(case, name) for name in names])
    rows = listed.cases.values("uid", *names)

    def beside(**where: str) -> UUID | None:
        page = keyset_page(
            rows, order=order, key=lambda row: [row[name] for name in names], size=1, **where
        )
        return page.rows[0]["uid"] if page.rows else None

    return Place(
        label=_("All cases"),
        back=back,
        nav_at="cases:list",
        previous=_address(beside(before=here), carried),
        next=_address(beside(after=here), carried),
    )


def _back(path: str, carried: QueryDict) -> str:
    rest = carried.copy()
    rest.pop("list", None)
    return f"{path}?{rest.urlencode()}" if rest else path


def _address(uid: UUID | None, carried: QueryDict) -> str:
    if uid is None:
        return ""
    path = reverse("work:case", args=[uid])
    return f"{path}?{carried.urlencode()}" if carried else path

"""The figures of the daily work of both sides."""

from collections.abc import Mapping

from collection.work_settings import change_work_settings
from tenancy.models import User
from tenancy.scope import company_scope
from tests.matrix.sides import Side


def furnish_queue(sides: Mapping[str, Side]) -> None:
    """An admin sets one of the figures; the desks follow."""
    for side in sides.values():
        with company_scope(side.company):
            boss = User.objects.get(username="admin")
            change_work_settings(company=side.company, by=boss, facts={"unknown_score": 450})

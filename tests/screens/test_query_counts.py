"""How many queries each page of the daily work takes: no more rows, no more queries.

`query_counts.json` holds them, session, scope and user included, savepoints not. Whoever changes a
page changes the number on purpose: RECOUP_WRITE_COUNTS=1 writes what is found.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from collection.notes import write_note
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.collection.book import add_case
from tests.screens.world import World, give

pytestmark = pytest.mark.django_db
SignIn = Callable[[Company, str], Client]
COUNTS = Path(__file__).with_name("query_counts.json")
TRANSACTION = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


def pages(world: World) -> list[tuple[str, Company, str, str]]:
    """Name, company, person and address of each page that is counted."""
    mine, placed = (
        reverse("work:case", args=[case.uid]) for case in (world.mine[0], world.placed[0])
    )
    package = reverse("agencies:package", args=[world.package.uid])
    ticked = f"?id={world.mine[0].uid}&id={world.mine[1].uid}"
    return [
        ("home of a collector", world.lender, "collector", reverse("home")),
        ("home of a lead", world.lender, "lead", reverse("home")),
        ("home of an admin", world.lender, "admin", reverse("home")),
        ("home of an agency's admin", world.agency, "admin", reverse("home")),
        ("worklist of a collector", world.lender, "collector", reverse("work:queue")),
        ("worklist of a lead", world.lender, "lead", reverse("work:queue")),
        ("worklist of an admin", world.lender, "admin", reverse("work:queue")),
        ("worklist of an agency", world.agency, "collector", reverse("work:queue")),
        ("case", world.lender, "collector", mine),
        ("case from the list of cases", world.lender, "admin", f"{mine}?list=cases"),
        ("placed case at the lender", world.lender, "admin", placed),
        ("placed case at the agency", world.agency, "collector", placed),
        ("list of cases", world.lender, "admin", reverse("cases:list")),
        ("list of a collector", world.lender, "collector", reverse("cases:list")),
        ("list of an agency", world.agency, "admin", reverse("cases:list")),
        ("board of a lead", world.lender, "lead", reverse("work:board")),
        ("board of an admin", world.lender, "admin", reverse("work:board")),
        ("reassign", world.lender, "lead", reverse("work:reassign") + ticked),
        ("place", world.lender, "admin", reverse("agencies:place") + ticked),
        ("placements", world.lender, "admin", reverse("agencies:placements")),
        ("inbox", world.agency, "admin", reverse("agencies:inbox")),
        ("package", world.lender, "admin", package),
    ]


def counted(world: World, signed_in: SignIn) -> dict[str, int]:
    found: dict[str, int] = {}
    clients: dict[tuple[str, str], Client] = {}
    for name, company, username, address in pages(world):
        if (company.code, username) not in clients:
            clients[company.code, username] = signed_in(company, username)
        client = clients[company.code, username]
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200, name
        found[name] = sum(not query["sql"].startswith(TRANSACTION) for query in queries)
    return found


def test_pages_take_as_many_queries_as_they_say(world: World, signed_in: SignIn) -> None:
    found = counted(world, signed_in)
    if os.environ.get("RECOUP_WRITE_COUNTS") == "1":
        COUNTS.write_text(json.dumps(found, indent=2) + "\n")
    assert found == json.loads(COUNTS.read_text())


def test_more_rows_take_no_more_queries(world: World, signed_in: SignIn) -> None:
    before = counted(world, signed_in)
    with company_scope(world.lender):
        more = [add_case(world.lender, dpd=n, no=f"MORE-{n}") for n in range(1, 21)]
        give(world.lender, more[:10], "collector")
        give(world.lender, more[10:], "collector2")
        author = User.objects.get(username="collector")
        for case in more[:5]:
            write_note(
                company=world.lender, case=case, by=author, disposition="busy", remark="again"
            )
    after = counted(world, signed_in)
    assert after == before

"""Saving a note takes at most twelve queries: people wait for this one all day.

`note_query_counts.json` holds the numbers, session, scope and user included, savepoints not. A
note whose result opens a hold does that verb as well; its number is kept apart.
RECOUP_WRITE_COUNTS=1 writes what is found.
"""

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import ContactPoint
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.screens.test_ladder import case_url
from tests.screens.test_query_counts import TRANSACTION
from tests.screens.world import World

# Requests open and commit their own transactions here, as they do for people.
pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[Company, str], Client]
COUNTS = Path(__file__).with_name("note_query_counts.json")
MOST = 12


def sent(world: World) -> dict[str, dict[str, str]]:
    """What is counted, by name; the second promise is in place of the first."""
    with company_scope(world.lender):
        point = ContactPoint.objects.get(borrower=world.mine[0].borrower)
    whom = {"contact_point": str(point.uid), "channel": "call", "knew": ""}
    promised = whom | {
        "disposition": "ptp_part",
        "fact_date": (world.lender.local_date() + timedelta(days=2)).isoformat(),
        "fact_channel": "app",
    }
    return {
        "nobody reached": whom | {"disposition": "no_answer"},
        "number not in use": whom | {"disposition": "empty_number"},
        "with facts and a reason": whom
        | {
            "disposition": "cannot_pay",
            "remark": "Lost the job in May.",
            "fact_cause": "job_lost",
            "overdue_reason": "unable_lasting",
        },
        "a callback": whom
        | {"disposition": "callback", "remark": "At ten.", "fact_time": "2099-11-21 10:00"},
        "a promise": promised | {"remark": "Pays some.", "fact_amount": "10.00"},
        "another promise": promised | {"remark": "Pays more.", "fact_amount": "11.00"},
    }


def with_a_hold(world: World) -> dict[str, dict[str, str]]:
    """A note that also opens a hold."""
    return {
        "a hold": {
            "channel": "call",
            "knew": "",
            "disposition": "claims_paid",
            "remark": "Paid at the bank.",
            "fact_paid_on": world.lender.local_date().isoformat(),
            "fact_amount": "10.00",
            "fact_channel": "app",
        }
    }


def counted(client: Client, world: World, bodies: dict[str, dict[str, str]]) -> dict[str, int]:
    """By what is said and where one goes on: the queries of saving it."""
    found: dict[str, int] = {}
    url = case_url(world.mine[0], "work:note")
    for then in ("stay", "next"):
        for name, body in bodies.items():
            key = {"form_key": str(uuid4()), "then": then}
            with CaptureQueriesContext(connection) as queries:
                answer = client.post(url, body | key)
            assert answer.status_code == 302, answer.content.decode()
            saved = [query for query in queries if not query["sql"].startswith(TRANSACTION)]
            found[f"{name}, then {then}"] = len(saved)
    return found


def test_saving_a_note_takes_twelve_queries_at_most(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "collector")
    client.get(case_url(world.mine[0]))
    plain = counted(client, world, sent(world))
    found = {"notes": plain, "with a hold": counted(client, world, with_a_hold(world))}
    if os.environ.get("RECOUP_WRITE_COUNTS") == "1":
        COUNTS.write_text(json.dumps(found, indent=2) + "\n")
    assert found == json.loads(COUNTS.read_text())
    assert max(plain.values()) <= MOST

"""What everybody has: the start, signing in and out, the language, tasks, own settings."""

from collections.abc import Mapping

from django.contrib.auth.hashers import check_password
from django.test import Client

from tenancy.models import SignIn, TotpDevice, User
from tenancy.scope import company_scope
from tests.matrix.cell import Cell, writes
from tests.matrix.sides import Side
from tests.seed import PASSWORD
from tests.tenancy.test_second_factor import code_of

NEW_PASSWORD = "another horse staples"


def the(username: str) -> User:
    """A person of the scope's company."""
    return User.objects.get(username=username)


def _type_password(client: Client, side: Side) -> Mapping[str, str]:
    """The first step of somebody with a second factor, and the code of the phone."""
    login = f"collector2@{side.code}"
    client.post("/sign-in/", {"login": login, "password": PASSWORD})
    with company_scope(side.company):
        device = TotpDevice.objects.get(user=the("collector2"))
    return {"code": code_of(device.sealed_key)}


def _scan_picture(client: Client, side: Side) -> Mapping[str, str]:
    """Open the page with the picture; the phone shows a code."""
    client.get("/me/second-factor/")
    if "second_factor_enrolment" not in client.session:
        return {"code": "000000"}
    return {"code": code_of(client.session["second_factor_enrolment"])}


def _signed(side: Side, username: str, outcome: str) -> bool:
    newest = SignIn.objects.filter(username=username).order_by("-pk").first()
    return newest is not None and newest.outcome == outcome and newest.agent == "matrix"


CELLS = [
    Cell(route="healthz", who=""),
    Cell(route="home", who="collector"),
    Cell(route="home", note="of an office", who="admin"),
    Cell(route="jobs", who="admin"),
    Cell(route="sign-in", who=""),
    Cell(
        route="sign-in",
        method="POST",
        who="",
        body={"login": "nobody@{code}", "password": "wrong"},
        status=422,
        writes=writes("tenancy_signin"),
    ),
    Cell(route="sign-in-code", who="", prepare=_type_password),
    Cell(
        route="sign-in-code",
        method="POST",
        who="",
        prepare=_type_password,
        status=302,
        writes=writes("tenancy_signin", "tenancy_totpdevice"),
    ),
    Cell(
        route="sign-out",
        method="POST",
        who="collector",
        status=302,
        writes=writes("tenancy_signin"),
    ),
    Cell(
        route="language",
        method="POST",
        who="",
        body={"language": "zh-hans"},
        status=302,
    ),
    Cell(
        route="language",
        method="POST",
        note="of a person",
        who="collector",
        body={"language": "zh-hans"},
        status=302,
        writes=writes("tenancy_user"),
        proof=lambda _side: the("collector").language == "zh-hans",
    ),
    Cell(route="me:settings", who="collector"),
    Cell(
        route="me:settings",
        method="POST",
        who="collector",
        body={"language": "en", "theme": "dark"},
        status=302,
        writes=writes("tenancy_user"),
        proof=lambda _side: the("collector").theme == "dark",
    ),
    Cell(route="me:password", who="collector"),
    Cell(
        route="me:password",
        method="POST",
        who="collector",
        body={"current": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD},
        status=302,
        writes=writes("tenancy_user", "tenancy_auditentry"),
        proof=lambda _side: check_password(NEW_PASSWORD, the("collector").password),
    ),
    Cell(route="me:second-factor", who="collector"),
    Cell(
        route="me:second-factor",
        method="POST",
        who="collector",
        prepare=_scan_picture,
        status=302,
        writes=writes("tenancy_totpdevice", "tenancy_auditentry"),
        proof=lambda _side: TotpDevice.objects.filter(user=the("collector")).exists(),
    ),
    Cell(
        route="me:second-factor-off",
        method="POST",
        who="collector2",
        body={"current": PASSWORD},
        status=302,
        writes=writes("tenancy_totpdevice", "tenancy_auditentry"),
        proof=lambda _side: not TotpDevice.objects.filter(user=the("collector2")).exists(),
    ),
]

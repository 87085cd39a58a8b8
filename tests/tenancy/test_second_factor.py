"""The second factor: set up, asked for, accepted once, throttled, taken away."""

import base64
import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django_otp.oath import totp

from tenancy.models import AuditEntry, Company, SignIn, TotpDevice, User
from tenancy.personal_data import open_sealed, seal
from tenancy.scope import company_scope
from tenancy.second_factor import Verdict, check_code, new_secret, shown_secret
from tenancy.signing_in import CODES
from tests.seed import PASSWORD
from tests.tenancy.conftest import Person, SignedIn

SECRET = b"12345678901234567890"
"""The secret of RFC 6238, appendix B."""

STEP = 30
"""Seconds that a code is shown."""


def code_of(sealed: str, at: float | None = None) -> str:
    """What a phone with this secret shows at a moment."""
    key = base64.b32decode(open_sealed(sealed))
    shown = totp(key, t0=int(time.time() - at) if at is not None else 0)
    return f"{shown:06d}"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """`clock(seconds)`: what our clock and the phone's say; until then the middle of a step.

    A clock that went on could begin the next step between two lines of a test.
    """

    def set_to(at: float) -> None:
        monkeypatch.setattr("time.time", lambda: at)

    now = time.time()
    set_to(now - now % STEP + STEP / 2)
    return set_to


def enrol(client: Client) -> str:
    """Set the second factor up through the screen; returns the sealed secret."""
    client.get("/me/second-factor/")
    sealed: str = client.session["second_factor_enrolment"]
    assert client.post("/me/second-factor/", {"code": code_of(sealed)}).status_code == 302
    return sealed


def forget_step(company: Company) -> None:
    """As if half a minute had passed since the last code."""
    with company_scope(company):
        TotpDevice.objects.update(last_step=-1, throttling_failure_timestamp=None)


def first_step(login: str = "collector@HAIYUE") -> Client:
    client = Client()
    answer = client.post("/sign-in/", {"login": login, "password": PASSWORD, "next": "/me/"})
    assert answer.headers["Location"] == "/sign-in/code/"
    return client


def test_rfc_6238_codes(lender: Company, person: Person, clock: Callable[[float], None]) -> None:
    """The last six digits of the RFC's own test values for SHA-1."""
    user = person(lender, "collector")
    sealed = seal(base64.b32encode(SECRET).decode())
    with company_scope(lender):
        TotpDevice.objects.create(user=user, name="app", sealed_key=sealed)
        for at, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
            clock(at)
            assert check_code(user=user, code=code).verdict is Verdict.RIGHT
            assert check_code(user=user, code=code).verdict is Verdict.WRONG
            TotpDevice.objects.update(throttling_failure_timestamp=None)


def test_setting_it_up_needs_a_code_of_the_phone(lender: Company, signed_in: SignedIn) -> None:
    client = signed_in(lender, "collector")
    page = client.get("/me/second-factor/")
    sealed = client.session["second_factor_enrolment"]
    text = page.content.decode()
    assert shown_secret(sealed) in text
    assert "<svg" in text
    assert "style=" not in text
    assert client.post("/me/second-factor/", {"code": "000000"}).status_code == 422
    with company_scope(lender):
        assert not TotpDevice.objects.exists()
    assert client.get("/me/second-factor/").context["secret"] == shown_secret(sealed)
    answer = client.post("/me/second-factor/", {"code": code_of(sealed)})
    assert answer.headers["Location"] == "/me/second-factor/"
    with company_scope(lender):
        device = TotpDevice.objects.get()
        assert open_sealed(device.sealed_key) not in device.sealed_key
        assert AuditEntry.objects.get(verb="add_second_factor").after == {}
    assert "second_factor_enrolment" not in client.session


def test_the_secret_is_random_and_long(db: None) -> None:
    secrets = {open_sealed(new_secret()) for _ in range(20)}
    assert len(secrets) == 20
    assert {len(base64.b32decode(secret)) for secret in secrets} == {20}


def test_no_session_before_the_code(lender: Company, signed_in: SignedIn) -> None:
    sealed = enrol(signed_in(lender, "collector"))
    forget_step(lender)
    client = first_step()
    assert client.get("/me/").status_code == 302
    page = client.get("/sign-in/code/")
    assert "Chen Collector" in page.content.decode()
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    answer = client.post("/sign-in/code/", {"code": code_of(sealed)})
    assert answer.headers["Location"] == "/me/"
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert client.get("/me/").status_code == 200
    assert client.session["second_factor"] is True


def test_a_code_counts_once(lender: Company, signed_in: SignedIn) -> None:
    sealed = enrol(signed_in(lender, "collector"))
    client = first_step()
    code = code_of(sealed)
    assert client.post("/sign-in/code/", {"code": code}).status_code == 422
    forget_step(lender)
    assert client.post("/sign-in/code/", {"code": code}).status_code == 302
    other = first_step()
    assert other.post("/sign-in/code/", {"code": code}).status_code == 422
    with company_scope(lender):
        outcomes = list(SignIn.objects.order_by("pk").values_list("outcome", flat=True))
    assert outcomes == ["signed_in", "wrong_code", "signed_in", "wrong_code"]


@pytest.mark.parametrize("steps_away", [-1, 0, 1])
def test_a_clock_half_a_minute_off_is_no_matter(
    lender: Company, signed_in: SignedIn, clock: Callable[[float], None], steps_away: int
) -> None:
    sealed = enrol(signed_in(lender, "collector"))
    forget_step(lender)
    now = time.time()
    code = code_of(sealed, now)
    clock(now + steps_away * STEP)
    assert first_step().post("/sign-in/code/", {"code": code}).status_code == 302


def test_an_older_code_is_wrong(
    lender: Company, signed_in: SignedIn, clock: Callable[[float], None]
) -> None:
    sealed = enrol(signed_in(lender, "collector"))
    forget_step(lender)
    now = time.time()
    code = code_of(sealed, now)
    clock(now + 61)
    assert first_step().post("/sign-in/code/", {"code": code}).status_code == 422


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "-12345"])
def test_what_is_no_code_is_refused(lender: Company, signed_in: SignedIn, code: str) -> None:
    enrol(signed_in(lender, "collector"))
    assert first_step().post("/sign-in/code/", {"code": code}).status_code == 422


def test_wrong_codes_must_wait_longer_and_longer(lender: Company, signed_in: SignedIn) -> None:
    sealed = enrol(signed_in(lender, "collector"))
    forget_step(lender)
    client = first_step()
    client.post("/sign-in/code/", {"code": "000000"})
    answer = client.post("/sign-in/code/", {"code": code_of(sealed)})
    assert answer.status_code == 422
    assert "wait 1 second" in answer.content.decode()
    forget_step(lender)
    assert client.post("/sign-in/code/", {"code": code_of(sealed)}).status_code == 302


def test_after_some_wrong_codes_the_password_is_asked_again(
    lender: Company, signed_in: SignedIn
) -> None:
    enrol(signed_in(lender, "collector"))
    client = first_step()
    for _ in range(CODES - 1):
        forget_step(lender)
        assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 422
    forget_step(lender)
    answer = client.post("/sign-in/code/", {"code": "000000"})
    assert answer.headers["Location"] == "/sign-in/"
    assert client.get("/sign-in/code/").headers["Location"] == "/sign-in/"


def test_the_step_between_does_not_last(
    lender: Company, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol(signed_in(lender, "collector"))
    client = first_step()
    later = time.time() + 301
    monkeypatch.setattr("tenancy.signing_in.time.time", lambda: later)
    assert client.get("/sign-in/code/").headers["Location"] == "/sign-in/"


def test_a_password_changed_between_the_steps_is_asked_again(
    lender: Company, signed_in: SignedIn
) -> None:
    sealed = enrol(signed_in(lender, "collector"))
    forget_step(lender)
    client = first_step()
    with company_scope(lender):
        user = User.objects.get(username="collector")
        user.set_password("another horse battery")
        user.save()
    answer = client.post("/sign-in/code/", {"code": code_of(sealed)})
    assert answer.headers["Location"] == "/sign-in/"


def test_a_code_without_a_password_is_nothing(db: None, client: Client) -> None:
    answer = client.post("/sign-in/code/", {"code": "123456"})
    assert answer.headers["Location"] == "/sign-in/"


def test_switching_it_off_needs_the_password(lender: Company, signed_in: SignedIn) -> None:
    client = signed_in(lender, "collector")
    enrol(client)
    off = "/me/second-factor/off/"
    assert client.post(off, {"current": "wrong"}).status_code == 422
    assert client.get(off).status_code == 405
    assert client.post(off, {"current": PASSWORD}).headers["Location"] == "/me/second-factor/"
    with company_scope(lender):
        assert not TotpDevice.objects.exists()
        assert AuditEntry.objects.filter(verb="remove_second_factor").count() == 1


def test_what_the_company_requires_is_not_switched_off(
    lender: Company, signed_in: SignedIn
) -> None:
    client = signed_in(lender, "collector")
    enrol(client)
    with company_scope(lender):
        conditions = User.objects.get(username="collector").company.settings
        conditions.require_totp = True
        conditions.save()
    assert client.post("/me/second-factor/off/", {"current": PASSWORD}).status_code == 403
    assert client.get("/me/").status_code == 200


def test_an_admin_takes_it_away_when_the_phone_is_lost(
    lender: Company, agency: Company, signed_in: SignedIn, person: Person
) -> None:
    enrol(signed_in(lender, "collector"))
    address = f"/settings/people/{person(lender, 'collector').uid}/second-factor/"
    assert signed_in(lender, "auditor").post(address).status_code == 403
    assert signed_in(agency, "admin").post(address).status_code == 404
    assert signed_in(lender, "admin").get(address).status_code == 405
    assert signed_in(lender, "admin").post(address).status_code == 302
    answer = Client().post("/sign-in/", {"login": "collector@HAIYUE", "password": PASSWORD})
    assert answer.headers["Location"] == "/"


def test_one_has_one_at_most(lender: Company, signed_in: SignedIn) -> None:
    first, second = signed_in(lender, "collector"), signed_in(lender, "collector")
    second.get("/me/second-factor/")
    sealed = second.session["second_factor_enrolment"]
    enrol(first)
    page = second.post("/me/second-factor/", {"code": code_of(sealed)})
    assert page.context["has"] is True
    with company_scope(lender):
        assert TotpDevice.objects.count() == 1

"""The second factor: an authenticator app's codes (TOTP, RFC 6238), each accepted once."""

import base64
import enum
import math
import secrets
import time
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.oath import TOTP

from tenancy.audit import record_change
from tenancy.models import Company, TotpDevice, User
from tenancy.personal_data import open_sealed, seal

SECRET_BYTES = 20
DIGITS = 6
STEP_SECONDS = 30
TOLERANCE = 1
"""Steps by which a phone's clock may differ from ours."""


class Verdict(enum.Enum):
    """What became of a code."""

    RIGHT = "right"
    WRONG = "wrong"
    TOO_SOON = "too soon"


@dataclass(frozen=True, slots=True)
class Checked:
    """A verdict, and for TOO_SOON the seconds to wait before the next code is looked at."""

    verdict: Verdict
    wait: int = 0


def has_second_factor(user: User) -> bool:
    """Whether the person signs in with a code as well. Inside the company's scope."""
    return TotpDevice.objects.filter(user=user, confirmed=True).exists()


def new_secret() -> str:
    """A new secret, sealed: it leaves this module only sealed or on the enrolment page."""
    return seal(base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode())


def shown_secret(sealed: str) -> str:
    """The secret in groups of four letters, for who cannot scan the picture."""
    text = open_sealed(sealed)
    return " ".join(text[n : n + 4] for n in range(0, len(text), 4))


def enrolment_uri(sealed: str, user: User) -> str:
    """What an authenticator app reads (the otpauth key URI format)."""
    issuer = settings.OTP_TOTP_ISSUER
    what = {
        "secret": open_sealed(sealed),
        "issuer": issuer,
        "algorithm": "SHA1",
        "digits": DIGITS,
        "period": STEP_SECONDS,
    }
    label = quote(f"{issuer}:{user.login}", safe=":")
    return f"otpauth://totp/{label}?{urlencode(what, quote_via=quote)}"


def enrolment_picture(sealed: str, user: User) -> str:
    """The QR code of `enrolment_uri` as inline SVG: attributes only, no style, no script."""
    code = segno.make(enrolment_uri(sealed, user), error="m", micro=False)
    picture: str = code.svg_inline(scale=4, border=3, light="#ffffff", dark="#000000")
    return picture


def add_second_factor(*, company: Company, user: User, sealed_key: str, code: str) -> TotpDevice:
    """Keep the secret as the person's second factor once a code proves that the phone has it.

    Raises ValidationError for a wrong code, or when there is a second factor already.
    """
    step = _step_of(open_sealed(sealed_key), code, after=-1)
    if step is None:
        raise ValidationError(
            {"code": _("That code does not fit. Check the phone's clock and type the next one.")}
        )
    with transaction.atomic():
        row = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
        if has_second_factor(row):
            raise ValidationError({"code": _("There is a second factor already.")})
        device = TotpDevice.objects.create(
            company=company, user=row, name="app", sealed_key=sealed_key, last_step=step
        )
        record_change(actor=user, verb="add_second_factor", obj=user)
    return device


def check_code(*, user: User, code: str) -> Checked:
    """Look at a code that a person typed; a right one counts once.

    After wrong codes the next is looked at only 1, 2, 4, 8 … seconds later. Call inside the
    company's scope; the outcome is written in the running transaction, so do not raise after it.
    """
    with transaction.atomic():
        device = TotpDevice.objects.select_for_update(of=("self",)).get(user=user, confirmed=True)
        allowed, why = device.verify_is_allowed()
        if not allowed:
            left = (why["locked_until"] - timezone.now()).total_seconds()
            return Checked(Verdict.TOO_SOON, wait=max(1, math.ceil(left)))
        step = _step_of(open_sealed(device.sealed_key), code, after=device.last_step)
        if step is None:
            device.throttle_increment()
            return Checked(Verdict.WRONG)
        device.last_step = step
        device.throttle_reset(commit=False)
        device.save()
    return Checked(Verdict.RIGHT)


def _step_of(secret: str, code: str, after: int) -> int | None:
    """The time step whose code this is, later than `after`; None for a wrong or used code."""
    digits = "".join(code.split())
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    totp = TOTP(base64.b32decode(secret), step=STEP_SECONDS, digits=DIGITS)
    totp.time = time.time()
    if not totp.verify(int(digits), tolerance=TOLERANCE, min_t=after + 1):
        return None
    step: int = totp.t()
    return step

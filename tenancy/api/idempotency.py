"""Writes that may be sent again: the same `Idempotency-Key` gives the same answer, once done."""

import functools
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from tenancy.api.authentication import TokenCaller
from tenancy.api.problems import problem
from tenancy.models import ApiToken, IdempotencyKey

HEADER = "Idempotency-Key"
LONGEST_KEY = 100
KEPT = timedelta(days=7)
V = TypeVar("V", bound=Callable[..., Response])


def idempotent(view: V) -> V:
    """Decorator of an API view's method that writes.

    With an `Idempotency-Key` the first call's answer is kept for a week, in the transaction of
    the write itself, and given again (with `Idempotent-Replayed: true`) to the same call of the
    same token; the key with another content is 422. Two at once: the second waits for the first.
    What failed is not kept, so it may be tried again. Without the header the call is an ordinary
    one.
    """

    @functools.wraps(view)
    def once(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER, "").strip()
        if not key or not isinstance(request.user, TokenCaller):
            return view(self, request, *args, **kwargs)
        if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
            raise ParseError(_("An Idempotency-Key is up to 100 printable ASCII characters."))
        token, content = request.user.token, _content_hash(request)
        _wait_for_same_key(token, key)
        _forget_old(token)
        kept = IdempotencyKey.objects.filter(token=token, key=key).first()
        if kept is not None:
            return _again(kept, content)
        answer = view(self, request, *args, **kwargs)
        if 200 <= answer.status_code < 300:
            IdempotencyKey.objects.create(
                company_id=token.company_id,
                token=token,
                key=key,
                request_hash=content,
                status=answer.status_code,
                body=answer.data,
            )
        return answer

    return once  # type: ignore[return-value]


def _again(kept: IdempotencyKey, content: bytes) -> Response:
    if bytes(kept.request_hash) != content:
        return problem(
            422, _("This Idempotency-Key was used for another call; take a new one for a new call.")
        )
    return Response(kept.body, status=kept.status, headers={"Idempotent-Replayed": "true"})


def _content_hash(request: Request) -> bytes:
    """What makes two calls the same: method, address, and every field and file of the body."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\0".encode())
    for name, value in _parts(request.data):
        digest.update(f"{name}\0".encode())
        if isinstance(value, UploadedFile):
            for chunk in value.chunks():
                digest.update(chunk)
            value.seek(0)
        else:
            digest.update(repr(value).encode())
        digest.update(b"\0")
    return digest.digest()


def _parts(data: Any) -> list[tuple[str, Any]]:
    if hasattr(data, "lists"):
        return sorted((name, value) for name, values in data.lists() for value in values)
    if isinstance(data, dict):
        return sorted(data.items(), key=lambda part: part[0])
    return [("", data)]


def _wait_for_same_key(token: ApiToken, key: str) -> None:
    """Put calls with the same key in line until this one's transaction ends."""
    name = hashlib.sha256(f"{token.company_id}/{token.pk}/{key}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(name[:8], "big", signed=True)]
        )


def _forget_old(token: ApiToken) -> None:
    IdempotencyKey.objects.filter(token=token, at__lt=timezone.now() - KEPT).delete()

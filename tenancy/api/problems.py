"""Errors of the API as problem details (RFC 9457), and nothing half-written behind them."""

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.core.exceptions import ValidationError as Refused
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

log = logging.getLogger("django.request")

CONTENT_TYPE = "application/problem+json"


def problem(
    status: int, detail: str = "", *, errors: Any = None, headers: dict[str, str] | None = None
) -> Response:
    """An answer that says what went wrong: type, title, status, detail, and errors by field."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
    }
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = errors
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def problem_details(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler. What the view wrote is rolled back, whatever went wrong."""
    from rest_framework.views import set_rollback

    set_rollback()
    if isinstance(error, Http404):
        return problem(404)
    if isinstance(error, PermissionDenied):
        return problem(403, str(error))
    if isinstance(error, Refused):
        return problem(422, errors=_by_field(error))
    if isinstance(error, exceptions.ValidationError):
        return problem(error.status_code, errors=error.detail)
    if isinstance(error, exceptions.APIException):
        return problem(error.status_code, str(error.detail), headers=_headers(error))
    if isinstance(error, RecursionError):
        # Reading the body is all that goes as deep as a caller likes.
        log.warning("API call nested too deeply: %s", _path(context))
        return problem(400, _("The JSON is nested too deeply."))
    # A caller that expects JSON gets JSON; what happened stands in the log only.
    log.error("API call failed: %s", _path(context), exc_info=error)
    return problem(500)


def _path(context: dict[str, Any]) -> str:
    return str(getattr(context.get("request"), "path", ""))


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    return headers


def _by_field(error: Refused) -> dict[str, list[str]]:
    if hasattr(error, "error_dict"):
        return {field: list(messages) for field, messages in error.message_dict.items()}
    return {NON_FIELD_ERRORS: list(error.messages)}

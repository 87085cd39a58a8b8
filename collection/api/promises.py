"""Promises over HTTP, for dialers and voice robots: what was promised, and what became of it.

`POST /api/v1/promises/` takes a promise in the name of one of the company's people, on a case that
this person sees; an open one on the case is superseded, as on screen. `GET` lists the company's own
promises by due date, with `next` leading to the next page.
"""

from typing import Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.models import Case
from collection.api.contacts import CONTACT
from collection.models import Promise
from collection.promise_judging import last_day
from collection.promises import take_promise
from collection.visibility import visible_cases
from tenancy.api import caller_of, idempotent, may
from tenancy.keyset import keyset_page
from tenancy.models import User

PAGE = 200
ORDER = ("due_on", "id")


class TakeRequest(serializers.Serializer[Any]):
    """A promise that a borrower made."""

    case = serializers.UUIDField()
    amount = serializers.DecimalField(max_digits=18, decimal_places=2)
    due_on = serializers.DateField()
    pay_by = serializers.ChoiceField(Promise.PayBy.choices)
    collector = serializers.CharField(help_text="username of the person to whom it was made")
    made_at = serializers.DateTimeField(required=False, help_text="now unless told")


class ListRequest(serializers.Serializer[Any]):
    """Which promises are asked for."""

    state = serializers.ChoiceField(Promise.State.choices, required=False)
    due_from = serializers.DateField(required=False)
    due_to = serializers.DateField(required=False)
    after = serializers.CharField(required=False, help_text="from `next` of the page before")


class PromiseAnswer(serializers.Serializer[Any]):
    """A promise and how it stands."""

    uid = serializers.UUIDField()
    case = serializers.UUIDField(allow_null=True, help_text="null once the case is out of sight")
    made_at = serializers.DateTimeField()
    amount = serializers.CharField()
    due_on = serializers.DateField()
    last_day = serializers.DateField()
    pay_by = serializers.CharField()
    state = serializers.ChoiceField(Promise.State.choices)
    received = serializers.CharField()
    collector = serializers.CharField()


class PageAnswer(serializers.Serializer[Any]):
    """Some promises; `next` is null on the last page."""

    results = PromiseAnswer(many=True)
    next = serializers.CharField(allow_null=True)


class Promises(APIView):
    """The company's promises."""

    permission_classes = [may(CONTACT)]

    @extend_schema(operation_id="list_promises", parameters=[ListRequest], responses=PageAnswer)
    def get(self, request: Request) -> Response:
        """The company's own promises by due date, 200 at a time."""
        form = ListRequest(data=request.query_params)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        company = caller_of(request).company
        chosen = {
            "state": asked.get("state"),
            "due_on__gte": asked.get("due_from"),
            "due_on__lte": asked.get("due_to"),
        }
        rows = Promise.objects.filter(
            company=company, **{name: value for name, value in chosen.items() if value is not None}
        )
        page = keyset_page(
            rows,
            order=ORDER,
            key=lambda row: [row.due_on, row.pk],
            after=asked.get("after", ""),
            size=PAGE,
        )
        cases = dict(
            Case.objects.filter(pk__in=[row.case_id for row in page.rows]).values_list("pk", "uid")
        )
        results = [_told(row, cases.get(row.case_id)) for row in page.rows]
        return Response({"results": results, "next": page.after or None})

    @extend_schema(operation_id="take_promise", request=TakeRequest, responses={201: PromiseAnswer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Take a promise; an `Idempotency-Key` makes it repeatable."""
        if not isinstance(request.data, dict):
            raise ParseError(_("The body is an object."))
        form = TakeRequest(data=request.data)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        person = _person(asked["collector"])
        case = get_object_or_404(visible_cases(person), uid=asked["case"])
        try:
            promise = take_promise(
                company=caller_of(request).company,
                case=case,
                by=person,
                amount=asked["amount"],
                due_on=asked["due_on"],
                pay_by=asked["pay_by"],
                at=asked.get("made_at"),
            )
        except PermissionDenied as error:
            raise serializers.ValidationError(
                {"collector": [_("This person takes no promises.")]}
            ) from error
        except ValidationError as error:
            told = error.message_dict if hasattr(error, "error_dict") else {"case": error.messages}
            raise serializers.ValidationError(cast("dict[str, Any]", told)) from error
        return Response(_told(promise, case.uid), status=201)


def _person(name: str) -> User:
    person = User.objects.filter(username=name, is_active=True).select_related("company").first()
    if person is None:
        raise serializers.ValidationError({"collector": [_("Nobody here is called that.")]})
    return person


def _told(row: Promise, case_uid: object) -> dict[str, Any]:
    return {
        "uid": str(row.uid),
        "case": None if case_uid is None else str(case_uid),
        "made_at": row.made_at.isoformat(),
        "amount": str(row.amount),
        "due_on": row.due_on.isoformat(),
        "last_day": last_day(row.due_on, row.grace_days).isoformat(),
        "pay_by": row.pay_by,
        "state": str(row.state),
        "received": f"{row.received:.2f}",
        "collector": row.taken_by_name,
    }

"""The gate over HTTP, for dialers and gateways: ask, reserve, and say what came of it.

`POST /api/v1/contacts/` reserves one contact, or answers 409 with the rules that refuse it and the
next permitted moment; the refusal stands in the case's history. A reservation counts until
`POST /api/v1/contacts/<try>/settle/` says how it ended. No number passes here: the caller dials
the contact point that it knows by its id.
"""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.models import Case, ContactPoint
from collection.contact_policy import Decision
from collection.contact_words import rule_label
from collection.gate import SETTLES, Asker, Denied, ask, reserve, settle
from collection.models import ContactTry
from tenancy.api import TokenCaller, caller_of, idempotent, may
from tenancy.api.problems import problem
from tenancy.models import User

CONTACT = "contact"
AHEAD = timedelta(days=60)
"""How far ahead a dialer may ask."""


class ContactRequest(serializers.Serializer[Any]):
    """Which contact is wanted."""

    case = serializers.UUIDField()
    channel = serializers.ChoiceField(ContactTry.Channel.choices)
    contact_point = serializers.UUIDField(
        required=False, allow_null=True, help_text="left out: the borrower, by letter or visit"
    )
    purpose = serializers.ChoiceField(
        ContactTry.Purpose.choices, default=ContactTry.Purpose.COLLECT
    )
    collector = serializers.CharField(
        required=False, help_text="username of the person it is made for; counts for that person"
    )


class AskRequest(ContactRequest):
    """A contact that might be made."""

    at = serializers.DateTimeField(required=False, help_text="now unless told; up to 60 days on")


class DenialAnswer(serializers.Serializer[Any]):
    """A rule that refuses."""

    rule = serializers.CharField()
    name = serializers.CharField()
    legal_basis = serializers.CharField()


class DecisionAnswer(serializers.Serializer[Any]):
    """What the gate says."""

    allowed = serializers.BooleanField()
    denials = DenialAnswer(many=True)
    next_at = serializers.DateTimeField(allow_null=True)


class TryAnswer(serializers.Serializer[Any]):
    """A contact that was let through."""

    uid = serializers.UUIDField()
    state = serializers.ChoiceField(ContactTry.State.choices)
    at = serializers.DateTimeField()
    talk_seconds = serializers.IntegerField(allow_null=True)


class SettleRequest(serializers.Serializer[Any]):
    """How a contact ended."""

    state = serializers.ChoiceField([str(state) for state in SETTLES])
    talk_seconds = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=24 * 3600,
        help_text="left out: not known, which counts as a conversation of any length",
    )
    ended_at = serializers.DateTimeField(required=False)


class Ask(APIView):
    """May a contact be made?"""

    permission_classes = [may(CONTACT)]

    @extend_schema(operation_id="ask_contact", request=AskRequest, responses=DecisionAnswer)
    def post(self, request: Request) -> Response:
        """The decision for a contact now, or at a moment to come; nothing is reserved."""
        asked = _checked(AskRequest, request)
        at = asked.get("at") or timezone.now()
        if not timezone.now() - timedelta(minutes=1) <= at <= timezone.now() + AHEAD:
            raise serializers.ValidationError({"at": [_("Ask about now or the next 60 days.")]})
        case, point = _case_and_point(asked)
        who = _asker(request, asked)
        decision = ask(
            user=who,
            case=case,
            channel=asked["channel"],
            point=point,
            at=at,
            purpose=asked["purpose"],
        )
        return Response(_told(decision))


class Reserve(APIView):
    """Let a contact through."""

    permission_classes = [may(CONTACT)]

    @extend_schema(
        operation_id="reserve_contact",
        request=ContactRequest,
        responses={201: TryAnswer, 409: DecisionAnswer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Reserve one contact now; an `Idempotency-Key` makes it repeatable."""
        asked = _checked(ContactRequest, request)
        case, point = _case_and_point(asked)
        who = _asker(request, asked)
        try:
            made = reserve(
                user=who,
                case=case,
                channel=asked["channel"],
                point=point,
                purpose=asked["purpose"],
            )
        except Denied as denied:
            # Answered, not raised: the refusal stays in the case's history.
            answer = problem(409, _("The contact is not allowed now."))
            answer.data |= _told(denied.decision)
            return answer
        return Response(_told_try(made), status=201)


class Settle(APIView):
    """Say how a contact ended."""

    permission_classes = [may(CONTACT)]

    @extend_schema(operation_id="settle_contact", request=SettleRequest, responses=TryAnswer)
    @idempotent
    def post(self, request: Request, uid: UUID) -> Response:
        """The outcome of a contact of the own company; it lands after a recall as well."""
        told = _checked(SettleRequest, request)
        company = caller_of(request).company
        get_object_or_404(ContactTry, uid=uid, company=company)
        made = settle(
            company=company,
            uid=uid,
            state=told["state"],
            talk_seconds=told.get("talk_seconds"),
            at=told.get("ended_at"),
        )
        return Response(_told_try(made))


def _checked(form: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    if not isinstance(request.data, dict):
        raise ParseError(_("The body is an object."))
    asked = form(data=request.data)
    asked.is_valid(raise_exception=True)
    return cast("dict[str, Any]", asked.validated_data)


def _case_and_point(asked: dict[str, Any]) -> tuple[Case, ContactPoint | None]:
    case = get_object_or_404(Case, uid=asked["case"])
    uid = asked.get("contact_point")
    if uid is None:
        return case, None
    return case, get_object_or_404(ContactPoint, uid=uid, borrower_id=case.borrower_id)


def _asker(request: Request, asked: dict[str, Any]) -> Asker:
    caller: TokenCaller = caller_of(request)
    name = asked.get("collector")
    if not name:
        return Asker(caller.company, None, caller.display_name)
    person = User.objects.filter(username=name, is_active=True).first()
    if person is None:
        raise serializers.ValidationError({"collector": [_("Nobody here is called that.")]})
    return Asker(caller.company, person.pk, person.display_name)


def _told(decision: Decision) -> dict[str, Any]:
    return {
        "allowed": decision.allowed,
        "denials": [
            {
                "rule": denial.rule,
                "name": rule_label(denial.rule),
                "legal_basis": denial.legal_basis,
            }
            for denial in decision.denials
        ],
        "next_at": decision.next_at.isoformat() if decision.next_at else None,
    }


def _told_try(made: ContactTry) -> dict[str, Any]:
    return {
        "uid": str(made.uid),
        "state": made.state,
        "at": made.at.isoformat(),
        "talk_seconds": made.talk_seconds,
    }

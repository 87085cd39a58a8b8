"""The API's own endpoints: who am I, the schema, and a 404 that speaks JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tenancy.api.authentication import caller_of


class MeSerializer(serializers.Serializer[Any]):
    """The company a token belongs to, and what the token may do."""

    company = inline_serializer(
        "MeCompany",
        {
            "code": serializers.CharField(),
            "name": serializers.CharField(),
            "kind": serializers.ChoiceField(["lender", "agency"]),
            "timezone": serializers.CharField(help_text="IANA name; business dates are its dates"),
            "currency": serializers.CharField(help_text="ISO 4217; of every amount"),
        },
    )
    token = inline_serializer(
        "MeToken",
        {
            "name": serializers.CharField(),
            "scopes": serializers.ListField(child=serializers.CharField()),
        },
    )


class Me(APIView):
    """Who the token speaks for: a first call that proves that the connection is right."""

    @extend_schema(operation_id="me", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """The token's company and scopes."""
        caller = caller_of(request)
        company, token = caller.company, caller.token
        facts = ("code", "name", "kind", "timezone", "currency")
        return Response(
            {
                "company": {fact: getattr(company, fact) for fact in facts},
                "token": {"name": token.name, "scopes": token.scopes},
            }
        )


class Schema(SpectacularAPIView):
    """The OpenAPI description; it holds no row of anybody, so everybody may read it."""

    permission_classes = [AllowAny]


@extend_schema(exclude=True)
class Nowhere(APIView):
    """Any other address below /api/."""

    permission_classes = [AllowAny]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse whatever the method is."""
        super().initial(request, *args, **kwargs)
        raise NotFound

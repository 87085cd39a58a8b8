"""A small API as an upper room would write one, for the tests of its base."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.urls import include, path
from rest_framework import serializers
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tenancy.api import caller_of, idempotent, may
from tenancy.models import Team
from tenancy.teams import create_team

FAILURES = {
    "refused": ValidationError({"name": "Not that name."}),
    "plain": ValidationError("Not at all."),
    "serializer": serializers.ValidationError({"name": ["Too long."]}),
    "denied": PermissionDenied("Not yours to do."),
    "missing": Http404(),
    "broken": RuntimeError("secret details"),
}


class Teams(APIView):
    """Makes a team; then fails if it is asked to."""

    permission_classes = [may("feed")]
    parser_classes = [JSONParser, MultiPartParser, FormParser]

    @idempotent
    def post(self, request: Request) -> Response:
        """201 with the team's name; `then` names a failure of FAILURES."""
        sent: Any = request.data
        name = sent["name"]
        if "file" in sent:
            name += f" {len(sent['file'].read())}"
        team = create_team(company=caller_of(request).company, name=name, by=None)
        if then := sent.get("then"):
            raise FAILURES[then]
        return Response({"name": team.name}, status=201)

    def get(self, request: Request) -> Response:
        """The names of the company's teams."""
        names: list[Any] = list(Team.objects.order_by("name").values_list("name", flat=True))
        return Response(names)


urlpatterns = [
    path("api/v1/teams/", Teams.as_view()),
    path("", include("config.urls")),
]

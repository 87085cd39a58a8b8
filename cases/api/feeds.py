"""The feed over HTTP: `POST /api/v1/feeds/<kind>/` with rows or a file, and how it went.

Up to ROWS_AT_ONCE rows are written before the answer (200). More rows, a file, and rows that come
while another import is being written are accepted (202) and written in the background. A feed
that is refused as a whole is a problem (422) that says why and lists the rejected rows.
"""

import io
import json
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError, PermissionDenied
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.feed import stored_files
from cases.feed.faults import FileRefused
from cases.feed.importing import apply_run, judge_feed
from cases.feed.jobs import ask_to_apply, ask_to_judge
from cases.feed.json_rows import Row, feed_of_rows
from cases.feed.kinds import PIPELINES
from cases.feed.results import COUNTS, result_of
from cases.feed.runs import Origin, begin_run, check_sender
from cases.models import ImportRun
from tenancy.api import TokenCaller, idempotent, may
from tenancy.api.problems import problem

ROWS_AT_ONCE = 5_000
BYTES_OF_JSON = 20 * 1024 * 1024
FEED = "feed"

State = ImportRun.State


class TooLarge(APIException):
    """The message is larger than what is read at once."""

    status_code = 413


class ExactJSONParser(JSONParser):
    """JSON whose numbers stay what was written: no amount passes through a float."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """The body; 413 for one that is too large to be held, 400 for one that is no JSON."""
        raw = stream.read(BYTES_OF_JSON + 1)
        if len(raw) > BYTES_OF_JSON:
            raise TooLarge(_("Send more than 20 MB as a file (multipart/form-data)."))
        try:
            return json.load(io.BytesIO(raw), parse_float=str, parse_int=str, parse_constant=str)
        except ValueError as error:
            raise ParseError(_("The body is not JSON: %(why)s") % {"why": error}) from error


class FeedRequest(serializers.Serializer[Any]):
    """What is common to rows and files."""

    as_of = serializers.DateField(help_text="the business date at whose close the feed was made")
    strict = serializers.BooleanField(
        default=False, help_text="refuse everything if any row is refused"
    )
    dry_run = serializers.BooleanField(default=False, help_text="check and count only")


class RowsRequest(FeedRequest):
    """Rows as JSON objects with the fields of docs/feed.md; amounts as text or plain numbers."""

    rows = serializers.ListField(child=serializers.DictField())


class FileRequest(FeedRequest):
    """A file, CSV or XLSX."""

    file = serializers.FileField()


class RejectAnswer(serializers.Serializer[Any]):
    """One fault of one row."""

    line = serializers.IntegerField(help_text="place in the list from 1, or line of the file")
    column = serializers.CharField()
    value = serializers.CharField()
    reason = serializers.CharField()
    code = serializers.CharField()


class EffectAnswer(serializers.Serializer[Any]):
    """How many loans, cases or repayments, and for how much."""

    count = serializers.IntegerField()
    amount = serializers.CharField()


class RunAnswer(serializers.Serializer[Any]):
    """An import and its figures; `rejects` holds the first 100."""

    run = serializers.UUIDField()
    kind = serializers.ChoiceField(ImportRun.Kind.choices)
    as_of = serializers.DateField()
    state = serializers.ChoiceField(State.choices)
    rows = serializers.IntegerField()
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()
    already_in_balance = serializers.IntegerField()
    suspense = serializers.IntegerField()
    differs = serializers.IntegerField()
    unknown_columns = serializers.ListField(child=serializers.CharField())
    outlook = serializers.DictField(child=EffectAnswer())
    refusal = serializers.CharField()
    rejects = RejectAnswer(many=True)


class OfLender(may(FEED)):  # type: ignore[misc]
    """A lender's token issued to send the feed."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        if not cast("TokenCaller", request.user).company.is_lender:
            raise PermissionDenied(_("Only a lender has a book to feed."))
        return True


class Feeds(APIView):
    """Take in a feed."""

    permission_classes = [OfLender]
    parser_classes = [ExactJSONParser, MultiPartParser]

    @extend_schema(
        operation_id="send_feed",
        request={"application/json": RowsRequest, "multipart/form-data": FileRequest},
        responses={200: RunAnswer, 202: RunAnswer},
        examples=[
            OpenApiExample(
                "Two repayments",
                value={
                    "as_of": "2026-11-19",
                    "rows": [
                        {
                            "repayment_no": "R1",
                            "loan_no": "L1",
                            "paid_at": "2026-11-19T10:00:00+08:00",
                            "amount": "300.00",
                        },
                        {
                            "repayment_no": "R2",
                            "loan_no": "L1",
                            "paid_at": "2026-11-19 15:30:00",
                            "amount": "300.00",
                            "reverses": "R1",
                        },
                    ],
                },
                request_only=True,
            )
        ],
    )
    @idempotent
    def post(self, request: Request, kind: str) -> Response:
        """Send rows (JSON) or a file (multipart); an `Idempotency-Key` makes it repeatable."""
        if kind not in PIPELINES:
            raise Http404
        asked = _asked(request)
        company = cast("TokenCaller", request.user).company
        try:
            check_sender(company=company, as_of=asked["as_of"])
            if "file" in asked:
                return _accepted(_from_file(request, kind, asked))
            return _from_rows(request, kind, asked)
        except FileRefused as refusal:
            return problem(422, refusal.sentence(_))


class Runs(APIView):
    """How an import went."""

    permission_classes = [OfLender]

    @extend_schema(operation_id="feed_run", responses=RunAnswer)
    def get(self, _request: Request, uid: UUID) -> Response:
        """The import's state, figures and first rejects."""
        return Response(result_of(get_object_or_404(ImportRun, uid=uid)))


def _asked(request: Request) -> dict[str, Any]:
    """The request's fields, checked; rows are looked at one by one later."""
    if not isinstance(request.data, dict):
        raise ParseError(_("The body is an object with as_of and rows."))
    form = FeedRequest(data=request.data)
    form.is_valid(raise_exception=True)
    file, rows = request.data.get("file"), request.data.get("rows")
    if isinstance(file, UploadedFile):
        return {**form.validated_data, "file": file}
    if not isinstance(rows, list):
        raise serializers.ValidationError({"rows": [_("A list of objects is expected.")]})
    for place, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            said = _("Row %(place)s is no object; send its columns by name.")
            raise serializers.ValidationError({"rows": [said % {"place": place}]})
    return {**form.validated_data, "rows": rows}


def _begun(request: Request, kind: str, asked: dict[str, Any], **facts: Any) -> ImportRun:
    caller = cast("TokenCaller", request.user)
    as_of: date = asked["as_of"]
    origin = Origin(source=ImportRun.Source.API, name=caller.display_name, **facts)
    return begin_run(
        company=caller.company, kind=kind, as_of=as_of, strict=asked["strict"], origin=origin
    )


def _from_rows(request: Request, kind: str, asked: dict[str, Any]) -> Response:
    rows: list[Row] = asked["rows"]
    company = cast("TokenCaller", request.user).company
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    feed = feed_of_rows(PIPELINES[kind].feed, rows)
    run = _begun(request, kind, asked, file_format="JSON", file_size=size)
    if not judge_feed(company=company, run=run, feed=feed):
        return _refused(run)
    if asked["dry_run"]:
        return Response(result_of(run))
    if len(rows) > ROWS_AT_ONCE:
        return _accepted(_later(run))
    try:
        run = apply_run(company=company, run_id=run.pk, patience=0)
    except FileRefused:
        return _accepted(_later(run))
    return _refused(run) if run.state == State.REFUSED else Response(result_of(run))


def _later(run: ImportRun) -> ImportRun:
    ask_to_apply(run=run, by=None, confirmed_by="", look_again=False)
    return run


def _from_file(request: Request, kind: str, asked: dict[str, Any]) -> ImportRun:
    company = cast("TokenCaller", request.user).company
    file: UploadedFile[Any] = asked["file"]
    name = stored_files.keep(company.pk, file.chunks())
    try:
        run = _begun(
            request,
            kind,
            asked,
            file_name=file.name or "",
            file_size=file.size or 0,
            stored_as=name,
        )
        ask_to_judge(run=run, by=None, then_apply=not asked["dry_run"])
    except BaseException:
        stored_files.remove(company.pk, name)
        raise
    return run


def _accepted(run: ImportRun) -> Response:
    where = reverse("feeds:run", args=[run.uid])
    return Response(result_of(run), status=202, headers={"Location": where})


def _refused(run: ImportRun) -> Response:
    result = result_of(run)
    answer = problem(422, result["refusal"])
    answer.data |= {name: result[name] for name in ("run", *COUNTS, "rejects")}
    return answer

"""Making one call of the matrix and undoing it: who, with which ids, and what came back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.matrix.cell import Cell, Values
from tests.matrix.sides import Side, World, names_in
from tests.matrix.traces import Traces, changed, rows_written, traces, written_since

_addresses = count(1)
_standing: Traces = {}
Filled = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call gave: its status, its text with the headers, the tables it wrote."""

    status: int
    text: str
    location: str
    wrote: set[str]


@dataclass(frozen=True, slots=True)
class Sent:
    """A cell's values filled in: for its own side, or with the value `name` a stranger's."""

    path: dict[str, str]
    query: Filled
    body: Filled
    file: str = ""
    name: str = ""
    what: str = ""


def sent_by(cell: Cell, side: Side) -> Sent:
    """The cell's values with the side's own ids."""
    return Sent(
        {name: side.fill(value) for name, value in cell.path.items()},
        _filled(cell.query, side.ids),
        _filled(cell.body, side.ids),
        cell.file and side.fill(cell.file),
    )


def _filled(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return value.format_map(ids)
    if isinstance(value, Mapping):
        return {name: _filled(each, ids) for name, each in value.items()}
    return [_filled(each, ids) for each in value]


def with_strangers(cell: Cell, side: Side, world: World, *, part: str) -> Iterator[Sent]:
    """The cell's values, each time with one that names a row of another company.

    part: "path", or "fields" for query and body.
    """
    own = sent_by(cell, side)
    places = {"path": ("path",), "fields": ("query", "body")}[part]
    for place in places:
        values: Values = getattr(cell, place)
        for name, value in values.items():
            for index, text in enumerate([value] if isinstance(value, str) else value):
                if not isinstance(text, str):
                    continue
                for whose, put in _by_strangers(text, side, world):
                    what = f"{place} {name}={whose}"
                    yield _replaced(own, place, name, put, what, index)


def with_unseen(cell: Cell, side: Side) -> Iterator[Sent]:
    """The cell's values, each time with one that its caller does not see."""
    own = sent_by(cell, side)
    for name, text in cell.unseen.items():
        for place in ("path", "query", "body"):
            if name in getattr(cell, place):
                yield _replaced(own, place, name, side.fill(text), f"{place} {name}", 0)


def _by_strangers(text: str, side: Side, world: World) -> Iterator[tuple[str, str]]:
    for name in dict.fromkeys(names_in(text)):
        for whose, foreign in world.strangers(side, name):
            yield whose, text.format_map({**side.ids, name: foreign})


def _replaced(own: Sent, place: str, name: str, put: str, what: str, index: int) -> Sent:
    new: dict[str, Any] = dict(getattr(own, place))
    if isinstance(new[name], list):
        new[name] = [*new[name][:index], put, *new[name][index + 1 :]]
    else:
        new[name] = put
    parts = {"path": own.path, "query": own.query, "body": own.body, place: new}
    return Sent(**parts, file=own.file, name=name, what=what)


def client_of(side: Side | None, username: str = "", *, csrf: bool = False) -> Client:
    """A browser that has signed in as this person, or nobody's. Each call has its own address."""
    n = next(_addresses)
    client = Client(
        enforce_csrf_checks=csrf, REMOTE_ADDR=f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"
    )
    if side is not None and username:
        client.cookies["sessionid"] = side.sessions[username]
    return client


@contextmanager
def undone() -> Iterator[None]:
    """Run a block and roll back whatever it wrote."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def call(client: Client, cell: Cell, sent: Sent, method: str = "", headers: Any = None) -> Answer:
    """Send it; the caller undoes it."""
    address = reverse(cell.route, kwargs=sent.path) if cell.route else ""
    before = rows_written()
    method = method or cell.method
    options: dict[str, Any] = {"query_params": sent.query or None, "headers": headers}
    if method in ("POST", "PUT", "PATCH"):
        options["data"] = _data(cell, sent, method)
        if cell.token:
            options["content_type"] = "application/json"
    response = getattr(client, method.lower())(address, **options)
    text = b"".join(response.streaming_content) if response.streaming else response.content
    shown = text.decode(errors="replace") + str(dict(response.headers))
    return Answer(
        response.status_code, shown, response.headers.get("Location", ""), written_since(before)
    )


def _data(cell: Cell, sent: Sent, method: str) -> Any:
    if method != "POST" and not cell.token:
        return ""
    if not sent.file:
        return sent.body
    return sent.body | {"file": SimpleUploadedFile("feed.csv", sent.file.encode())}


def standing(world: World) -> Traces:
    """The digests of the world's rows as it was furnished."""
    if not _standing:
        _standing.update(traces(*world.sides))
    return _standing


def nothing_changed(world: World, answer: Answer) -> bool:
    """Whether no row of any company differs; call before undoing."""
    return not answer.wrote or not changed(standing(world), traces(*world.sides))


def others_unchanged(world: World, side: Side, *, partner: bool = False) -> bool:
    """Whether the mirrored side's rows (and the partner's) are as they were."""
    mirror = world.mirror(side)
    codes = [mirror.code, world.partner(mirror).code]
    if partner:
        codes.append(world.partner(side).code)
    return not changed(standing(world), traces(*codes))


def leaks(world: World, side: Side, answer: Answer) -> set[str]:
    """Words of others that the answer holds."""
    text = answer.text.lower()
    return {word for word in world.forbidden(side) if word.lower() in text}

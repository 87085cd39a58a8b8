"""Server time of pages: the whole application, called as a web server calls it, caches off.

Each request goes through every middleware with the cookie of a session that sign-in opened, to the
last byte of the body. `page_worklist`: the first page of the worklist for a collector with 500
cases and for an admin who sees all of the lender's; the slower one, measured against its baseline,
is the line's. `page_case`: the pages of many cases of that collector. The baseline is
config.bench.plain. `page_worklist_growth`: the admin's and the collector's page at the largest size
against the smallest, in turns.
"""

import io
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.http import HttpRequest
from django.test.utils import override_settings
from django.urls import reverse

from collection.models import Assignment
from collection.worklist import ORDER
from config.bench.databases import BenchDatabase, in_scope
from config.bench.feed import NotAsMeant
from config.bench.lenders import Lender
from config.bench.measure import LIMITS, Line, Pair, in_turns, percentile, significant
from config.bench.plain import BACKEND, plain_handler, plain_session
from tenancy.models import User
from tenancy.sessions import SessionStore
from tenancy.signing_in import let_in

HOST = "localhost"
WARM_UP = 5
CASE_PAGES = 200
Page = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Site:
    """Recoup and the plain site, ready to answer."""

    ours: WSGIHandler
    plain: WSGIHandler


@contextmanager
def site() -> Iterator[Site]:
    """Both applications, without caches, with static files named as in production."""
    with ExitStack() as stack:
        static = stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(
            override_settings(
                ALLOWED_HOSTS=[HOST],
                AUTHENTICATION_BACKENDS=[*settings.AUTHENTICATION_BACKENDS, BACKEND],
                CACHES={"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}},
                STATIC_ROOT=static,
            )
        )
        call_command("collectstatic", interactive=False, verbosity=0)
        yield Site(WSGIHandler(), plain_handler())


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a session at both sites."""

    user: User
    ours: str
    plain: str

    @classmethod
    def of(cls, user: User) -> "Visitor":
        """Sign a person in, in the database in use."""
        with in_scope(user.company):
            known = User.objects.select_related("company__settings").get(pk=user.pk)
        request = HttpRequest()
        request.session = SessionStore()
        let_in(request, known, second_factor=False)
        request.session.save()
        return cls(known, str(request.session.session_key), plain_session(known))


def seconds_of_request(
    handler: WSGIHandler, path: str, session: str, holds: str, query: str = ""
) -> float:
    """The time one GET takes; raises NotAsMeant unless it is answered with what it must hold."""
    status: list[str] = []
    environ = _environ(path, session) | {"QUERY_STRING": query}

    def start_response(line: str, _headers: object, _failure: object = None) -> Any:
        status.append(line)

    began = time.perf_counter()
    answer = handler(environ, start_response)
    body = b"".join(answer)
    answer.close()
    seconds = time.perf_counter() - began
    if not status[0].startswith("200") or holds.encode() not in body:
        raise NotAsMeant(f"{path} answered {status[0]} without {holds!r}")
    return seconds


def _environ(path: str, session: str) -> dict[str, object]:
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": HOST,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": HOST,
        "HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={session}",
        "HTTP_ACCEPT": "text/html",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


@dataclass(slots=True)
class PageSamples:
    """What was measured of a page, and how many rows lie behind it."""

    who: str
    cases: int
    pair: Pair = field(default_factory=Pair)

    @property
    def ratio(self) -> float:
        """The median of ours by the baseline's."""
        return median(self.pair.ours) / median(self.pair.baseline)

    @property
    def figures(self) -> dict[str, object]:
        """For the line: whose page, what lies behind it, p50 and p95."""
        return {
            "who": self.who,
            "sees": self.cases,
            "p50_s": significant(median(self.pair.ours)),
            "p95_s": significant(percentile(self.pair.ours, 0.95)),
            "baseline_p50_s": significant(median(self.pair.baseline)),
            "baseline_p95_s": significant(percentile(self.pair.baseline, 0.95)),
            "ratio": significant(self.ratio),
        }


def measure_worklist(lender: Lender, served: Site, requests: int) -> list[PageSamples]:
    """The worklist of the collector and of the admin."""
    found = []
    for who, user in (("collector", lender.collector), ("admin", lender.admin)):
        page, plain, behind = worklist_page(user, served)
        samples = PageSamples(who, behind)
        _measure(page, plain, requests, samples.pair)
        found.append(samples)
    return found


def worklist_page(user: User, served: Site) -> tuple[Page, Page, int]:
    """How to ask for a person's worklist and for the plain page, and how many cases it lists."""
    visitor = Visitor.of(user)
    with in_scope(user.company):
        rows = Assignment.objects.filter(ended_at=None)
        if user.has_role("collector"):
            rows = rows.filter(collector=user)
        behind = rows.count()
        first = rows.order_by(*ORDER).values_list("case__loan_no", flat=True)[0]
    path = reverse("work:queue")
    return (
        lambda: seconds_of_request(served.ours, path, visitor.ours, first),
        lambda: seconds_of_request(served.plain, "/", visitor.plain, visitor.user.display_name),
        behind,
    )


def measure_case(lender: Lender, served: Site, requests: int) -> PageSamples:
    """The pages of the collector's cases, one after the other."""
    visitor = Visitor.of(lender.collector)
    with in_scope(lender.company):
        rows = Assignment.objects.filter(collector=lender.collector, ended_at=None)
        shown = list(rows.order_by("id").values_list("case__uid", "case__loan_no")[:CASE_PAGES])
    asked = cycle([(reverse("work:case", args=[uid]), loan_no) for uid, loan_no in shown])
    samples = PageSamples("collector", len(shown))

    def page() -> float:
        path, loan_no = next(asked)
        return seconds_of_request(served.ours, path, visitor.ours, loan_no)

    def plain() -> float:
        name = visitor.user.display_name
        return seconds_of_request(served.plain, "/", visitor.plain, name)

    _measure(page, plain, requests, samples.pair)
    return samples


def _measure(page: Page, plain: Page, requests: int, pair: Pair) -> None:
    in_turns(WARM_UP, page, plain)
    in_turns(requests, page, plain, pair)


def page_line(name: str, cases: int, samples: Sequence[PageSamples]) -> Line:
    """The line of the page that is slowest against its baseline; the others stand beside it."""
    slowest = max(samples, key=lambda each: each.ratio)
    ours, plain = median(slowest.pair.ours), median(slowest.pair.baseline)
    more: dict[str, object] = {"requests": len(slowest.pair.ours)}
    more["p95_s"] = significant(percentile(slowest.pair.ours, 0.95))
    more["pages"] = [each.figures for each in samples]
    return Line(name, cases, ours, plain, LIMITS[name], more)


def measure_growth(
    ends: tuple[tuple[BenchDatabase, Lender], tuple[BenchDatabase, Lender]],
    served: Site,
    requests: int,
) -> list[PageSamples]:
    """The worklist in the second, large database (ours) against the first, small one, in turns."""
    small, large = ends
    found = []
    for who in ("collector", "admin"):
        pages, behind = [], 0
        for database, lender in (large, small):
            database.use()
            user = lender.admin if who == "admin" else lender.collector
            page, _plain, rows = worklist_page(user, served)
            pages.append(_in(database, page))
            behind = max(behind, rows)
        samples = PageSamples(who, behind)
        _measure(pages[0], pages[1], requests, samples.pair)
        found.append(samples)
    return found


def _in(database: BenchDatabase, page: Page) -> Page:
    def asked() -> float:
        database.use()
        return page()

    return asked

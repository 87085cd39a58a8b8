"""The parts of templates/ under the addresses that the frame links to; no database is asked.

A urlconf for tests and for `python -m tests.screens.look`. The query (kept in a cookie) takes
`lang=en|zh-hans`, `kind=lender|agency`, `theme=light|dark`, `roles=…`, `rows=N`.
"""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import include, path
from django.utils import timezone, translation

from tenancy.http import Request
from tests.screens.samples import company, person, sample

__all__ = ["GALLERY_PAGES", "SignedIn", "sample", "urlpatterns"]


def page(template: str, status: int = 200) -> Callable[[HttpRequest], HttpResponse]:
    """A view of one template with the sample content."""

    @non_atomic_requests
    def view(request: HttpRequest) -> HttpResponse:
        return render(request, template, sample(request), status=status)

    return view


@non_atomic_requests
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page after a wrong password."""

    class Login(forms.Form):
        login = forms.CharField()
        password = forms.CharField()

    form = Login({"login": "lin@HAIYUE", "password": "x"})
    form.add_error(None, "User name or password is wrong.")
    cast("Request", request).company = None
    return render(request, "sign_in.html", {"form": form, "tries_left": 3})


NAMES = {
    None: ["home", "jobs", "language", "sign-in", "sign-out"],
    "work": ["queue", "board"],
    "cases": ["list", "imports", "import-new", "buckets"],
    "agencies": ["placements", "inbox"],
    "tenancy": ["people", "teams", "audit", "company", "sign-in-log", "tokens"],
    "me": ["settings"],
}
PAGES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "home": page("styleguide/parts.html"),
    "jobs": page("parts/jobs.html"),
    "sign-in": sign_in,
    "queue": page("styleguide/list.html"),
}


def named(names: list[str]) -> list[Any]:
    """Routes under the names that the frame links to."""
    return [path(f"{name}/", PAGES.get(name, PAGES["home"]), name=name) for name in names]


urlpatterns = [
    *named(NAMES[None]),
    *(path(f"{app}/", include((named(names), app))) for app, names in NAMES.items() if app),
    path("progress/", page("parts/progress.html")),
    path("case/", page("styleguide/case.html")),
    path("panel/", page("styleguide/panel.html")),
    *(
        path(f"{code}/", page(f"{code}.html", int(code[:3])))
        for code in ["400", "403", "403_csrf", "404", "409", "500"]
    ),
]


GALLERY_PAGES = [
    *("/home/", "/work/queue/", "/panel/", "/sign-in/", "/case/", "/jobs/", "/progress/"),
    *("/400/", "/403/", "/403_csrf/", "/404/", "/409/", "/500/"),
]


class SignedIn:
    """Middleware: a person, a company, a language and a clock out of the query or a cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        def asked(name: str, default: str) -> str:
            return request.GET.get(name) or request.COOKIES.get(name) or default

        here = company(asked("kind", "lender"))
        roles = asked("roles", "collector").split(",")
        cast("Request", request).company = here
        request.user = person(here, *roles, theme=asked("theme", "light"))
        with translation.override(asked("lang", "en")), timezone.override(here.zone):
            response = self.get_response(request)
        for name in ("kind", "roles", "theme", "lang"):
            if name in request.GET:
                response.set_cookie(name, request.GET[name])
        return response

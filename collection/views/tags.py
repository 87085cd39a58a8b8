"""The company's tags on screen, and the editor of their rules with its live count."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from collection.models import CaseTag, Tag
from collection.tag_changes import (
    COLOURS,
    StaleTag,
    TagFacts,
    add_usual_tags,
    change_tag,
    make_tag,
    takes_effect_at_night,
)
from collection.tag_facts import count_matching
from collection.tag_forms import (
    COLOUR_LABELS,
    RuleLine,
    TagForm,
    lines_of,
    rule_of,
    stored_lines,
)
from collection.tag_presets import PRESETS
from collection.tag_rules import MOST_CONDITIONS
from collection.tag_words import stored_in_words
from tenancy.access import for_roles
from tenancy.formats import count
from tenancy.forms import put_refusal
from tenancy.http import Request
from tenancy.models import Role, User
from tenancy.night import business_date
from tenancy.screen import Link
from tenancy.stale import last_change

ADMIN, AUDITOR = Role.COMPANY_ADMIN, Role.AUDITOR


@dataclass(frozen=True, slots=True)
class TagLine:
    """A tag as the list of them prints it."""

    tag: Tag
    rule: str
    cases: str
    href: str


def matching(user: User, lines: Sequence[RuleLine]) -> str:
    """How many open cases the rule holds for now, in words."""
    rule = rule_of(lines)
    if rule is None:
        return _("Complete the conditions to see how many cases match.")
    if not rule:
        return _("Without conditions people set this tag by hand.")
    company = user.company
    found, every = count_matching(company=company, on=business_date(company), rule=rule)
    told = ngettext(
        "%(n)s of %(all)s open cases matches now", "%(n)s of %(all)s open cases match now", found
    )
    return told % {"n": count(found), "all": count(every)}


@for_roles(ADMIN, AUDITOR, Role.TEAM_LEAD, writes=(ADMIN,))
@require_http_methods(["GET", "HEAD", "POST"])
def tags(request: Request) -> HttpResponse:
    """The company's tags; POST adds the usual ones that are missing."""
    user = request.user
    if request.method == "POST":
        made = add_usual_tags(company=user.company, by=user)
        messages.success(
            request, ngettext("%(n)s tag added.", "%(n)s tags added.", made) % {"n": made}
        )
        return redirect("work:tags")
    carried = dict(
        CaseTag.objects.filter(company_id=user.company_id)
        .values_list("tag_id")
        .annotate(n=Count("pk"))
        .order_by()
    )
    is_admin = user.has_role(ADMIN)
    known = list(Tag.objects.order_by("-is_active", "step", "code"))
    rows = [
        TagLine(
            tag,
            stored_in_words(tag.rule),
            count(carried.get(tag.pk, 0)),
            reverse("work:tag", args=[tag.uid]) if is_admin else "",
        )
        for tag in known
    ]
    new = Link(label=_("New tag"), href=reverse("work:tag-new"), icon="plus", primary=True)
    context = {
        "rows": rows,
        "is_admin": is_admin,
        "lacks_usual": bool(set(PRESETS) - {tag.code for tag in known}),
        "page_actions": [new] if is_admin else [],
    }
    return render(request, "collection/tags.html", context)


@for_roles(ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Make a tag."""
    return _editor(request, None)


@for_roles(ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, uid: str) -> HttpResponse:
    """Change a tag and its rule."""
    return _editor(request, get_object_or_404(Tag, uid=uid))


def _editor(request: Request, tag: Tag | None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, tag, TagForm(initial=_initial(tag)), stored_lines(tag) if tag else [])
    form, lines = TagForm(request.POST), lines_of(request.POST)
    if request.POST.get("act", "save") != "save":
        return _page(request, tag, TagForm(initial=request.POST.dict()), lines)
    rule = rule_of(lines)
    if not form.is_valid() or rule is None:
        return _page(request, tag, form, lines, status=422)
    facts = TagFacts(**form.cleaned_data, rule=rule)
    company, by = request.user.company, request.user
    try:
        if tag is None:
            make_tag(company=company, facts=facts, by=by)
        else:
            version = request.POST.get("version", "")
            seen = int(version) if version.isdecimal() and len(version) < 10 else tag.version
            change_tag(company=company, tag=tag, version=seen, facts=facts, by=by)
    except StaleTag as stale:
        return _page(request, stale.tag, form, lines, status=409, theirs=stale.tag)
    except ValidationError as error:
        put_refusal(form, error)
        return _page(request, tag, form, lines, status=422)
    if takes_effect_at_night():
        messages.success(request, _("Saved. The next night tags the cases."))
    else:
        messages.success(request, _("Saved. The cases are tagged."))
    return redirect("work:tags")


def _initial(tag: Tag | None) -> dict[str, object]:
    if tag is None:
        return {"colour": COLOURS[0], "is_active": True}
    names = ("name_en", "name_zh", "colour", "is_active")
    return {name: getattr(tag, name) for name in names}


def _page(
    request: Request,
    tag: Tag | None,
    form: TagForm,
    lines: list[RuleLine],
    *,
    status: int = 200,
    theirs: Tag | None = None,
) -> HttpResponse:
    context = {
        "tag": tag,
        "form": form,
        "lines": lines,
        "matching": matching(request.user, lines),
        "may_add": len(lines) < MOST_CONDITIONS,
        "theirs": theirs,
        "their_rule": stored_in_words(theirs.rule) if theirs else "",
        "their_colour": COLOUR_LABELS.get(theirs.colour, "") if theirs else "",
        "changed_last": last_change(theirs) if theirs else None,
    }
    return render(request, "collection/tag.html", context, status=status)


@for_roles(ADMIN)
@require_safe
def rule(request: Request) -> HttpResponse:
    """The editor's lines and count as typed so far, for htmx; nothing is saved."""
    lines = lines_of(request.GET)
    context = {
        "lines": lines,
        "matching": matching(request.user, lines),
        "may_add": len(lines) < MOST_CONDITIONS,
    }
    return render(request, "collection/tag_rule.html", context)

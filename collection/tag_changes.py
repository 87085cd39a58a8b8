"""Making and changing a company's tags; each change is audited and takes effect on its cases."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cases.models import Case
from collection.models import Tag
from collection.tag_presets import PRESETS, start_tags
from collection.tag_rules import Rule, stored_rule
from collection.tag_words import stored_in_words
from collection.tagging import derive_tags
from tenancy.audit import changed, record_change
from tenancy.models import Company, Role, User
from tenancy.night import business_date

MOST_TAGS = 60
LONGEST_NAME = 40
AT_ONCE = 100_000
"""Open cases up to which a changed rule takes effect at once; beyond, the next night does it."""
COLOURS = ("blue", "azure", "green", "yellow", "orange", "red", "purple")


@dataclass(frozen=True, slots=True, kw_only=True)
class TagFacts:
    """What a person decides about a tag. rule: () for one that people set by hand."""

    name_en: str
    name_zh: str
    colour: str = "blue"
    rule: Rule = ()
    is_active: bool = True


class StaleTag(Exception):
    """Somebody changed the tag since it was read; `tag` is how it stands now."""

    def __init__(self, tag: Tag) -> None:
        super().__init__(tag.code)
        self.tag = tag


def make_tag(*, company: Company, facts: TagFacts, by: User) -> Tag:
    """Add a tag. Raises PermissionDenied, ValidationError by field."""
    _check(facts, by)
    known = Tag.objects.filter(company=company)
    if known.count() >= MOST_TAGS:
        raise ValidationError(_("At most %(limit)s tags.") % {"limit": MOST_TAGS})
    with transaction.atomic():
        last = known.aggregate(last=Max("step"))["last"]
        tag = Tag(company=company, code=f"t_{uuid4().hex[:16]}", step=(last or 0) + 1)
        _set(tag, facts)
        tag.save()
        record_change(actor=by, verb="make_tag", obj=tag, after=_told(tag))
        _take_effect(company, tag)
    return tag


def change_tag(*, company: Company, tag: Tag, version: int, facts: TagFacts, by: User) -> Tag:
    """Change a tag that the person read at `version`.

    Raises StaleTag where somebody was first, PermissionDenied, ValidationError by field.
    """
    _check(facts, by)
    with transaction.atomic():
        now = Tag.objects.select_for_update().get(company=company, pk=tag.pk)
        if now.version != version:
            raise StaleTag(now)
        before = _told(now)
        _set(now, facts)
        old, new = changed(before, _told(now))
        if not new:
            return now
        now.version += 1
        now.save()
        record_change(actor=by, verb="change_tag", obj=now, before=old, after=new)
        _take_effect(company, now)
    return now


def add_usual_tags(*, company: Company, by: User) -> int:
    """Add the usual tags that the company does not have; returns how many. PermissionDenied."""
    if not by.has_role(Role.COMPANY_ADMIN):
        raise PermissionDenied
    with transaction.atomic():
        had = set(Tag.objects.filter(company=company).values_list("code", flat=True))
        start_tags(company_id=company.pk)
        made = Tag.objects.filter(company=company, code__in=set(PRESETS) - had)
        for tag in made:
            record_change(actor=by, verb="make_tag", obj=tag, after=_told(tag))
        if made and not takes_effect_at_night():
            ids = [tag.pk for tag in made]
            derive_tags(company=company, on=business_date(company), tag_ids=ids)
    return len(made)


def takes_effect_at_night() -> bool:
    """Whether the company has so many open cases that a changed rule waits for the night."""
    return Case.objects.filter(closed_on=None).order_by()[: AT_ONCE + 1].count() > AT_ONCE


def _take_effect(company: Company, tag: Tag) -> None:
    if not takes_effect_at_night():
        derive_tags(company=company, on=business_date(company), tag_ids=[tag.pk])


def _check(facts: TagFacts, by: User) -> None:
    if not by.has_role(Role.COMPANY_ADMIN):
        raise PermissionDenied
    wrong: dict[str, str] = {}
    for name in ("name_en", "name_zh"):
        said = getattr(facts, name).strip()
        if not said:
            wrong[name] = _("Give it a name.")
        elif len(said) > LONGEST_NAME:
            wrong[name] = _("At most %(limit)s characters.") % {"limit": LONGEST_NAME}
    if facts.colour not in COLOURS:
        wrong["colour"] = _("Choose one of the colours.")
    if wrong:
        raise ValidationError(wrong)


def _set(tag: Tag, facts: TagFacts) -> None:
    tag.name_en, tag.name_zh = facts.name_en.strip(), facts.name_zh.strip()
    tag.colour, tag.is_active = facts.colour, facts.is_active
    tag.rule = stored_rule(facts.rule)


def _told(tag: Tag) -> dict[str, Any]:
    """The tag as the audit trail keeps it."""
    return {
        "name_en": tag.name_en,
        "name_zh": tag.name_zh,
        "colour": tag.colour,
        "rule": stored_in_words(tag.rule),
        "is_active": tag.is_active,
    }

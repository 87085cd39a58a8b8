"""Tags on cases, set by rules at night and on events, or by hand."""

from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import get_language

from cases.models import Case
from cases.models.base import held
from collection.models.keys import case_key
from tenancy.managers import ScopedManager
from tenancy.models import Company
from tenancy.models.base import CompanyOwned, random_uid
from tenancy.walls import (
    AGENCY_ROLE,
    ALL,
    KEEP,
    LENDER_ROLE,
    CompositeKey,
    Correlation,
    Rule,
    Wall,
    own,
)


class Tag(CompanyOwned):
    """A tag of a company. rule: conditions that all hold (collection.tag_rules); none: by hand."""

    uid = random_uid()
    code = models.CharField(max_length=30)
    name_en = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=40)
    colour = models.CharField(max_length=10, default="blue")
    rule = models.JSONField(default=list)
    step = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(default=True)

    class Meta(CompanyOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="tag_code"),
            models.UniqueConstraint(fields=["company", "id"], name="tag_company_id"),
            Wall(name="tag_wall", rules=own(KEEP)),
        ]

    @property
    def label(self) -> str:
        """The tag's name in the language of the screen."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


class CaseTag(CompanyOwned):
    """A company's tag on a case that it works or owns. by_hand: no rule takes it off."""

    owner = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="tags", db_constraint=False, db_index=False
    )
    tag = models.ForeignKey(
        Tag, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    since = models.DateTimeField(db_default=Now())
    by_hand = models.BooleanField(default=False)
    by_name = models.CharField(max_length=80, blank=True, default="")

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta(CompanyOwned.Meta):
        indexes = [models.Index(fields=["company", "tag", "case"], name="case_tag_by_tag")]
        constraints = [
            models.UniqueConstraint(fields=["company", "case", "tag"], name="case_tag_once"),
            case_key("casetag"),
            CompositeKey(
                name="casetag_tag_fk",
                columns=("company_id", "tag_id"),
                to="collection.Tag",
                to_columns=("company_id", "id"),
            ),
            Correlation(name="case_tag_sides", columns=("company_id", "owner_id")),
            Wall(
                name="case_tag_wall",
                rules=[
                    Rule(LENDER_ROLE, ALL, "company_id = {me} AND owner_id = {me}"),
                    Rule(AGENCY_ROLE, ("SELECT", "DELETE"), "company_id = {me}"),
                    Rule(
                        AGENCY_ROLE,
                        ("INSERT",),
                        "company_id = {me} AND " + held("collection_casetag.case_id"),
                    ),
                    # Whose case it is stays: only who set the tag changes.
                    Rule(
                        AGENCY_ROLE,
                        ("UPDATE",),
                        "company_id = {me} AND " + held("collection_casetag.case_id"),
                        columns=("by_hand", "by_name"),
                    ),
                ],
            ),
        ]

"""Aging buckets: a lender's schemes, each valid from a date, each a ladder of day ranges."""

from django.db import models

from cases.models.base import LenderOwned, book_wall, owner_key
from tenancy.models.base import random_uid

LENT_FROM = (
    "EXISTS (SELECT 1 FROM cases_case held "
    "WHERE held.owner_id = {owner} AND held.holder_id = {{me}})"
)


class BucketScheme(LenderOwned):
    """One version of a lender's scheme; valid_to is exclusive, NULL while it is the newest."""

    uid = random_uid()
    name = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by_name = models.CharField(max_length=80, blank=True, default="")

    class Meta(LenderOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["owner", "version"], name="scheme_version"),
            models.UniqueConstraint(fields=["owner", "id"], name="scheme_owner_id"),
            book_wall("scheme_wall", LENT_FROM.format(owner="cases_bucketscheme.owner_id")),
        ]


class Bucket(LenderOwned):
    """Days past due `lower`–`upper` (both included; no upper end when NULL), and its label.

    `step` is 0 for the lowest; `parent` groups fine buckets (M1 = S1–S3).
    """

    scheme = models.ForeignKey(
        BucketScheme,
        on_delete=models.PROTECT,
        related_name="buckets",
        db_constraint=False,
    )
    label = models.CharField(max_length=12)
    step = models.PositiveSmallIntegerField()
    lower = models.PositiveIntegerField()
    upper = models.PositiveIntegerField(null=True)
    parent = models.CharField(max_length=12, blank=True, default="")

    class Meta(LenderOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["owner", "scheme", "label"], name="bucket_label"),
            models.UniqueConstraint(fields=["owner", "id"], name="bucket_owner_id"),
            owner_key("bucket", "scheme", "cases.BucketScheme"),
            book_wall("bucket_wall", LENT_FROM.format(owner="cases_bucket.owner_id")),
        ]

    def __str__(self) -> str:
        return self.label

"""Machine callers: API tokens of a company, and the keys that make their writes repeatable."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models.base import CompanyOwned, random_uid
from tenancy.walls import ALL, KEEP, Wall, own


class ApiToken(CompanyOwned):
    """A secret of one company for one purpose; only its hash is kept."""

    class Purpose(models.TextChoices):
        FEED = "feed", _("Send the feed")
        CONTACT = "contact", _("Ask for contacts and report them")

    uid = random_uid()
    name = models.CharField(max_length=80)
    scopes = ArrayField(models.CharField(max_length=20, choices=Purpose.choices), default=list)
    secret_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by_name = models.CharField(max_length=80)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(CompanyOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["company", "secret_hash"], name="token_secret"),
            Wall(name="token_wall", rules=own(KEEP)),
        ]

    def __str__(self) -> str:
        return self.name


class IdempotencyKey(CompanyOwned):
    """The answer that a write gave, kept so that the same call again gives it again."""

    token = models.ForeignKey(ApiToken, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    request_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta(CompanyOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["company", "token", "key"], name="idempotency_key"),
            Wall(name="idempotency_wall", rules=own(ALL)),
        ]

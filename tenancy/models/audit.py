"""Append-only records: who changed what, who signed in, which wall was crossed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models.base import CompanyOwned
from tenancy.walls import APPEND, Wall, own


class AuditEntry(CompanyOwned):
    """One change of people, roles or settings: before, after, by whom, why."""

    at = models.DateTimeField(auto_now_add=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    verb = models.CharField(max_length=40)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40)
    object_label = models.CharField(max_length=160)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta(CompanyOwned.Meta):
        indexes = [models.Index(fields=["company", "-at", "-id"], name="audit_newest")]
        constraints = [Wall(name="audit_wall", rules=own(APPEND))]


class SignIn(CompanyOwned):
    """One try to sign in, or a sign-out."""

    class Outcome(models.TextChoices):
        SIGNED_IN = "signed_in", _("Signed in")
        WRONG_PASSWORD = "wrong_password", _("Wrong password")
        WRONG_CODE = "wrong_code", _("Wrong code")
        LOCKED = "locked", _("Locked out")
        NOT_HERE = "not_here", _("Network not allowed")
        NOT_NOW = "not_now", _("Outside working hours")
        SIGNED_OUT = "signed_out", _("Signed out")

    at = models.DateTimeField(auto_now_add=True)
    user_id = models.BigIntegerField(null=True)
    username = models.CharField(max_length=60)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True, default="")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)

    class Meta(CompanyOwned.Meta):
        indexes = [models.Index(fields=["company", "-at", "-id"], name="sign_in_newest")]
        constraints = [Wall(name="sign_in_wall", rules=own(APPEND))]


class CrossingRecord(CompanyOwned):
    """One act on the other side of the wall, written by the company that crossed."""

    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=30)
    into_company_id = models.BigIntegerField()
    about = models.CharField(max_length=160)
    actor_name = models.CharField(max_length=80, blank=True, default="")

    class Meta(CompanyOwned.Meta):
        indexes = [models.Index(fields=["company", "-at"], name="crossing_newest")]
        constraints = [Wall(name="crossing_wall", rules=own(APPEND))]

"""The people who owe, and the numbers by which they may be reached."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models.base import LenderOwned, book_wall, owner_key
from tenancy.models.base import random_uid

HOLDS_A_CASE = (
    "EXISTS (SELECT 1 FROM cases_case held "
    "WHERE held.borrower_id = {borrower} AND held.holder_id = {{me}})"
)


class Borrower(LenderOwned):
    """A person who owes. The id number is sealed; its hash finds it, its last four show it."""

    uid = random_uid()
    borrower_no = models.CharField(max_length=64)
    name = models.CharField(max_length=120, blank=True, default="")
    id_no_hash = models.BinaryField(max_length=32, default=b"", blank=True)
    id_no_sealed = models.TextField(blank=True, default="")
    id_no_last4 = models.CharField(max_length=4, blank=True, default="")
    phone_mask = models.CharField(max_length=20, blank=True, default="")
    timezone = models.CharField(max_length=60, blank=True, default="")

    class Meta(LenderOwned.Meta):
        indexes = [
            models.Index(fields=["owner", "id_no_hash"], name="borrower_id_no"),
            models.Index(fields=["owner", "name"], name="borrower_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["owner", "borrower_no"], name="borrower_no"),
            models.UniqueConstraint(fields=["owner", "id"], name="borrower_owner_id"),
            book_wall("borrower_wall", HOLDS_A_CASE.format(borrower="cases_borrower.id")),
        ]

    def __str__(self) -> str:
        return self.name or self.borrower_no


class ContactPoint(LenderOwned):
    """A way to reach the borrower or a person around them. The number lives only here."""

    class Relation(models.TextChoices):
        SELF = "self", pgettext_lazy("relation", "Borrower")
        SPOUSE = "spouse", _("Spouse")
        PARENT = "parent", _("Parent")
        SIBLING = "sibling", _("Sibling")
        RELATIVE = "relative", _("Relative")
        COLLEAGUE = "colleague", _("Colleague")
        FRIEND = "friend", _("Friend")
        EMERGENCY = "emergency", _("Emergency contact")
        OTHER = "other", _("Other")

    class Kind(models.TextChoices):
        MOBILE = "mobile", _("Mobile")
        HOME_PHONE = "home_phone", _("Home phone")
        WORK_PHONE = "work_phone", _("Work phone")
        EMAIL = "email", _("E-mail")
        WECHAT = "wechat", _("WeChat")
        APP_PUSH = "app_push", _("App push")
        HOME_ADDRESS = "home_address", _("Home address")
        REGISTERED_ADDRESS = "registered_address", _("Registered address")
        WORK_ADDRESS = "work_address", _("Work address")

    class State(models.TextChoices):
        UNKNOWN = "unknown", _("Unverified")
        VALID = "valid", _("Valid")
        INVALID = "invalid", _("Invalid")
        REFUSED = "refused", _("Refused")

    uid = random_uid()
    borrower = models.ForeignKey(
        Borrower,
        on_delete=models.PROTECT,
        related_name="contact_points",
        db_constraint=False,
    )
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.MOBILE)
    relation = models.CharField(max_length=10, choices=Relation.choices)
    person_name = models.CharField(max_length=120, blank=True, default="")
    number_hash = models.BinaryField(max_length=32)
    number_sealed = models.TextField()
    number_last4 = models.CharField(max_length=4, blank=True, default="")
    number_mask = models.CharField(max_length=20)
    source = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.UNKNOWN)
    state_at = models.DateTimeField(null=True)
    state_until = models.DateField(null=True)
    """The date from which an invalid number counts as unknown again, where that is foreseen."""

    class Meta(LenderOwned.Meta):
        indexes = [
            models.Index(fields=["owner", "number_hash"], name="contact_number"),
            models.Index(fields=["owner", "number_last4"], name="contact_last4"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "borrower", "relation", "number_hash"],
                name="contact_once",
            ),
            models.UniqueConstraint(fields=["owner", "id"], name="contact_owner_id"),
            owner_key("contact", "borrower", "cases.Borrower"),
            book_wall(
                "contact_wall",
                HOLDS_A_CASE.format(borrower="cases_contactpoint.borrower_id"),
            ),
        ]

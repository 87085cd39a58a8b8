"""What the contact gate reads and writes: rules, tries, wishes, and days off."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models import Borrower, ContactPoint
from cases.models.base import owner_key
from tenancy.managers import ScopedManager
from tenancy.models import Company
from tenancy.models.base import CompanyOwned, random_uid
from tenancy.walls import AGENCY_ROLE, KEEP, LENDER_ROLE, READ, CompositeKey, Rule, Wall, own

TRY_COLUMNS = ("state", "ended_at", "talk_seconds", "note_id", "was_asked_for")


class ContactRule(CompanyOwned):
    """One contact rule of a company for a jurisdiction, valid from a date up to another (excl.).

    rule: its name; figures: its values by name; both as in collection.contact_rules, which also
    says how loose they may be at most. legal_basis: the text that it rests on.
    """

    jurisdiction = models.CharField(max_length=10)
    rule = models.CharField(max_length=30)
    version = models.PositiveIntegerField(default=1)
    figures = models.JSONField(default=dict)
    legal_basis = models.CharField(max_length=300, blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    changed_by_name = models.CharField(max_length=80, blank=True, default="")
    changed_at = models.DateTimeField(db_default=Now())

    class Meta(CompanyOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["company", "jurisdiction", "rule", "version"], name="contact_rule_version"
            ),
            Wall(name="contact_rule_wall", rules=own(KEEP)),
        ]


class DayOff(CompanyOwned):
    """A date that the company says is a holiday, or is not, whatever the calendar says."""

    jurisdiction = models.CharField(max_length=10)
    on = models.DateField()
    is_holiday = models.BooleanField()
    name = models.CharField(max_length=80, blank=True, default="")
    entered_by_name = models.CharField(max_length=80, blank=True, default="")
    entered_at = models.DateTimeField(db_default=Now())

    class Meta(CompanyOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["company", "jurisdiction", "on"], name="day_off_once"),
            Wall(name="day_off_wall", rules=own(KEEP)),
        ]


def book_of_contacts(name: str) -> Wall:
    """Kept in the lender's book, whoever made the contact; an agency reads what its people did."""
    return Wall(
        name=name,
        rules=[
            Rule(LENDER_ROLE, READ, "owner_id = {me}"),
            Rule(LENDER_ROLE, ("INSERT",), "owner_id = {me}"),
            Rule(LENDER_ROLE, ("UPDATE",), "owner_id = {me}", columns=TRY_COLUMNS),
            Rule(AGENCY_ROLE, READ, "company_id = {me}"),
        ],
    )


class ContactTry(CompanyOwned):
    """A contact with a borrower, or with a person around them, that the gate let through.

    Reserved before anything goes out; it counts until it is released. It belongs to the lender's
    book (`owner`), whichever company made it. at: when it began. talk_seconds: how long both
    sides spoke, NULL: nobody measured it. `was_asked_for`: the borrower had asked for it, or
    agreed to it. `outside_gate`: nobody asked the gate before; a note told of it.
    """

    class Channel(models.TextChoices):
        CALL = "call", pgettext_lazy("channel", "Call")
        ROBOT = "robot", _("Robot call")
        SMS = "sms", _("SMS")
        WECHAT = "wechat", _("WeChat")
        EMAIL = "email", _("E-mail")
        APP_PUSH = "app_push", _("App push")
        LETTER = "letter", _("Letter")
        VISIT = "visit", _("Visit")

    class State(models.TextChoices):
        RESERVED = "reserved", _("In progress")
        CONVERSATION = "conversation", _("Conversation")
        UNANSWERED = "unanswered", _("Unanswered")
        INVALID = "invalid", _("Number not in use")
        SENT = "sent", _("Sent")
        NOT_CONNECTED = "not_connected", _("Did not go out")
        RELEASED = "released", _("Given up")

    class Purpose(models.TextChoices):
        COLLECT = "collect", _("Collection")
        REMINDER = "reminder", _("Reminder")
        ANSWER = "answer", _("Answer to the person's question")

    uid = random_uid()
    owner = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    borrower = models.ForeignKey(
        Borrower, on_delete=models.PROTECT, related_name="tries", db_constraint=False
    )
    case_id = models.BigIntegerField()
    contact_point = models.ForeignKey(
        ContactPoint,
        on_delete=models.PROTECT,
        null=True,
        related_name="tries",
        db_constraint=False,
        db_index=False,
    )
    relation = models.CharField(max_length=10, choices=ContactPoint.Relation.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.COLLECT)
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80, blank=True, default="")
    at = models.DateTimeField()
    state = models.CharField(max_length=15, choices=State.choices, default=State.RESERVED)
    ended_at = models.DateTimeField(null=True)
    talk_seconds = models.PositiveIntegerField(null=True)
    note_id = models.BigIntegerField(null=True)
    was_asked_for = models.BooleanField(default=False)
    outside_gate = models.BooleanField(default=False, db_default=False)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager(lender="owner_id", agency="company_id")

    class Meta(CompanyOwned.Meta):
        indexes = [
            models.Index(fields=["owner", "borrower", "at"], name="try_of_borrower"),
            models.Index(fields=["owner", "case_id", "at"], name="try_of_case"),
            models.Index(fields=["company", "by_id", "at"], name="try_by_person"),
            models.Index(
                fields=["owner", "at"], name="try_reserved", condition=Q(state="reserved")
            ),
        ]
        constraints = [
            owner_key("try", "borrower", "cases.Borrower"),
            owner_key("try", "contact_point", "cases.ContactPoint"),
            CompositeKey(
                name="try_case_fk",
                columns=("owner_id", "case_id"),
                to="cases.Case",
                to_columns=("owner_id", "id"),
            ),
            book_of_contacts("try_wall"),
        ]


class ContactWish(CompanyOwned):
    """What a borrower asked for about being contacted: a callback, to be called, or to stop.

    at: the moment asked for (callback), or when it was said. good_until: the last moment on which
    it holds, NULL: until it is taken back. channel "": every channel.
    """

    class Kind(models.TextChoices):
        CALLBACK = "callback", _("Asked to be called back")
        CONSENT = "consent", _("Agreed to be called")
        STOP = "stop", _("Asked to stop")

    uid = random_uid()
    owner = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    borrower = models.ForeignKey(
        Borrower, on_delete=models.PROTECT, related_name="wishes", db_constraint=False
    )
    case_id = models.BigIntegerField()
    contact_point = models.ForeignKey(
        ContactPoint,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    channel = models.CharField(max_length=10, blank=True, default="")
    at = models.DateTimeField()
    good_until = models.DateTimeField(null=True)
    said_at = models.DateTimeField(db_default=Now())
    noted_by_name = models.CharField(max_length=80, blank=True, default="")

    objects: ClassVar[ScopedManager[Self]] = ScopedManager(lender="owner_id", agency="company_id")

    class Meta(CompanyOwned.Meta):
        constraints = [
            owner_key("wish", "borrower", "cases.Borrower"),
            owner_key("wish", "contact_point", "cases.ContactPoint"),
            CompositeKey(
                name="wish_case_fk",
                columns=("owner_id", "case_id"),
                to="cases.Case",
                to_columns=("owner_id", "id"),
            ),
            Wall(
                name="wish_wall",
                rules=[
                    Rule(LENDER_ROLE, READ, "owner_id = {me}"),
                    Rule(LENDER_ROLE, ("INSERT",), "owner_id = {me}"),
                    Rule(LENDER_ROLE, ("UPDATE",), "owner_id = {me}", columns=("good_until",)),
                    Rule(AGENCY_ROLE, READ, "company_id = {me}"),
                ],
            ),
        ]

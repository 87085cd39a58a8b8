"""The tree of result codes of a company, two levels: a group and its codes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.models import CaseHold, ContactPoint
from tenancy.models.base import CompanyOwned
from tenancy.walls import KEEP, Wall, own


class Disposition(CompanyOwned):
    """The result code of a follow-up, in both languages, in one of three groups.

    flags: what it means (Flag). required: facts that the note must hold (collection.facts).
    number_becomes: the state that the contact point gets. whole_person: a refusal is of every
    point of that person. hold_kind: the hold that it opens (cases.holds).
    """

    class Flag(models.TextChoices):
        RIGHT_PARTY = "right_party", _("Right party")
        THIRD_PARTY = "third_party", _("Third party")
        CONVERSATION = "conversation", _("Conversation")
        PROMISE = "promise", _("Promise")
        REFUSAL = "refusal", _("Refusal")
        DISPUTE = "dispute", _("Dispute")
        HARDSHIP = "hardship", _("Hardship")
        WRONG_NUMBER = "wrong_number", _("Wrong number")
        INVALID_NUMBER = "invalid_number", _("Invalid number")
        DECEASED = "deceased", _("Deceased")
        COMPLAINT_RISK = "complaint_risk", _("Complaint risk")
        CALLBACK = "callback", _("Callback")
        FAILED_ATTEMPT = "failed_attempt", _("Failed attempt")

    class Group(models.TextChoices):
        SELF = "self", _("Borrower reached")
        THIRD = "third", _("Somebody else reached")
        NOBODY = "nobody", _("Nobody reached")

    code = models.CharField(max_length=30)
    group = models.CharField(max_length=10, choices=Group.choices)
    name_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80)
    step = models.PositiveSmallIntegerField()
    remark_required = models.BooleanField(default=True)
    next_action_en = models.CharField(max_length=80, blank=True, default="")
    next_action_zh = models.CharField(max_length=80, blank=True, default="")
    next_action_after = models.DurationField(null=True)
    flags = ArrayField(
        models.CharField(max_length=20, choices=Flag.choices), default=list, blank=True
    )
    required = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    number_becomes = models.CharField(
        max_length=10, choices=ContactPoint.State.choices, blank=True, default=""
    )
    whole_person = models.BooleanField(default=False)
    hold_kind = models.CharField(
        max_length=20, choices=CaseHold.Kind.choices, blank=True, default=""
    )
    is_active = models.BooleanField(default=True)

    class Meta(CompanyOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="disposition_code"),
            Wall(name="disposition_wall", rules=own(KEEP)),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> str:
        """The code's name in the language of the screen."""
        return self.label_in(get_language() or "")

    def label_in(self, language: str) -> str:
        """The code's name in a language, "en" or "zh-hans"."""
        return self.name_en if language.startswith("en") else self.name_zh

    @property
    def next_action(self) -> str:
        """The default next action in the language of the screen."""
        english = (get_language() or "").startswith("en")
        return self.next_action_en if english else self.next_action_zh

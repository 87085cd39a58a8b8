"""What is asked to enter a repayment, to take one back, and to decide on what waits."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.money_by_hand import LONGEST_REASON
from tenancy.form_fields import MomentField, MoneyField


def _reason(help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=help_text or _("It stands in the audit trail and in the history of the case."),
    )


class _Once(forms.Form):
    """A form that counts once, however often it is sent."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["form_key"].initial = uuid4


class PostMoneyForm(_Once):
    """A repayment entered by hand."""

    loan_no = forms.CharField(
        label=_("Loan no"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    amount = MoneyField(label=_("Amount"))
    paid_at = MomentField(label=_("Paid at"))
    repayment_no = forms.CharField(
        label=_("Repayment no"),
        max_length=64,
        required=False,
        help_text=_("The core system's number, if it has one; the feed's copy is then known."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    channel = forms.CharField(label=_("Payment channel"), max_length=64, required=False)
    reason = _reason()

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        amount = self.fields["amount"]
        assert isinstance(amount, MoneyField)
        amount.currency = currency

    def clean_paid_at(self) -> datetime:
        """A moment that has come."""
        paid_at: datetime = self.cleaned_data["paid_at"]
        if paid_at > timezone.now():
            raise ValidationError(_("This moment is still to come."))
        return paid_at


class TakeBackForm(_Once):
    """Why a repayment is taken back."""

    reason = _reason()


class DecideMoneyForm(forms.Form):
    """Why it is refused, or what one looked at."""

    decision = forms.CharField(
        label=_("What you looked at, or why not"),
        max_length=LONGEST_REASON,
        required=False,
        help_text=_("Needed to refuse it."),
    )

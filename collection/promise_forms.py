"""What is asked about a promise: how much, by when, how; and why it is withdrawn."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from collection.models import Promise
from collection.promises import LONGEST_REASON
from tenancy.form_fields import DayField, MoneyField, SegmentField


class PromiseForm(forms.Form):
    """Amount, day and way of a promise. shared: for a lender whose case an agency holds."""

    amount = MoneyField(label=pgettext_lazy("promise", "Amount"))
    due_on = DayField(label=_("Will pay by"))
    pay_by = SegmentField(
        label=_("Way of payment"), choices=Promise.PayBy.choices, initial=Promise.PayBy.APP
    )
    shared = forms.BooleanField(label=_("The agency reads this promise"), required=False)

    def __init__(self, *args: Any, currency: str, may_share: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        amount = self.fields["amount"]
        assert isinstance(amount, MoneyField)
        amount.currency = currency
        amount.widget.attrs |= {"data-rc-promised": True, "data-rc-focus": "all"}
        if not may_share:
            del self.fields["shared"]


class WithdrawForm(forms.Form):
    """Why an open promise is taken out of the books."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("It stands in the history of the case."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

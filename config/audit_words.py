"""How what the rooms above the ground floor record reads in the audit trail."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models import LenderSettings, Repayment
from collection import contact_words
from tenancy.screen import Text

VERBS: dict[str, Text] = {
    "ask_money": _("Asked for money to be booked by hand"),
    "decide_money": _("Decided on money by hand"),
    "hold_region": _("Put a region on hold"),
    "cancel_leave": _("Cancelled a leave"),
    "change_disposition": _("Changed a result code"),
    "change_lender": _("Changed how balances are kept"),
    "enter_leave": _("Entered a leave"),
    "match_by_hand": _("Matched money in suspense to a loan"),
    "set_scheme": _("Set the bucket scheme"),
    "make_tag": _("Made a tag"),
    "change_tag": _("Changed a tag"),
    "save_view": _("Saved a view for the team"),
    "rename_view": _("Renamed a view of the team"),
    "delete_view": _("Deleted a view of the team"),
    "set_contact_rule": _("Set a contact rule"),
    "set_day_off": _("Entered a day off"),
    "change_work_settings": _("Changed the order of work or its figures"),
}
FIELDS: dict[str, Text] = {
    "first_day": pgettext_lazy("leave", "First day"),
    "last_day": pgettext_lazy("leave", "Last day"),
    "cover": pgettext_lazy("person", "Cover"),
    "balance_authority": _("Who is right about balances"),
    "waterfall": _("Order of allocation"),
    "version": _("Version"),
    "required": _("Required facts"),
    "remark_required": _("A remark is required"),
    "next_action_en": _("Next action in English"),
    "next_action_zh": _("Next action in Chinese"),
    "next_action_after": _("Delay of the next action"),
    "bands": _("Buckets"),
    "loan_no": _("Loan no"),
    "amount": _("Amount"),
    "region": _("Region"),
    "cases": _("Cases"),
    "ends_on": _("Until"),
    "state": _("State"),
    **contact_words.FIGURES,
    "rule": _("Rule"),
    "name_zh": _("Chinese name"),
    "colour": _("Colour"),
    "view": _("View"),
    "valid_from": _("Valid from"),
    "on": _("Date"),
    "is_holiday": _("It is a holiday"),
    "score_weight": _("How much the collection score counts, in percent"),
    "unknown_score": _("Score of a case that has none"),
    "touch_weight": _("How much more an untouched case counts, in percent"),
    "untouched_days": _("Untouched after so many whole days"),
    "promise_grace_days": _("Days a promise may be late"),
    "promise_tolerance": _("By how much a promise may fall short, in percent"),
    "promise_within_days": _("How many days ahead a promise may be due"),
    "high_amount": _("High amount from"),
    "second_person_above": _("A second person books by hand above"),
}
VALUES: dict[str, Mapping[str, Text]] = {
    "balance_authority": dict(LenderSettings.Authority.choices),
    "waterfall": dict(LenderSettings.Waterfall.choices),
    "state": dict(Repayment.State.choices),
    "rule": contact_words.RULES,
    "jurisdiction": contact_words.PLACES,
}

"""What facts and comparisons of tag rules are called, and a rule as a sentence."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from collection.tag_rules import FACTS, OPS, BadCondition, Condition, Op, Rule, read_rule
from tenancy.formats import count, money
from tenancy.screen import Text

FACT_LABELS: dict[str, Text] = {
    "dpd": gettext_lazy("Days past due"),
    "bucket": gettext_lazy("Bucket"),
    "outstanding": gettext_lazy("Outstanding"),
    "is_high_amount": gettext_lazy("Outstanding reaches the company's high amount"),
    "score": gettext_lazy("Collection score"),
    "lost_contact_score": gettext_lazy("Lost-contact score"),
    "product": gettext_lazy("Product"),
    "channel": gettext_lazy("Channel"),
    "region": gettext_lazy("Region"),
    "assigned_days": gettext_lazy("Days on this desk"),
    "untouched_days": gettext_lazy("Whole days without a touch"),
    "is_touched": gettext_lazy("Touched on this desk"),
    "earlier_cases": gettext_lazy("Earlier cases of the borrower"),
    "open_cases": gettext_lazy("Open cases of the borrower"),
    "first_instalment_unpaid": gettext_lazy("First instalment never paid"),
    "broken_promises": gettext_lazy("Broken promises in this case"),
    "promise_due_in": gettext_lazy("Days until the open promise is due"),
    "days_since_broken": gettext_lazy("Days since a promise was broken"),
    "days_since_repayment": gettext_lazy("Days since the last repayment"),
    "days_since_complaint": gettext_lazy("Days since the last complaint"),
    "on_hold": gettext_lazy("On hold"),
    "is_reachable": gettext_lazy("Own number in use"),
    "lost_contact": gettext_lazy("Contact is lost"),
    "failed_attempts": gettext_lazy("Failed attempts since the borrower was reached"),
    "untried_number": gettext_lazy("Own number never tried"),
    "limitation_days": gettext_lazy("Days until the claim is time-barred"),
}
OP_LABELS: dict[Op, Text] = {
    Op.AT_LEAST: gettext_lazy("is at least"),
    Op.AT_MOST: gettext_lazy("is at most"),
    Op.EQUALS: gettext_lazy("is exactly"),
    Op.DIFFERS: gettext_lazy("is not"),
    Op.IS: pgettext_lazy("yes or no", "is"),
    Op.ONE_OF: gettext_lazy("is one of"),
    Op.NONE_OF: gettext_lazy("is none of"),
    Op.UNKNOWN: gettext_lazy("is not known"),
}
FAULTS: dict[str, Text] = {
    "fact": gettext_lazy("Choose what to look at."),
    "op": gettext_lazy("This comparison does not fit."),
    "number": gettext_lazy("Type a number."),
    "whole": gettext_lazy("Type a whole number."),
    "yes_no": gettext_lazy("Choose yes or no."),
    "words": gettext_lazy("Type one or more values, with commas between them."),
    "many": gettext_lazy("These are too many conditions."),
}


def ops_of(fact: str) -> list[tuple[str, Text]]:
    """The comparisons that fit a fact, with what they are called."""
    kind = FACTS.get(fact)
    return [(str(op), OP_LABELS[op]) for op in OPS[kind]] if kind else []


def value_text(condition: Condition) -> str:
    """The value as it is typed."""
    value = condition.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def in_words(rule: Rule) -> str:
    """The rule as a sentence; what a rule without conditions says is that people set the tag."""
    if not rule:
        return _("Set by hand")
    return _("; ").join(_condition(each) for each in rule)


def stored_in_words(stored: object) -> str:
    """The stored rule as a sentence."""
    try:
        return in_words(read_rule(stored))
    except BadCondition as error:
        return str(FAULTS[error.code])


def _condition(each: Condition) -> str:
    if isinstance(each.value, bool):
        said = _("yes") if each.value else _("no")
        return _("%(fact)s: %(said)s") % {"fact": FACT_LABELS[each.fact], "said": said}
    parts = [str(FACT_LABELS[each.fact]), str(OP_LABELS[each.op])]
    if isinstance(each.value, int):
        parts.append(count(each.value))
    elif isinstance(each.value, tuple):
        parts.append(_(", ").join(each.value))
    elif isinstance(each.value, Decimal):
        parts.append(money(each.value))
    return " ".join(parts)

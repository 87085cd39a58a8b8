"""The named facts that a disposition may require: what each is called, asked as, and read as.

A fact comes as typed text and is kept as plain text beside the remark (Remark.facts): money as
"1500.00", a day as "2026-11-21", a moment in ISO 8601 with its offset, a choice as its code. The
list is the project's own; which disposition requires what is data (docs/workbench/notes.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cases.feed.values import Unreadable, phone
from cases.models import ContactPoint
from collection.models import Promise
from tenancy.form_fields import DayField, MomentField, MoneyField
from tenancy.formats import day, in_currency, moment, money
from tenancy.screen import Text

LONGEST_TEXT = 200
PREFIX = "fact_"
"""Before a fact's name where it stands among other fields: in forms, and in refusals by field."""

Value = Decimal | date | datetime | str


class Kind(StrEnum):
    """How a fact is typed."""

    MONEY = "money"
    DAY = "day"
    MOMENT = "moment"
    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"


class Turn(StrEnum):
    """Where a day or moment must lie, seen from the follow-up; the day itself is always fine."""

    ANY = ""
    PAST = "past"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact by name: its label, how it is typed, what it may be, whether it may stay empty."""

    name: str
    label: Text
    kind: Kind = Kind.TEXT
    choices: tuple[tuple[str, Text], ...] = ()
    turn: Turn = Turn.ANY
    optional: bool = False

    @property
    def field(self) -> str:
        """Its name among a form's fields."""
        return PREFIX + self.name


CAUSES: tuple[tuple[str, Text], ...] = (
    ("income_late", _("Income is late")),
    ("job_lost", _("Job lost")),
    ("illness", _("Illness")),
    ("business", _("Business goes badly")),
    ("too_much_debt", _("Too much debt")),
)
COMPONENTS: tuple[tuple[str, Text], ...] = (
    ("principal", _("Principal")),
    ("interest", _("Interest")),
    ("fee", _("Fees")),
    ("penalty", _("Penalty")),
)
ALL = "all"
STOP_NUMBERS: tuple[tuple[str, Text], ...] = (
    ("this", _("This number")),
    (ALL, pgettext_lazy("numbers", "Every number")),
)
STOP_CHANNELS: tuple[tuple[str, Text], ...] = (
    (ALL, pgettext_lazy("channels", "Every channel")),
    ("call", pgettext_lazy("channel", "Call")),
    ("sms", _("SMS")),
    ("wechat", _("WeChat")),
    ("email", _("E-mail")),
    ("visit", _("Visit")),
    ("letter", _("Letter")),
)
STOP_TIMES: tuple[tuple[str, Text], ...] = (
    (ALL, pgettext_lazy("times", "At any time")),
    ("working_hours", _("In working hours")),
    ("mornings", _("In the morning")),
    ("evenings", _("In the evening")),
    ("weekends", _("At weekends")),
)
REPRESENTED_BY: tuple[tuple[str, Text], ...] = (
    ("lawyer", _("Lawyer")),
    ("agent", _("Agent")),
    ("insolvency", _("Insolvency case")),
)
UNABLE: tuple[tuple[str, Text], ...] = (
    ("detained", _("Detained")),
    ("gravely_ill", _("Gravely ill")),
    ("no_capacity", _("Without legal capacity")),
)
RELATIONS: tuple[tuple[str, Text], ...] = tuple(
    (str(code), label) for code, label in ContactPoint.Relation.choices
)
PAY_BY: tuple[tuple[str, Text], ...] = tuple(
    (str(code), label) for code, label in Promise.PayBy.choices
)

_ALL_FACTS = (
    Fact("amount", _("Amount"), Kind.MONEY),
    Fact("date", _("Date"), Kind.DAY, turn=Turn.AHEAD),
    Fact("paid_on", _("Paid on"), Kind.DAY, turn=Turn.PAST),
    Fact("channel", _("Pays by"), Kind.CHOICE, PAY_BY),
    Fact("obstacle", _("What stands in the way")),
    Fact("monthly_amount", _("Amount a month"), Kind.MONEY),
    Fact("first_date", _("First date"), Kind.DAY, turn=Turn.AHEAD),
    Fact("reason", _("Reason given")),
    Fact("offered", _("Amount offered"), Kind.MONEY),
    Fact("cause", _("Cause"), Kind.CHOICE, CAUSES),
    Fact("component", _("Component"), Kind.CHOICE, COMPONENTS),
    Fact("claimed", _("Amount claimed"), Kind.MONEY),
    Fact("denied", _("What is denied")),
    Fact("subject", _("Subject")),
    Fact("wish", _("What is wished for")),
    Fact("stop_number", _("Which number"), Kind.CHOICE, STOP_NUMBERS),
    Fact("stop_channel", _("Which channel"), Kind.CHOICE, STOP_CHANNELS),
    Fact("stop_time", _("At what time"), Kind.CHOICE, STOP_TIMES),
    Fact("time", _("Call back at"), Kind.MOMENT, turn=Turn.AHEAD),
    Fact("represented_by", _("By whom"), Kind.CHOICE, REPRESENTED_BY),
    Fact("who", _("Name and address")),
    Fact("proof", _("Proof")),
    Fact("number", _("New number"), Kind.NUMBER),
    Fact("whose", _("Whose"), Kind.CHOICE, RELATIONS),
    Fact("person_name", _("Name"), optional=True),
    Fact("died_on", _("Died on"), Kind.DAY, turn=Turn.PAST, optional=True),
    Fact("unable", _("What has happened"), Kind.CHOICE, UNABLE),
    Fact("until", _("Until"), Kind.DAY, turn=Turn.AHEAD, optional=True),
    Fact("agreed_until", _("Agrees to calls until"), Kind.DAY, turn=Turn.AHEAD, optional=True),
)
FACTS: Mapping[str, Fact] = {fact.name: fact for fact in _ALL_FACTS}
"""Every fact by name, in the order in which a form asks them."""


def in_order(names: Sequence[str]) -> list[Fact]:
    """The facts of these names in the order of the list; unknown names are left out."""
    return [fact for name, fact in FACTS.items() if name in names]


def read_facts(
    *, required: Sequence[str], typed: Mapping[str, object], at: datetime, zone: ZoneInfo
) -> dict[str, Value]:
    """What was typed for the facts that a disposition requires, as values, by name.

    typed: by name; texts as people type them, or values. Facts that are not required are ignored.
    at: the moment of the follow-up; zone: the clock on which moments are typed, and on whose day
    "past" and "ahead" are seen. Raises ValidationError by field ("fact_amount") for whatever is
    missing or cannot be.
    """
    with timezone.override(zone):
        return _read_all(required, typed, at)


def _read_all(
    required: Sequence[str], typed: Mapping[str, object], at: datetime
) -> dict[str, Value]:
    values: dict[str, Value] = {}
    wrong: dict[str, Any] = {}
    for fact in in_order(required):
        try:
            value = _read(fact, typed.get(fact.name), at)
        except ValidationError as error:
            wrong[fact.field] = error.messages
        else:
            if value not in (None, ""):
                values[fact.name] = value
    if wrong:
        raise ValidationError(wrong)
    return values


def _read(fact: Fact, typed: object, at: datetime) -> Any:
    text = typed.isoformat() if isinstance(typed, date) else str(typed or "").strip()
    if not text:
        if fact.optional:
            return None
        raise ValidationError(gettext("Choose one.") if fact.choices else gettext("Type this."))
    value = _READERS[fact.kind](fact, text)
    if fact.turn and isinstance(value, date):
        _check_turn(fact.turn, value, at)
    return value


def _check_turn(turn: Turn, value: date, at: datetime) -> None:
    if isinstance(value, datetime):
        if turn == Turn.AHEAD and value < at.replace(second=0, microsecond=0):
            raise ValidationError(gettext("This moment is past."))
        return
    today = timezone.localtime(at).date()
    if turn == Turn.AHEAD and value < today:
        raise ValidationError(gettext("This day is past."))
    if turn == Turn.PAST and value > today:
        raise ValidationError(gettext("This day is still to come."))


def _read_money(_fact: Fact, text: str) -> Decimal:
    return Decimal(MoneyField(min_value=Decimal("0.01")).clean(text))


def _read_choice(fact: Fact, text: str) -> str:
    if text not in dict(fact.choices):
        raise ValidationError(gettext("Choose one."))
    return text


def _read_number(_fact: Fact, text: str) -> str:
    try:
        return phone(text) or ""
    except Unreadable as error:
        raise ValidationError(gettext("Type a phone number such as 13800001234.")) from error


def _read_text(_fact: Fact, text: str) -> str:
    return str(forms.CharField(max_length=LONGEST_TEXT).clean(text))


_READERS = {
    Kind.MONEY: _read_money,
    Kind.DAY: lambda _fact, text: DayField().clean(text),
    Kind.MOMENT: lambda _fact, text: MomentField().clean(text),
    Kind.CHOICE: _read_choice,
    Kind.NUMBER: _read_number,
    Kind.TEXT: _read_text,
}


def plain(values: Mapping[str, Value]) -> dict[str, str]:
    """The values as they are kept: text that says the same in every language."""
    return {
        name: value.isoformat() if isinstance(value, date) else str(value)
        for name, value in values.items()
        if name not in SEALED_ELSEWHERE
    }


SEALED_ELSEWHERE = frozenset({"number"})
"""Numbers live on the contact point alone; a note says only that there was one."""


def in_words(kept: Mapping[str, Any]) -> list[tuple[Text, str]]:
    """Kept facts as label and text in the language of the screen, in the order of the list."""
    return [
        (fact.label, _said(fact, str(kept[fact.name])))
        for fact in in_order(list(kept))
        if kept[fact.name]
    ]


def _said(fact: Fact, text: str) -> str:
    match fact.kind:
        case Kind.MONEY:
            return money(Decimal(text))
        case Kind.DAY:
            return day(date.fromisoformat(text))
        case Kind.MOMENT:
            return moment(datetime.fromisoformat(text))
        case Kind.CHOICE:
            return str(dict(fact.choices).get(text, text))
        case _:
            return text


def form_field(fact: Fact, currency: str) -> forms.Field:
    """The form's field of a fact; it takes any text, which the verb then reads (read_facts).

    What was typed for another disposition must not stand in the way of the one that is chosen.
    """
    like = _LOOKS_LIKE.get(fact.kind, forms.CharField)()
    widget = like.widget
    if fact.choices:
        widget = forms.Select(choices=[("", _("Choose")), *fact.choices])
    if not fact.optional:
        widget.attrs["aria-required"] = "true"
    label = in_currency(fact.label, currency) if fact.kind == Kind.MONEY else fact.label
    return forms.CharField(label=str(label), required=False, max_length=LONGEST_TEXT, widget=widget)


_LOOKS_LIKE: Mapping[Kind, type[forms.Field]] = {
    Kind.MONEY: MoneyField,
    Kind.DAY: DayField,
    Kind.MOMENT: MomentField,
}

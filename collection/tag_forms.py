"""The form of a tag: what it is called, and its rule as lines that people add and remove."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from collection.models import Tag
from collection.tag_changes import COLOURS, LONGEST_NAME
from collection.tag_rules import FACTS, MOST_CONDITIONS, BadCondition, Condition, Kind, read_rule
from collection.tag_rules import condition as condition_of
from collection.tag_words import FACT_LABELS, FAULTS, ops_of, value_text
from tenancy.screen import Text

COLOUR_LABELS: dict[str, Text] = {
    "blue": gettext_lazy("Blue"),
    "azure": gettext_lazy("Light blue"),
    "green": gettext_lazy("Green"),
    "yellow": gettext_lazy("Yellow"),
    "orange": gettext_lazy("Orange"),
    "red": gettext_lazy("Red"),
    "purple": gettext_lazy("Purple"),
}


class TagForm(forms.Form):
    """What a tag is called and looks like, and whether it is in use."""

    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=LONGEST_NAME)
    name_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=LONGEST_NAME)
    colour = forms.ChoiceField(
        label=gettext_lazy("Colour"), choices=[(each, COLOUR_LABELS[each]) for each in COLOURS]
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("In use"),
        required=False,
        help_text=gettext_lazy("Out of use it stands on no case and in no filter."),
    )


@dataclass(slots=True)
class RuleLine:
    """A condition as the editor shows it, with what is wrong with it."""

    fact: str = ""
    op: str = ""
    value: str = ""
    error: Text = ""

    @property
    def facts(self) -> list[tuple[str, Text, bool]]:
        """Every fact: name, label, chosen."""
        return [(name, FACT_LABELS[name], name == self.fact) for name in FACTS]

    @property
    def ops(self) -> list[tuple[str, Text, bool]]:
        """The comparisons that fit the fact: name, label, chosen."""
        return [(name, label, name == self.op) for name, label in ops_of(self.fact)]

    @property
    def kind(self) -> str:
        """What is typed: "yes_no", "word", "number", "money", or "" where nothing is."""
        if not self.fact or self.op == "unknown":
            return ""
        return str(FACTS.get(self.fact, ""))

    def read(self) -> Condition | None:
        """The condition, None with `error` set where it says nothing that can be asked."""
        try:
            return condition_of(self.fact, self.op, self.value)
        except BadCondition as error:
            self.error = FAULTS[error.code]
            return None


def lines_of(sent: QueryDict) -> list[RuleLine]:
    """The conditions as they were typed (`fact-0`, `op-0`, `value-0` and so on).

    `act` may add an empty one, or drop one by its number.
    """
    lines = [
        RuleLine(*(sent.get(f"{name}-{place}", "") for name in ("fact", "op", "value")))
        for place in range(MOST_CONDITIONS)
        if f"fact-{place}" in sent
    ]
    act = sent.get("act", "")
    if act.startswith("drop-") and act.removeprefix("drop-").isdecimal():
        place = int(act.removeprefix("drop-"))
        lines = [line for number, line in enumerate(lines) if number != place]
    for line in lines:
        fitting = [name for name, _label in ops_of(line.fact)]
        if fitting and line.op not in fitting:
            line.op = fitting[0]
        if line.kind == str(Kind.YES_NO) and line.value not in ("yes", "no"):
            line.value = "yes"
    if act == "add" and len(lines) < MOST_CONDITIONS:
        lines.append(RuleLine())
    return lines


def stored_lines(tag: Tag) -> list[RuleLine]:
    """The conditions of a tag as lines of the editor."""
    return [RuleLine(each.fact, str(each.op), value_text(each)) for each in read_rule(tag.rule)]


def rule_of(lines: Sequence[RuleLine]) -> tuple[Condition, ...] | None:
    """The rule, None where some line cannot be read (and says so)."""
    read = [line.read() for line in lines if line.fact or line.value]
    return None if None in read else tuple(each for each in read if each is not None)

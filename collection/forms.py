"""What is asked while cases are worked: a note, a new desk, the reason for a look at a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from collection.desks import Desk
from collection.models import Disposition
from collection.notes import LONGEST_ACTION, LONGEST_REMARK
from collection.reassignment import LONGEST_REASON
from tenancy.form_fields import MomentField
from tenancy.screen import Text


def desk_code(desk: Desk) -> str:
    """How a desk stands in forms and addresses: TEAM or TEAM.PERSON, by their random ids."""
    return f"{desk.team.uid}.{desk.collector.uid}" if desk.collector else str(desk.team.uid)


class ReassignForm(forms.Form):
    """To which desk, and why. `seen` is the desk whose effect was shown last."""

    to = forms.ChoiceField(
        label=pgettext_lazy("desk", "To"), widget=forms.Select(attrs={"data-rc-look": True})
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("It stands in the history of each case."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, desks: Sequence[Desk], **options: Any) -> None:
        super().__init__(*args, **options)
        self.by_code = {desk_code(desk): desk for desk in desks}
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose a desk")), *self._groups()]

    def _groups(self) -> list[tuple[str, list[tuple[str, Text]]]]:
        """The desks under their teams: the team itself first, then its people."""
        groups: dict[str, list[tuple[str, Text]]] = {}
        for code, desk in self.by_code.items():
            label = desk.collector.display_name if desk.collector else _("The team, nobody yet")
            groups.setdefault(desk.team.name, []).append((code, label))
        return list(groups.items())

    @property
    def desk(self) -> Desk | None:
        """The desk that stands in the field now, whatever the other fields hold."""
        return self.by_code.get(str(self["to"].value() or ""))


class NoteForm(forms.Form):
    """What came of a follow-up, in which words, and what is next.

    The disposition is one radio button of its group. shared: for a lender whose case an agency
    holds. An empty next action takes the disposition's own. form_key: random, one a rendering.
    """

    disposition = forms.CharField(
        label=_("Disposition"), error_messages={"required": _("Choose how it ended.")}
    )
    remark = forms.CharField(
        label=_("Remark"),
        required=False,
        max_length=LONGEST_REMARK,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    next_action = forms.CharField(label=_("Next action"), required=False, max_length=LONGEST_ACTION)
    next_action_at = MomentField(label=_("When"), required=False)
    shared = forms.BooleanField(label=_("The agency reads this note"), required=False)
    form_key = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        dispositions: Sequence[Disposition],
        may_share: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.dispositions = dispositions
        if not may_share:
            del self.fields["shared"]

    @cached_property
    def groups(self) -> list["DispositionGroup"]:
        """The codes under their groups; the group of the chosen code is open, else the first."""
        chosen = self["disposition"].value()
        groups: dict[str, list[Disposition]] = {}
        for each in self.dispositions:
            groups.setdefault(each.group, []).append(each)
        home = next((each.group for each in self.dispositions if each.code == chosen), "")
        return [
            DispositionGroup(
                name=name,
                label=GROUP_LABELS[name],
                key=GROUP_KEYS[name],
                is_open=name == (home or next(iter(groups))),
                choices=[DispositionChoice.of(each, chosen) for each in codes],
            )
            for name, codes in groups.items()
        ]


GROUP_LABELS: dict[str, Text] = {
    Disposition.Group.SELF.value: pgettext_lazy("reached", "Borrower"),
    Disposition.Group.THIRD.value: pgettext_lazy("reached", "Somebody else"),
    Disposition.Group.NOBODY.value: pgettext_lazy("reached", "Nobody"),
}
GROUP_KEYS = {
    Disposition.Group.SELF.value: "b",
    Disposition.Group.THIRD.value: "t",
    Disposition.Group.NOBODY.value: "u",
}
"""The letter that opens a group of dispositions."""


@dataclass(frozen=True, slots=True)
class DispositionChoice:
    """A code as a radio button. after: seconds until its next action; None: the note says when."""

    code: str
    label: str
    next: str
    after: int | None
    chosen: bool

    @classmethod
    def of(cls, each: Disposition, chosen: object) -> "DispositionChoice":
        """The button of a stored code."""
        after = each.next_action_after
        return cls(
            code=each.code,
            label=each.label,
            next=each.next_action,
            after=None if after is None else int(after.total_seconds()),
            chosen=each.code == chosen,
        )


@dataclass(frozen=True, slots=True)
class DispositionGroup:
    """One group of codes; `key` is the letter that opens it."""

    name: str
    label: Text
    key: str
    is_open: bool
    choices: Sequence[DispositionChoice]

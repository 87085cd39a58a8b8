"""What is asked while cases are worked: a note, a new desk, the reason for a look at a number."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cases.models import ContactPoint
from collection.attachments import UploadedFile
from collection.desks import Desk
from collection.facts import FACTS, Fact, form_field, in_order
from collection.models import Disposition, Note
from collection.note_words import Told
from collection.notes import ALWAYS_ASKED, LONGEST_ACTION, LONGEST_REMARK
from collection.reassignment import LONGEST_REASON
from tenancy.form_fields import MomentField
from tenancy.screen import Text


def desk_code(desk: Desk) -> str:
    """How a desk stands in forms and addresses: TEAM or TEAM.PERSON, by their random ids."""
    return f"{desk.team.uid}.{desk.collector.uid}" if desk.collector else str(desk.team.uid)


class ReassignForm(forms.Form):
    """To which desk, and why. `seen` is the desk whose effect was shown last.

    away: the people who are on leave, by id; their desks get nothing.
    """

    to = forms.ChoiceField(
        label=pgettext_lazy("desk", "To"), widget=forms.Select(attrs={"data-rc-look": True})
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("It stands in the history of each case."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        desks: Sequence[Desk],
        away: Collection[int] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.by_code = {desk_code(desk): desk for desk in desks}
        self.away = away
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose a desk")), *self._groups()]

    def _groups(self) -> list[tuple[str, list[tuple[str, Text]]]]:
        """The desks under their teams: the team itself first, then its people."""
        groups: dict[str, list[tuple[str, Text]]] = {}
        for code, desk in self.by_code.items():
            groups.setdefault(desk.team.name, []).append((code, self._label(desk)))
        return list(groups.items())

    def _label(self, desk: Desk) -> Text:
        if desk.collector is None:
            return _("The team, nobody yet")
        name = desk.collector.display_name
        if desk.collector.pk in self.away:
            return gettext("%(name)s (on leave)") % {"name": name}
        return name

    @property
    def desk(self) -> Desk | None:
        """The desk that stands in the field now, whatever the other fields hold."""
        return self.by_code.get(str(self["to"].value() or ""))


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; the verb says which it takes (collection.attachments)."""

    widget = FilesInput(
        attrs={"multiple": True, "accept": "image/jpeg,image/png,image/webp,application/pdf"}
    )

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """The files, none where nothing was chosen."""
        sent = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(each) for each in sent if each]


class NoteForm(forms.Form):
    """What came of a follow-up with whom, in which words, and what is next.

    The disposition is one radio button of its group; the facts that it requires stand among those
    of all dispositions, and the script shows them. shared: for a lender whose case an agency holds.
    An empty next action takes the disposition's own. Hidden: form_key, random, one a rendering;
    knew, the newest note of somebody else that is shown; corrects, the note that this one corrects;
    try_uid, the contact that it is about.
    """

    channel = forms.TypedChoiceField(
        label=_("Channel"),
        required=False,
        choices=Note.Channel.choices,
        initial=Note.Channel.CALL,
        empty_value=Note.Channel.CALL,
    )
    contact_point = forms.CharField(label=_("Whom"), required=False, widget=forms.Select)
    disposition = forms.CharField(
        label=_("Disposition"), error_messages={"required": _("Choose how it ended.")}
    )
    overdue_reason = forms.ChoiceField(
        label=_("Overdue reason"),
        required=False,
        choices=[("", _("Not said")), *Note.OverdueReason.choices],
    )
    remark = forms.CharField(
        label=_("Remark"),
        required=False,
        max_length=LONGEST_REMARK,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    next_action = forms.CharField(label=_("Next action"), required=False, max_length=LONGEST_ACTION)
    next_action_at = MomentField(label=_("When"), required=False)
    attachments = FilesField(label=_("Attachments"), required=False)
    shared = forms.BooleanField(label=_("The agency reads this note"), required=False)
    form_key = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)
    knew = forms.UUIDField(required=False, widget=forms.HiddenInput)
    corrects = forms.UUIDField(required=False, widget=forms.HiddenInput)
    try_uid = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        dispositions: Callable[[], Sequence[Disposition]],
        points: Sequence[ContactPoint] = (),
        currency: str = "",
        may_share: bool = False,
        asks_consent: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.dispositions_of = dispositions
        self.newer: Sequence[Told] = ()
        self.asks_consent = asks_consent
        self.offer(points)
        self.currency = currency
        if self.is_bound:
            # What nobody has typed into needs no field: the page prints its empty ones by name.
            for fact in FACTS.values():
                self.fields[fact.field] = form_field(fact, currency)
        if not may_share:
            del self.fields["shared"]

    @cached_property
    def dispositions(self) -> Sequence[Disposition]:
        """The codes in use; read only where the form is shown."""
        return self.dispositions_of()

    def offer(self, points: Sequence[ContactPoint]) -> None:
        """Offer these contact points; the verb checks the one that was chosen."""
        whom = self.fields["contact_point"]
        assert isinstance(whom.widget, forms.Select)
        whom.widget.choices = [("", _("Borrower, by no number")), *map(_point_choice, points)]
        whom.initial = next((str(each.uid) for each in points if _is_first(each)), "")

    def show_newer(self, newer: Sequence[Told], newest: UUID | str) -> None:
        """Show what somebody else has written meanwhile, newest first, above what was typed.

        Saved again, the form knows it: the second save goes through.
        """
        self.newer = newer
        sent = cast("QueryDict", self.data).copy()
        sent["knew"] = str(newest)
        self.data = sent

    @property
    def status(self) -> int:
        """Of the answer that shows the form again."""
        return 409 if self.newer else 422

    @property
    def facts(self) -> dict[str, object]:
        """What was typed for facts, by name, of whichever disposition."""
        return {name: self.cleaned_data.get(fact.field) for name, fact in FACTS.items()}

    @property
    def shown_facts(self) -> list[Fact]:
        """The facts that any of the dispositions in use asks for, in their order."""
        asked = {name for each in self.dispositions for name in each.required}
        return in_order([*asked, *(ALWAYS_ASKED if self.asks_consent else ())])

    @property
    def asks_json(self) -> str:
        """`asks` for an attribute: script tags do not come along into a panel."""
        return json.dumps(self.asks)

    @property
    def asks(self) -> dict[str, Any]:
        """For the script: what each code requires, and which of its facts may stay empty."""
        return {
            each.code: {
                "facts": [fact.field for fact in in_order(each.required)],
                "consent": self.asks_consent and Disposition.Flag.RIGHT_PARTY in each.flags,
                "remark": each.remark_required,
                "from": _moment_from(each),
            }
            for each in self.dispositions
        }

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


def _is_first(point: ContactPoint) -> bool:
    """Whether the form begins with this point: the borrower's own, neither dead nor refused."""
    off = (ContactPoint.State.INVALID, ContactPoint.State.REFUSED)
    return point.relation == ContactPoint.Relation.SELF and point.state not in off


def _point_choice(point: ContactPoint) -> tuple[str, Text]:
    parts = (point.get_relation_display(), point.person_name, point.number_mask)
    said = " ".join(str(part) for part in parts if part)
    return str(point.uid), f"{said} · {point.get_state_display()}"


def _moment_from(each: Disposition) -> str:
    """The fact that names the moment of the next action, by its field; "" for none."""
    if Disposition.Flag.PROMISE in each.flags:
        return FACTS["date"].field
    return FACTS["time"].field if Disposition.Flag.CALLBACK in each.flags else ""


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
    """A code as a radio button. next: the words of its next action."""

    code: str
    label: str
    next: str
    chosen: bool

    @classmethod
    def of(cls, each: Disposition, chosen: object) -> "DispositionChoice":
        """The button of a stored code."""
        return cls(
            code=each.code,
            label=each.label,
            next=each.next_action,
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

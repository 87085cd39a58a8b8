"""Forms of sign-in, own settings, people, teams, company and tokens."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenancy.form_fields import Checks, SegmentField
from tenancy.models import ApiToken, Company, CompanySettings, Role, Team, User
from tenancy.people import checked_username

LONGEST_PASSWORD = 200


def put_refusal(form: forms.BaseForm, error: ValidationError) -> None:
    """Show what a verb refused beside the fields it names, the rest on top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, messages in error.message_dict.items():
        known = field in form.fields and field != NON_FIELD_ERRORS
        form.add_error(field if known else None, ValidationError(messages))


def freeze(form: forms.BaseForm) -> None:
    """Show a form to who may read only."""
    for field in form.fields.values():
        field.disabled = True


class SignInForm(forms.Form):
    """First step: a name with its company, and a password."""

    login = forms.CharField(max_length=100)
    password = forms.CharField(max_length=LONGEST_PASSWORD, strip=False)


def _code_field() -> forms.CharField:
    return forms.CharField(
        label=pgettext_lazy("second factor", "Code"),
        max_length=10,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "class": "tnum",
                "autofocus": True,
                "placeholder": "000 000",
            }
        ),
    )


class CodeForm(forms.Form):
    """Six digits of an authenticator app."""

    code = _code_field()


def _password_field(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


class OwnPasswordForm(forms.Form):
    """The password one has and, twice, the one to come."""

    current = _password_field(_("Current password"), "current-password")
    password = _password_field(
        _("New password"),
        "new-password",
        _("At least 10 characters, not only digits, and not one that many people use."),
    )
    again = _password_field(_("New password, again"), "new-password")

    def clean_again(self) -> str:
        """Both must be the same."""
        again: str = self.cleaned_data["again"]
        if self.cleaned_data.get("password") not in (None, again):
            raise ValidationError(_("The two new passwords differ."))
        return again


class ProvePasswordForm(forms.Form):
    """The own password, asked again before something weakens the account."""

    current = _password_field(_("Current password"), "current-password")


class PreferencesForm(forms.Form):
    """How Recoup looks and listens for one person."""

    language = forms.ChoiceField(label=_("Language"), required=False)
    theme = SegmentField(
        label=_("Theme"),
        required=False,
        choices=[("", _("Automatic")), ("light", _("Light")), ("dark", _("Dark"))],
    )
    single_key_shortcuts = forms.BooleanField(
        label=_("Single-letter keys"),
        required=False,
        help_text=_("n for a note, j and k to move; ? lists them."),
    )

    def __init__(self, company: Company, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = dict(settings.LANGUAGES)
        own = languages.get(company.language, company.language)
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            ("", _("The company's: %(language)s") % {"language": own}),
            *settings.LANGUAGES,
        ]


class PersonForm(forms.Form):
    """A person of the company: name, roles, teams, limit."""

    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
        ),
    )
    display_name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=80,
        help_text=_("As colleagues see it."),
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    roles = forms.MultipleChoiceField(label=_("Roles"), choices=Role.choices, widget=Checks)
    teams = forms.ModelMultipleChoiceField(
        label=_("Sits in"),
        queryset=Team.objects.none(),
        to_field_name="uid",
        required=False,
        widget=Checks,
    )
    leads = forms.ModelMultipleChoiceField(
        label=_("Leads"),
        queryset=Team.objects.none(),
        to_field_name="uid",
        required=False,
        widget=Checks,
        help_text=_("A team lead sees and reassigns the cases of these teams."),
    )
    capacity = forms.IntegerField(
        label=_("Limit of cases in hand"),
        required=False,
        min_value=0,
        max_value=1_000_000,
        help_text=_("The night gives no more than this. Empty: no limit."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num"}),
    )

    def __init__(self, company: Company, *args: Any, user: User | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        teams = Team.objects.filter(is_active=True)
        if user is not None:
            # A closed team stays until somebody unticks it.
            teams = teams | Team.objects.filter(members__user=user)
        for field in ("teams", "leads"):
            self.fields[field].queryset = teams.distinct().order_by("name")  # type: ignore[attr-defined]
        self.fields["username"].help_text = _("Signs in as name@%(code)s; it cannot change.") % {
            "code": company.code
        }
        if user is not None:
            del self.fields["username"]

    def clean_username(self) -> str:
        """As it is kept; what is no name is said together with the other errors."""
        try:
            return checked_username(self.cleaned_data["username"])
        except ValidationError as error:
            raise ValidationError(error.messages) from error

    def clean(self) -> dict[str, Any]:
        """Teams led go with the role: without it they are let go of."""
        cleaned = self.cleaned_data
        if Role.TEAM_LEAD not in cleaned.get("roles", []):
            cleaned["leads"] = []
        return cleaned

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the verbs take."""
        cleaned = self.cleaned_data
        return cleaned | {"teams": list(cleaned["teams"]), "leads": list(cleaned["leads"])}


class TeamForm(forms.Form):
    """A team: name, what the night gives it, whether it works."""

    name = forms.CharField(label=_("Name"), max_length=80)
    takes_dpd_from = forms.IntegerField(
        label=_("Takes cases from"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num"}),
    )
    takes_dpd_to = forms.IntegerField(
        label=_("to, days past due"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num"}),
    )
    is_active = forms.BooleanField(label=_("The team works"), required=False, initial=True)

    def __init__(self, company: Company, *args: Any, team: Team | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not company.is_lender:
            del self.fields["takes_dpd_from"], self.fields["takes_dpd_to"]
        if team is None:
            del self.fields["is_active"]

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the verbs take."""
        return {"takes_dpd_from": None, "takes_dpd_to": None} | self.cleaned_data


class TeamPeopleForm(forms.Form):
    """Who sits in a team and who leads it."""

    members = forms.ModelMultipleChoiceField(
        label=_("Sit in it"),
        queryset=User.objects.none(),
        to_field_name="uid",
        required=False,
        widget=Checks,
    )
    leads = forms.ModelMultipleChoiceField(
        label=_("Lead it"),
        queryset=User.objects.none(),
        to_field_name="uid",
        required=False,
        widget=Checks,
        help_text=_("People with the role team lead."),
    )

    def __init__(self, team: Team, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True).order_by("display_name", "pk")
        sitting = User.objects.filter(memberships__team=team)
        self.fields["members"].queryset = (people | sitting).distinct()  # type: ignore[attr-defined]
        self.fields["leads"].queryset = people.filter(  # type: ignore[attr-defined]
            roles__contains=[Role.TEAM_LEAD]
        )


class CompanyForm(forms.Form):
    """What the company is called."""

    name = forms.CharField(label=_("Name"), max_length=120)
    name_en = forms.CharField(
        label=_("English name"), max_length=120, required=False, help_text=_("On English screens.")
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("What people see until they choose another."),
    )


class AccessForm(forms.Form):
    """Who may sign in, from where and when."""

    allowed_networks = forms.CharField(
        label=_("Networks allowed"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_(
            "One a line, such as 203.0.113.0/24. Empty: from everywhere. Holds for API tokens too. "
            "You are at %(address)s now."
        ),
    )
    work_starts = forms.TimeField(
        label=_("Work starts"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"placeholder": "08:00"}),
    )
    work_ends = forms.TimeField(
        label=_("Work ends"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"placeholder": "21:00"}),
    )
    session_hours = forms.IntegerField(
        label=_("Hours until sign-in is asked for again"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num"}),
    )
    require_totp = forms.BooleanField(
        label=_("Everybody signs in with a second factor"),
        required=False,
        help_text=_("Who has none yet sets it up at the next page."),
    )

    def __init__(self, *args: Any, address: str | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        networks = self.fields["allowed_networks"]
        networks.help_text = networks.help_text % {"address": address or "?"}

    @staticmethod
    def initial_of(conditions: CompanySettings) -> dict[str, Any]:
        """The form as the settings stand."""
        return {
            "allowed_networks": "\n".join(conditions.allowed_networks),
            "work_starts": conditions.work_starts,
            "work_ends": conditions.work_ends,
            "session_hours": conditions.session_hours,
            "require_totp": conditions.require_totp,
        }

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the verb takes."""
        lines = self.cleaned_data["allowed_networks"].replace(",", "\n").splitlines()
        return self.cleaned_data | {"allowed_networks": lines}


class TokenForm(forms.Form):
    """A new API token: what for, and what it may do."""

    name = forms.CharField(
        label=_("What it is for"), max_length=80, help_text=_("Such as: core system, nightly feed.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"), choices=ApiToken.Purpose.choices, widget=Checks
    )

"""What lists of cases are asked in the URL: the filter bar, and the plain values behind it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agencies.packages import lender_names
from cases.pills import Pill, pills_in_use
from collection.finding import CaseFilters
from collection.list_words import Team
from collection.models import Assignment
from collection.tagging import TagInUse
from collection.views.standing import standing_of, standing_questions
from tenancy.access import sees_all, teams_seen_by
from tenancy.filtering import Filter, FilterBar, Option
from tenancy.models import Role, TeamMember, User

LONGEST_SPAN, MOST_MONEY = 100_000, Decimal(10) ** 16
"""Days and money that no case reaches: a number beyond them typed into a filter means these."""


def bucket_options(scale: Iterable[Pill]) -> list[Option]:
    """The buckets in use, from the lowest up, and after them the groups they form."""
    ladder = sorted(scale, key=lambda pill: (pill.lower, pill.scheme_id))
    labels = dict.fromkeys(pill.label for pill in ladder)
    groups: dict[str, list[str]] = {}
    for pill in ladder:
        if pill.parent and pill.label not in groups.setdefault(pill.parent, []):
            groups[pill.parent].append(pill.label)
    return [
        *(Option(value=label, label=label) for label in labels),
        *(
            Option(value=parent, label=f"{parent} = {members[0]}–{members[-1]}")
            for parent, members in groups.items()
        ),
    ]


def scale_asked(on: date, params: QueryDict) -> dict[int, Pill]:
    """The buckets of a list on a date whose bar is not printed: none, unless the URL names some."""
    return pills_in_use(on) if "bucket" in params else {}


def case_questions(
    user: User,
    scale: dict[int, Pill],
    params: QueryDict,
    *,
    shown: bool,
    tags: Sequence[TagInUse] | None = None,
) -> list[Filter]:
    """The questions that every list of cases may be asked.

    shown: whether the bar is printed; else only options that the URL names are looked up. tags:
    those in use, where the caller has asked.
    """
    questions = [
        Filter(name="bucket", label=_("Bucket"), options=bucket_options(scale.values())),
        Filter(name="dpd", label=_("Days past due"), kind="range"),
        Filter(name="amount", label=_("Outstanding"), kind="range", unit=user.company.currency),
        Filter(name="product", label=_("Product"), kind="text"),
        Filter(name="channel", label=_("Channel"), kind="text", extra=True),
        *standing_questions(params, tags),
        Filter(name="q", label=pgettext_lazy("filter", "Search"), kind="text", extra=True),
    ]
    if not user.company.is_lender and (shown or "lender" in params):
        lenders = [Option(value=str(pk), label=name) for pk, name in lender_names().items()]
        questions.insert(0, Filter(name="lender", label=_("Lender"), options=lenders))
    return questions


@dataclass(frozen=True, slots=True)
class DeskQuestions:
    """For who sees other people's desks: whose. Addresses carry random ids, queries the others."""

    teams: Sequence[Team] = ()
    people: Sequence[tuple[int, UUID, str]] = ()
    asks_people: bool = False

    @classmethod
    def of(
        cls, user: User, params: QueryDict, teams: Sequence[Team] | None = None
    ) -> "DeskQuestions":
        """The teams that the person sees, and their people; none for a collector.

        Who sees all of a large company chooses a team first: only then are its people asked for,
        and before that who is named in the URL. Whoever left stays while cases lie on the desk.
        teams: those seen, where the caller has asked.
        """
        if not (sees_all(user) or user.has_role(Role.TEAM_LEAD)):
            return cls()
        found = _teams_of(user) if teams is None else list(teams)
        chosen = {pk for pk, uid, _name in found if str(uid) in params.getlist("team")}
        named = params.getlist("collector")
        if sees_all(user) and not chosen and not named:
            return cls(found)
        people = people_of(list(chosen) or [pk for pk, _uid, _name in found])
        if sees_all(user) and not chosen:
            people = [each for each in people if str(each[1]) in named]
        return cls(found, people, asks_people=bool(named))

    @property
    def any(self) -> bool:
        """Whether the person sees desks beside the own one."""
        return bool(self.teams or self.people)

    @property
    def filters(self) -> list[Filter]:
        """The questions; none where there is nobody to choose between."""
        asked = (
            ("team", _("Team"), self.teams, False),
            ("collector", _("Collector"), self.people, self.asks_people),
        )
        return [
            Filter(
                name=name,
                label=label,
                options=[Option(value=str(uid), label=title) for _pk, uid, title in rows],
            )
            for name, label, rows, named in asked
            if rows or named
        ]

    def team_ids(self, bar: FilterBar) -> tuple[int, ...]:
        """The teams that the URL names, by id."""
        return _ids(bar, "team", self.teams)

    def collector_ids(self, bar: FilterBar) -> tuple[int, ...]:
        """The people that the URL names, by id."""
        return _ids(bar, "collector", self.people)


def _teams_of(user: User) -> list[Team]:
    seen = teams_seen_by(user).filter(is_active=True).order_by("name", "pk")
    return list(seen.values_list("pk", "uid", "name"))


def people_of(team_ids: Sequence[int]) -> list[tuple[int, UUID, str]]:
    """Who works in these teams, and who does so no more but has cases there; id, address, name."""
    works = Q(
        is_active=True,
        roles__overlap=[Role.COLLECTOR.value, Role.TEAM_LEAD.value],
        pk__in=TeamMember.objects.filter(team__in=team_ids).values("user_id"),
    )
    left = Exists(
        Assignment.objects.filter(collector=OuterRef("pk"), team__in=team_ids, ended_at=None)
    )
    people = User.objects.filter(works | Q(left)).order_by("display_name", "pk")
    return [
        (pk, uid, name if is_active else gettext("%(name)s (deactivated)") % {"name": name})
        for pk, uid, name, is_active in people.values_list("pk", "uid", "display_name", "is_active")
    ]


def _ids(bar: FilterBar, name: str, rows: Sequence[tuple[int, UUID, str]]) -> tuple[int, ...]:
    if name not in bar.filters:
        return ()
    chosen = set(bar.chosen(name))
    return tuple(pk for pk, uid, _title in rows if str(uid) in chosen)


def case_filters(bar: FilterBar, user: User) -> CaseFilters:
    """The plain values of `case_questions`, on the clock of the person's company."""
    dpd_from, dpd_to = (_days(bound) for bound in bar.bounds("dpd"))
    amount_from, amount_to = (_money(bound) for bound in bar.bounds("amount"))
    lenders = bar.chosen("lender") if "lender" in bar.filters else []
    return CaseFilters(
        buckets=tuple(bar.chosen("bucket")),
        dpd_from=dpd_from,
        dpd_to=dpd_to,
        products=_words(bar, "product"),
        channels=_words(bar, "channel"),
        amount_from=amount_from,
        amount_to=amount_to,
        lender_ids=tuple(int(each) for each in lenders),
        text=_typed(bar, "q"),
        standing=standing_of(bar, user.company.zone),
        nothing=bar.matches_nothing,
    )


def _days(bound: Decimal | None) -> int | None:
    return (
        None
        if bound is None
        else int(max(Decimal(-LONGEST_SPAN), min(bound, Decimal(LONGEST_SPAN))))
    )


def _money(bound: Decimal | None) -> Decimal | None:
    return None if bound is None else max(-MOST_MONEY, min(bound, MOST_MONEY))


def _typed(bar: FilterBar, name: str) -> str:
    """What is typed into a text filter; PostgreSQL knows no NUL."""
    return bar.text(name).replace("\0", "")


def _words(bar: FilterBar, name: str) -> tuple[str, ...]:
    """What is typed into a text filter, several values apart by commas."""
    typed = _typed(bar, name).replace("，", ",").replace("、", ",")
    return tuple(filter(None, (word.strip() for word in typed.split(","))))

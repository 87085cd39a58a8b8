"""Tags, tagged cases and saved views of both sides."""

from collections.abc import Mapping

from cases.models import Case
from collection.models import Tag
from collection.saved_views import save_view
from collection.tag_presets import start_tags
from collection.tagging import add_tag, derive_tags
from tenancy.models import Team, User
from tenancy.scope import company_scope
from tests.matrix.sides import Side


def furnish_tags(sides: Mapping[str, Side]) -> None:
    """The usual tags but one, an own one, and views of a person and of a team; after the desks."""
    for side in sides.values():
        with company_scope(side.company):
            _tags(side)
            _views(side)
        side.hidden |= {"tag", "tag_usual", "view", "view_team"}


def _tags(side: Side) -> None:
    company, word = side.company, side.marks.private
    start_tags(company_id=company.pk)
    Tag.objects.filter(code="co_cases").update(code="co_cases_own")
    own = Tag.objects.create(
        company=company, code="own", name_en=f"{word} tag", name_zh=f"{word} 标签"
    )
    own.refresh_from_db()
    side.ids["tag"] = str(own.uid)
    side.ids["tag_usual"] = str(Tag.objects.get(code="sensitive").uid)
    derive_tags(company=company, on=company.local_date())
    for name, username in (("case", "collector"), ("case_two", "collector3")):
        case = Case.objects.get(uid=side.ids[name])
        add_tag(company=company, case=case, tag=own, by=User.objects.get(username=username))


def _views(side: Side) -> None:
    for name, username, team in (
        ("view", "collector", None),
        ("view_team", "lead", Team.objects.get(uid=side.ids["team"])),
    ):
        view = save_view(
            company=side.company,
            by=User.objects.get(username=username),
            page="queue",
            name=f"{side.marks.private} {name}",
            query="dpd_min=3",
            team=team,
        )
        view.refresh_from_db()
        side.ids[name] = str(view.uid)

"""What lists are asked and marked with: search, counts of filters, saved views, tags."""

from collection.models import CaseTag, SavedView, Tag
from tests.matrix.cell import ADMIN, EVERYBODY, LEADS, READERS, Cell, writes
from tests.matrix.cells.work import ANOTHER, CASE, OTHER_DESKS, WORK_THE_CASE
from tests.matrix.sides import Side

TEAM_ONE = frozenset({"lead", "collector", "collector2"})
NAMES = {"name_en": "Odd", "name_zh": "特别", "colour": "red", "is_active": "on"}
RULE = {"fact-0": "dpd", "op-0": "ge", "value-0": "5"}


def _tag(side: Side, name: str) -> Tag:
    return Tag.objects.get(uid=side.ids[name])


def _tagged(side: Side, name: str) -> bool:
    carried = CaseTag.objects.filter(case__uid=side.ids["case"], tag__uid=side.ids[name])
    return carried.filter(by_hand=True).exists()


def _views(side: Side, name: str, **more: object) -> bool:
    return SavedView.objects.filter(name=name, **more).exists()


CELLS = [
    Cell(route="work:search", who="collector", query={"q": "nobody"}),
    Cell(route="work:search-quick", who="collector", query={"q": "nobody"}),
    Cell(
        route="work:counts",
        who="lead",
        allowed=EVERYBODY - READERS,
        query={"list": "queue", "team": "{team}", "tag": "{tag}", "name": "tag"},
    ),
    Cell(route="work:counts", note="of cases", query={"list": "cases", "tag": "{tag}"}),
    Cell(
        route="work:queue",
        note="how cases stand",
        who="collector",
        allowed=EVERYBODY - READERS,
        query={"tag": "{tag}", "promise": "none", "reach": "yes", "hold": "no"},
    ),
    Cell(route="cases:list", note="how cases stand", query={"tag": "{tag}", "touch": "never"}),
    Cell(route="work:views", who="collector"),
    Cell(route="work:view-new", who="collector", query={"list": "queue", "dpd_min": "4"}),
    Cell(
        route="work:view-new",
        method="POST",
        who="collector",
        query={"list": "queue", "dpd_min": "4"},
        body={"name": "Proof"},
        status=302,
        writes=writes("collection_savedview"),
        proof=lambda side: _views(side, "Proof", query="dpd_min=4", team=None),
    ),
    Cell(
        route="work:view-new",
        method="POST",
        note="for a team",
        who="lead",
        allowed=frozenset({"lead"}),
        query={"list": "queue", "dpd_min": "4"},
        body={"name": "Proof", "team": "{team}"},
        status=302,
        writes=writes("collection_savedview", "tenancy_auditentry"),
        proof=lambda side: _views(side, "Proof", team__uid=side.ids["team"]),
    ),
    Cell(
        route="work:view",
        who="collector",
        allowed=frozenset({"collector"}),
        blind=EVERYBODY - {"collector"},
        path={"uid": "{view}"},
    ),
    Cell(
        route="work:view",
        method="POST",
        who="collector",
        allowed=frozenset({"collector"}),
        blind=EVERYBODY - {"collector"},
        path={"uid": "{view}"},
        body={"act": "delete"},
        status=302,
        writes=writes("collection_savedview"),
        proof=lambda side: not SavedView.objects.filter(uid=side.ids["view"]).exists(),
    ),
    Cell(
        route="work:view",
        method="POST",
        note="of a team",
        who="lead",
        allowed=frozenset({"lead"}),
        blind=EVERYBODY - TEAM_ONE,
        path={"uid": "{view_team}"},
        body={"name": "Proof"},
        status=302,
        writes=writes("collection_savedview", "tenancy_auditentry"),
        proof=lambda side: _views(side, "Proof"),
    ),
    Cell(route="work:tags", who="lead", allowed=LEADS | ADMIN | {"auditor"}),
    Cell(
        route="work:tags",
        method="POST",
        allowed=ADMIN,
        status=302,
        writes=writes("collection_tag", "tenancy_auditentry"),
        proof=lambda _side: Tag.objects.filter(code="co_cases").exists(),
    ),
    Cell(route="work:tag-rule", allowed=ADMIN, query={**RULE}),
    Cell(route="work:tag-new", allowed=ADMIN),
    Cell(
        route="work:tag-new",
        method="POST",
        allowed=ADMIN,
        body={**NAMES, **RULE, "act": "save"},
        status=302,
        writes=writes("collection_tag", "tenancy_auditentry"),
        proof=lambda _side: Tag.objects.filter(name_en="Odd").exists(),
    ),
    Cell(route="work:tag", allowed=ADMIN, path={"uid": "{tag}"}),
    Cell(
        route="work:tag",
        method="POST",
        allowed=ADMIN,
        path={"uid": "{tag}"},
        body={**NAMES, "version": "1", "act": "save"},
        status=302,
        writes=writes("collection_tag", "tenancy_auditentry"),
        proof=lambda side: _tag(side, "tag").name_en == "Odd",
    ),
    Cell(
        route="work:case-tag",
        who="collector",
        allowed=WORK_THE_CASE,
        blind=OTHER_DESKS,
        path=CASE,
        unseen=ANOTHER,
    ),
    Cell(
        route="work:case-tag",
        method="POST",
        who="collector",
        allowed=WORK_THE_CASE,
        blind=OTHER_DESKS,
        path=CASE,
        unseen=ANOTHER,
        body={"add": "{tag_usual}"},
        status=302,
        writes=writes("collection_casetag"),
        proof=lambda side: _tagged(side, "tag_usual"),
    ),
    Cell(
        route="work:case-tag",
        method="POST",
        note="take off",
        who="collector",
        allowed=WORK_THE_CASE,
        blind=OTHER_DESKS,
        path=CASE,
        unseen=ANOTHER,
        body={"remove": "{tag}"},
        status=302,
        writes=writes("collection_casetag"),
        proof=lambda side: not _tagged(side, "tag"),
    ),
]

"""Who plays in the demo: companies, teams and people, with names in both languages."""

from dataclasses import dataclass, field
from datetime import time

from tenancy.models import Role


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A login of the demo: username, the name shown, roles, team (by name, or none)."""

    username: str
    name: str
    roles: tuple[str, ...]
    team: str = ""


@dataclass(frozen=True, slots=True)
class DemoTeam:
    """A team and the days past due that the night gives it; no range for agencies."""

    name: str
    takes: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """A company of the demo. loans: how many its book holds (lenders only)."""

    code: str
    kind: str
    name: str
    name_en: str
    timezone: str
    currency: str
    language: str
    jurisdiction: str
    teams: tuple[DemoTeam, ...]
    people: tuple[DemoPerson, ...]
    loans: int = 0
    faker: str = "zh_CN"
    opens: time = field(default=time(9))


def _collectors(team: str, names: str, first: int = 1) -> tuple[DemoPerson, ...]:
    return tuple(
        DemoPerson(f"collector{number}", name, (Role.COLLECTOR,), team)
        for number, name in enumerate(names.split(","), start=first)
    )


def _office(names: str) -> tuple[DemoPerson, ...]:
    """Admin, inspector, finance and auditor: one login per role."""
    admin, inspector, finance, auditor = names.split(",")
    return (
        DemoPerson("admin", admin, (Role.COMPANY_ADMIN,)),
        DemoPerson("inspector", inspector, (Role.QC_INSPECTOR,)),
        DemoPerson("finance", finance, (Role.FINANCE,)),
        DemoPerson("auditor", auditor, (Role.AUDITOR,)),
    )


HAIYUE = DemoCompany(
    code="HAIYUE",
    kind="lender",
    name="海岳消费金融",
    name_en="Haiyue Consumer Finance",
    timezone="Asia/Shanghai",
    currency="CNY",
    language="zh-hans",
    jurisdiction="CN",
    teams=(DemoTeam("早期一组", (0, 15)), DemoTeam("早期二组", (0, 30))),
    people=(
        *_office("唐致远,秦岚,梁雪,顾明"),
        DemoPerson("lead", "何嘉伟", (Role.TEAM_LEAD,), "早期一组"),
        DemoPerson("lead2", "苏文静", (Role.TEAM_LEAD,), "早期二组"),
        *_collectors("早期一组", "林晓彤,周敏,孙雅婷,郑浩然,吴佳宁"),
        *_collectors("早期二组", "冯俊杰,许静怡,程睿,陆子涵,罗欣", first=6),
    ),
    loans=14_000,
)
CALDER = DemoCompany(
    code="CALDER",
    kind="lender",
    name="考尔德信贷",
    name_en="Calder Lending",
    timezone="Europe/London",
    currency="GBP",
    language="en",
    jurisdiction="GB",
    teams=(DemoTeam("Early arrears", (0, 30)),),
    people=(
        *_office("Harriet Bell,Idris Shaw,Fiona Marsh,Owen Pike"),
        DemoPerson("lead", "Priya Nair", (Role.TEAM_LEAD,), "Early arrears"),
        *_collectors("Early arrears", "Tom Ashby,Grace Okafor,Ben Lowe,Maya Chen"),
    ),
    loans=6_000,
    faker="en_GB",
)
ANXIN = DemoCompany(
    code="ANXIN",
    kind="agency",
    name="安信催收",
    name_en="Anxin Collections",
    timezone="Asia/Shanghai",
    currency="CNY",
    language="zh-hans",
    jurisdiction="CN",
    teams=(DemoTeam("委外一组"),),
    people=(
        DemoPerson("admin", "贺云", (Role.COMPANY_ADMIN,)),
        DemoPerson("auditor", "邵平", (Role.AUDITOR,)),
        DemoPerson("lead", "丁远", (Role.TEAM_LEAD,), "委外一组"),
        *_collectors("委外一组", "白露,江涛,任杰"),
    ),
)
BRIDGE = DemoCompany(
    code="BRIDGE",
    kind="agency",
    name="桥联资产服务",
    name_en="Bridge Recovery",
    timezone="Asia/Shanghai",
    currency="CNY",
    language="zh-hans",
    jurisdiction="CN",
    teams=(DemoTeam("华东组"),),
    people=(
        DemoPerson("admin", "沈悦", (Role.COMPANY_ADMIN,)),
        DemoPerson("lead", "钱进", (Role.TEAM_LEAD,), "华东组"),
        *_collectors("华东组", "韩雪,曹阳"),
    ),
)
CLEARLINE = DemoCompany(
    code="CLEARLINE",
    kind="agency",
    name="清线催收",
    name_en="Clearline Recovery",
    timezone="Europe/London",
    currency="GBP",
    language="en",
    jurisdiction="GB",
    teams=(DemoTeam("Field team"),),
    people=(
        DemoPerson("admin", "Nora Quinn", (Role.COMPANY_ADMIN,)),
        DemoPerson("lead", "Samir Patel", (Role.TEAM_LEAD,), "Field team"),
        *_collectors("Field team", "Ella Frost,Jack Doyle,Zoe Hart"),
    ),
)

LENDERS = (HAIYUE, CALDER)
AGENCIES = (ANXIN, BRIDGE, CLEARLINE)
# Which agencies each lender places with.
WORKS_WITH = {"HAIYUE": ("ANXIN", "BRIDGE"), "CALDER": ("CLEARLINE",)}

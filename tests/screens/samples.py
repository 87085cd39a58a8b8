"""Made-up content for every part of templates/: people, cases, events that are in no database."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from tenancy import formats
from tenancy.filtering import Column, Filter, FilterBar, Option, Table
from tenancy.form_fields import DayField, MomentField, MoneyField, SegmentField
from tenancy.models import Company, Job, Role, User
from tenancy.screen import (
    Bulk,
    BulkAction,
    Chart,
    Denied,
    Difference,
    Empty,
    Fact,
    Link,
    Pager,
    Permission,
    Segment,
    Stat,
    Step,
    TimelineItem,
    ViewTab,
    bucket_tone,
    timeline_days,
)

LABELS = ["M0", "S1", "S2", "S3", "M2", "M3", "M3+"]
BUCKETS = [(label, bucket_tone(n, 7)) for n, label in enumerate(LABELS)]
LONG = (
    "Alhaji Abdul-Rahman Oluwaseun-Babatunde of the Ikorodu branch asked that every later call go "
    "to his office line between two and four in the afternoon, never to his wife's number."
)
LONG_ZH = (
    "本人要求以后只在工作日下午两点至四点之间拨打单位电话，"
    "不再联系配偶，并请在通话前先发短信说明来意和应还金额。"
)


class PromiseForm(forms.Form):
    """A form with one of each field."""

    contact = SegmentField(choices=[("self", "Borrower"), ("third", "Contact person")])
    amount = MoneyField(currency="CNY", label="Amount", help_text="Leaves 6,208.00.")
    day = DayField(label="Date")
    at = MomentField(label="Next action at", required=False)
    channel = forms.ChoiceField(choices=[("bank", "Bank transfer"), ("app", "App")])
    remark = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)
    shared = forms.BooleanField(label="Show to the next holder", required=False, help_text="No.")


def company(kind: str = "lender") -> Company:
    """A company that is in no database."""
    names = {
        "lender": ("HAIYUE", "海岳消费金融", "Haiyue Consumer Finance"),
        "agency": ("QIHENG", "启衡催收服务", "Qiheng Collection Services"),
    }
    code, name, name_en = names[kind]
    return Company(
        pk=1,
        code=code,
        kind=kind,
        name=name,
        name_en=name_en,
        timezone="Asia/Shanghai",
        currency="CNY",
    )


def person(of: Company, *roles: str, theme: str = "") -> User:
    """Somebody of that company."""
    return User(
        pk=1,
        company=of,
        username="lin",
        display_name="林晓彤",
        roles=list(roles or (Role.COLLECTOR,)),
        theme=theme,
    )


def filters(params: QueryDict) -> FilterBar:
    """A filter bar with one filter of each kind."""
    options = [Option(value=str(tone), label=label, count="1,204") for label, tone in BUCKETS]
    return FilterBar(
        [
            Filter(name="bucket", label="Bucket", options=options),
            Filter(
                name="hold",
                label="Hold",
                kind="one",
                options=[Option(value="no", label="none"), Option(value="yes", label="any")],
            ),
            Filter(name="outstanding", label="Outstanding", kind="range", unit="CNY"),
            Filter(name="due", label="Due", kind="days"),
            Filter(name="product", label="Product", kind="text", extra=True),
        ],
        params,
        note="In the order of priority",
    )


def columns(params: QueryDict) -> Table:
    """The worklist's columns."""
    made = [
        Column(key="reason", label="Reason"),
        Column(key="borrower", label="Borrower"),
        Column(key="loan", label="Loan no", optional=True, css="lo lo3"),
        Column(key="outstanding", label="Outstanding (CNY)", numeric=True, sortable=True),
        Column(key="dpd", label="Days past due", numeric=True, sortable=True),
        Column(key="touched", label="Last touch", optional=True, css="c-last lo2"),
        Column(key="next", label="Next action", css="c-next"),
        Column(key="tags", label="Tags", optional=True, css="lo"),
    ]
    return Table(made, params, "-dpd", ticks=True)


def rows(number: int) -> list[dict[str, Any]]:
    """Rows of a worklist."""
    names = ["蒋沛霖", "Oluwaseun Babatunde-Adeyemi", "阿卜杜拉·麦麦提艾力", "陈思宇", "罗永健"]
    kinds = ["promise_due", "promise_broken", "callback", "new", "untouched"]
    words = [
        "Promise due today",
        "Promise broken",
        "Call back 14:30",
        "New today",
        "8 days untouched",
    ]
    now = timezone.now()
    return [
        {
            "uid": f"u{n}",
            "href": f"/case/{n}/",
            "borrower": names[n % 5],
            "phone": "138****1234",
            "loan_no": f"HY2609-00{48217 + n}",
            "outstanding": Decimal(920800 + n * 137131) / 100,
            "reason": kinds[n % 5],
            "reason_text": words[n % 5],
            "dpd": n % 29,
            "bucket": BUCKETS[n % 7][0],
            "tone": BUCKETS[n % 7][1],
            "touched_at": None if n % 5 == 3 else now - timedelta(hours=7 * n),
            "touched_how": "call, borrower · Lin Xiaotong",
            "next": LONG if n == 2 else "Remind of 2,600.00",
            "next_at": now + timedelta(hours=n),
            "next_tone": ["acc", "bad", "warn", "", ""][n % 5],
            "tags": ["High amount", "First overdue", "Score 720", "Lost contact"][: n % 5],
        }
        for n in range(number)
    ]


def stats() -> list[Stat]:
    """A strip of figures."""
    return [
        Stat(
            label="Due today",
            value="22",
            note="150,416.90 outstanding",
            href="?",
            active=True,
            wide=True,
        ),
        Stat(label="Promise due", value="5", href="?", icon="calendar-due"),
        Stat(label="Promise broken", value="4", href="?", icon="calendar-x"),
        Stat(label="Call back", value="3", href="?", icon="phone-calling"),
        Stat(label="Rejected", value="34", note="0.17%", href="?", icon="circle-x", tone="bad"),
        Stat(label="Handled today", value="24", note="/ 60"),
    ]


def timeline(now: datetime) -> list[TimelineItem]:
    """Events of three days."""
    return [
        TimelineItem(
            at=now,
            what="Call, connected 03:12",
            who="Lin Xiaotong",
            why=LONG,
            icon="phone-check",
            tone="acc",
            state="Conversation 3 of 3",
            state_tone="warn",
        ),
        TimelineItem(
            at=now,
            what="Call denied: 15 minutes not over",
            who="Lin Xiaotong",
            why="Rule v6, from 10:21.",
            icon="phone-off",
            tone="bad",
        ),
        TimelineItem(
            at=now - timedelta(days=1),
            what="Repayment reversed 800.00",
            icon="receipt-refund",
            tone="bad",
            state="Reversed",
            href="#",
        ),
        TimelineItem(
            at=now - timedelta(days=400),
            what="Bucket S1 → S2",
            why=LONG_ZH,
            icon="stairs-up",
            tone="warn",
        ),
    ]


def facts(now: datetime) -> list[Fact]:
    """Figures and dates as the filters write them."""
    money = Decimal("1234567.8")
    return [
        Fact(term="money", detail=f"{formats.money(money)} · {formats.money(-money)}"),
        Fact(term="signed_money", detail=formats.signed_money(money)),
        Fact(term="count", detail=f"{formats.count(12345)} · {formats.count(10001, 10000)}"),
        Fact(term="day", detail=formats.day(now)),
        Fact(term="day_long", detail=formats.day_long(now)),
        Fact(term="day_heading", detail=formats.day_heading(now)),
        Fact(term="moment", detail=formats.moment(now - timedelta(days=1))),
        Fact(term="stamp_long", detail=formats.stamp_long(now)),
        Fact(term="long", detail=LONG, tone="warn"),
    ]


def sample(request: HttpRequest) -> dict[str, Any]:
    """Everything the pages of templates/styleguide/ show."""
    now = timezone.now()
    bulk = Bulk(
        actions=[
            BulkAction(label="Reassign", href="/panel/", icon="arrows-exchange"),
            BulkAction(label="Export", href="/panel/"),
        ],
        total="12,345",
        unit="cases",
        query=request.GET.urlencode(),
    )
    labels = [label for label, _tone in BUCKETS]
    chart = Chart(
        id="ch",
        kind="bars",
        title="Repayments by bucket",
        unit="thousand CNY",
        data={
            "labels": labels,
            "values": [1284, 2196, 1422, 986, 1208, 824, 492],
            "tones": list(range(7)),
            "before": [1190, 2010, 1470, 900, 1160, 840, 360],
        },
        table=[["Bucket", "This month"], *[[label, "1,284"] for label in labels]],
    )
    job = Job(title="Import loans_20261119.csv", state="running", done=12400, total=20000)
    return {
        "now": now,
        "name": "周敏",
        "amount": Decimal("826410.20"),
        "long_text": LONG_ZH,
        "moment": "10:39",
        "stats": stats(),
        "bar": filters(request.GET),
        "bulk": bulk,
        "table": columns(request.GET),
        "rows": rows(int(request.GET.get("rows", 22))),
        "views": [
            ViewTab(label=f"View {n}", href="?", count="164", active=n == 1) for n in range(1, 6)
        ],
        "tools": [Link(label="Export", href="#", icon="download")],
        "pager": Pager(summary="50 of 10,000+ cases", previous="?before=1", next="?after=2"),
        "empty": Empty(
            title="No case matches",
            text="No case of bucket S3 is above 50,000.00.",
            actions=[
                Link(label="Clear the amount", href="?"),
                Link(label="All 164 cases", href="?"),
            ],
        ),
        "page_actions": [
            Link(label="Open in panel", href="/panel/", panel=True, icon="layout-sidebar-right"),
            Link(label="Start", href="#", primary=True, key="s"),
        ],
        "buckets": BUCKETS,
        "tag_list": ["High amount", "First overdue", "Score 720"],
        "reasons": list(
            zip(
                ["promise_due", "promise_broken", "callback", "new", "untouched", "value"],
                [
                    "Promise due today",
                    "Promise broken",
                    "Call back 14:30",
                    "New today",
                    "8 days untouched",
                    "Expected 2,340",
                ],
                strict=True,
            )
        ),
        "states": [
            ("", "Draft"),
            ("acc", "Open"),
            ("ok", "Kept"),
            ("warn", "Partly kept"),
            ("bad", "Broken"),
        ],
        "statuses": [
            ("ok", "circle-check", "Valid"),
            ("ink2", "circle-x", "Invalid"),
            ("warn", "help-circle", "Unknown"),
            ("bad", "ban", "Refused"),
        ],
        "segments": [
            Segment(label=label, value=20 + tone * 5, tone=tone) for label, tone in BUCKETS[:4]
        ],
        "facts": facts(now),
        "chart": chart,
        "job": job,
        "jobs": [job],
        "running": 1,
        "failed_job": Job(title="Export", state="failed", error="The disk is full."),
        "steps": [
            Step(label="Upload", state="done"),
            Step(label="Dry run", state="now"),
            Step(label="Confirm"),
            Step(label="Result"),
        ],
        "denied": Denied(
            id="call",
            label="Call",
            icon="phone-off",
            from_when="from 14:00",
            reason="No calls in the noon break 12:00–14:00.",
            basis="Contact policy v6, borrower's clock.",
            rules_href="#",
        ),
        "gate_title": "No more calls today",
        "permissions": [
            Permission(label="SMS", allowed=True, why="1 of 2 sent today"),
            Permission(label="Third party", allowed=False, why=LONG),
        ],
        "differences": [
            Difference(
                name="next",
                label="Next action",
                theirs="Call on 11-21",
                yours="Wait for the salary",
            )
        ],
        "chips": [
            ViewTab(label="All", href="?", count="26", active=True),
            ViewTab(label="Calls", href="?", count="9"),
        ],
        "days": timeline_days(timeline(now)),
        "form": PromiseForm({"amount": "1,2x", "remark": LONG, "channel": "app"}),
        "back": "/work/queue/",
        "poll": "/progress/",
    }

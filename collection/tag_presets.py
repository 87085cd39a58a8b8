"""The tags that a new company starts with, and what can be asked again of one that has none.

They are the company's own from then on: it changes the rules, the names and the order without
code. Figures are illustrative; where one rests on a law, collection.tag_facts says on which.
"""

from collections.abc import Mapping

from collection.models import Tag
from collection.tag_rules import Condition, Op, Rule, stored_rule
from tenancy.events import CompanyCreated


def _rule(*conditions: tuple[str, Op, int | bool]) -> Rule:
    return tuple(Condition(*each) for each in conditions)


YES = True
PRESETS: Mapping[str, tuple[str, str, str, Rule]] = {
    "complaint": (
        "Complaint",
        "投诉",
        "red",
        _rule(("days_since_complaint", Op.AT_MOST, 180)),
    ),
    "sensitive": ("Sensitive", "敏感", "red", ()),
    "promise_today": (
        "Promise due today",
        "今日到期承诺",
        "azure",
        _rule(("promise_due_in", Op.EQUALS, 0)),
    ),
    "promise_broken": (
        "Promise broken",
        "跳票",
        "orange",
        _rule(("days_since_broken", Op.AT_MOST, 3)),
    ),
    "broke_two": (
        "Broke two promises",
        "两次跳票",
        "orange",
        _rule(("broken_promises", Op.AT_LEAST, 2)),
    ),
    "high_amount": ("High amount", "大额", "purple", _rule(("is_high_amount", Op.IS, YES))),
    "part_paid": (
        "Paid a part",
        "部分还款",
        "green",
        _rule(("days_since_repayment", Op.AT_MOST, 15)),
    ),
    "lost_contact": ("Lost contact", "失联", "yellow", _rule(("lost_contact", Op.IS, YES))),
    "untouched_7": (
        "7 days untouched",
        "7 日未催收",
        "yellow",
        _rule(("untouched_days", Op.AT_LEAST, 7)),
    ),
    "never_touched": (
        "Never touched",
        "从未跟进",
        "yellow",
        _rule(("assigned_days", Op.AT_LEAST, 1), ("is_touched", Op.IS, False)),
    ),
    "near_limit": (
        "Limitation near",
        "时效将至",
        "red",
        _rule(("limitation_days", Op.AT_LEAST, 0), ("limitation_days", Op.AT_MOST, 90)),
    ),
    "straight_roller": (
        "First instalment unpaid",
        "首期即逾期",
        "blue",
        _rule(("first_instalment_unpaid", Op.IS, YES)),
    ),
    "first_overdue": ("First overdue", "首次逾期", "blue", _rule(("earlier_cases", Op.EQUALS, 0))),
    "repeat_overdue": (
        "Repeat overdue",
        "多次逾期",
        "blue",
        _rule(("earlier_cases", Op.AT_LEAST, 1)),
    ),
    "co_cases": ("Several cases", "共案", "blue", _rule(("open_cases", Op.AT_LEAST, 2))),
    "new_number": ("New number", "新号码", "blue", _rule(("untried_number", Op.IS, YES))),
    "score_high": ("High score", "高分", "green", _rule(("score", Op.AT_LEAST, 650))),
    "score_mid": (
        "Middle score",
        "中分",
        "blue",
        _rule(("score", Op.AT_LEAST, 400), ("score", Op.AT_MOST, 649)),
    ),
    "score_low": ("Low score", "低分", "orange", _rule(("score", Op.AT_MOST, 399))),
}
"""Code → English, Chinese, colour, rule; in the order in which a case shows them."""


def start_tags(*, company_id: int) -> None:
    """Give a company the usual tags; what is there already stays as it is."""
    Tag.objects.bulk_create(
        (
            Tag(
                company_id=company_id,
                code=code,
                name_en=english,
                name_zh=chinese,
                colour=colour,
                rule=stored_rule(rule),
                step=step,
            )
            for step, (code, (english, chinese, colour, rule)) in enumerate(PRESETS.items())
        ),
        ignore_conflicts=True,
    )


def on_company_created(event: CompanyCreated) -> None:
    """Listener: lenders and agencies tag their cases alike."""
    start_tags(company_id=event.company_id)

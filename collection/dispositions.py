"""Dispositions: the result codes a new company starts with, and those it uses.

A preset is data: the company changes its own copy (collection.disposition_editing). Next actions
that need a moment of their own (a promise's day, the hour of a callback, the day by which a
dispute is answered) have no default delay: it comes from a fact or a deadline, else the note says
when. What each flag and required fact means and does: docs/workbench/notes.md.
"""

from datetime import timedelta
from typing import NamedTuple

from cases.models import CaseHold, ContactPoint
from collection.models import Disposition
from tenancy.events import CompanyCreated
from tenancy.ready import ReadyQuery

SELF, THIRD, NOBODY = Disposition.Group.SELF, Disposition.Group.THIRD, Disposition.Group.NOBODY


class Preset(NamedTuple):
    """A code, its names, and what comes next: in words, and after how long (None: say when)."""

    code: str
    name_en: str
    name_zh: str
    next_en: str
    next_zh: str
    after: timedelta | None


def _next(
    code: str, names: tuple[str, str], action: tuple[str, str], after: timedelta | None
) -> Preset:
    return Preset(code, *names, *action, after)


NOW, HOUR, DAY = timedelta(0), timedelta(hours=1), timedelta(days=1)
CALL = ("Call", "致电")
CALL_BORROWER = ("Call the borrower", "致电本人")
OTHER_TIME = ("Call at another time of day", "换时段致电")
NEXT_NUMBER = ("Call the next number", "拨打下一个号码")
REMIND = ("Remind of the promise", "提醒承诺还款")
COMPLAINT_DESK = ("Complaint desk", "投诉岗跟进")
LEAD_LOOKS = ("Lead looks at it", "组长跟进")

PRESETS: dict[str, tuple[Preset, ...]] = {
    SELF: (
        _next("ptp_full", ("Promises to pay all", "承诺全额还款"), REMIND, None),
        _next("ptp_part", ("Promises a part", "承诺部分还款"), REMIND, None),
        _next("will_pay", ("Willing, no date yet", "有还款意愿，未定日期"), CALL, 2 * DAY),
        _next(
            "asks_plan", ("Asks for instalments", "申请分期"), ("Plan request", "提交分期申请"), NOW
        ),
        _next(
            "asks_later",
            ("Asks for a later date", "申请延期 / 展期"),
            ("Deferral request", "提交延期申请"),
            NOW,
        ),
        _next(
            "asks_waiver",
            ("Asks for a waiver", "申请减免"),
            ("Waiver request", "提交减免申请"),
            NOW,
        ),
        _next(
            "claims_paid",
            ("Says it is paid", "声称已还款"),
            ("Finance looks for it", "财务核款"),
            DAY,
        ),
        _next("cannot_pay", ("Cannot pay now", "暂无还款能力"), CALL, 7 * DAY),
        _next("refuses", ("Refuses to pay", "拒绝还款"), LEAD_LOOKS, 3 * DAY),
        _next(
            "disputes",
            ("Disputes the amount", "对金额有异议"),
            ("Answer the dispute", "答复异议"),
            None,
        ),
        _next(
            "denies",
            ("Denies the loan", "否认借款 / 非本人办理"),
            ("Fraud desk", "反欺诈岗跟进"),
            DAY,
        ),
        _next("complains", ("Complains", "投诉"), COMPLAINT_DESK, NOW),
        _next(
            "asks_stop",
            ("Asks to stop, or for another time, place, channel", "要求停止或变更联系方式"),
            ("Use another channel", "更换联系渠道"),
            3 * DAY,
        ),
        _next("callback", ("Call back at a time", "约定回拨"), ("Call back", "回拨"), None),
        _next(
            "represented",
            ("Has a lawyer, agent, or insolvency case", "已委托律师 / 代理人 / 进入破产程序"),
            ("Legal desk", "法务岗跟进"),
            DAY,
        ),
        _next(
            "hung_up", ("Hung up after identity was confirmed", "确认本人后挂断"), OTHER_TIME, DAY
        ),
    ),
    THIRD: (
        _next("will_tell", ("Will pass it on", "愿意转告"), CALL_BORROWER, DAY),
        _next("wont_tell", ("Will not pass it on", "不愿转告"), CALL_BORROWER, DAY),
        _next(
            "new_number",
            ("Gives a new number", "提供新联系方式"),
            ("Call the new number", "拨打新号码"),
            2 * HOUR,
        ),
        _next(
            "offers_pay",
            ("Offers, unasked, to pay", "主动代偿"),
            ("Check whether it is paid", "核实是否到账"),
            DAY,
        ),
        _next("no_contact", ("Wants no more contact", "要求不再联系"), ("", ""), DAY),
        _next(
            "wrong_number", ("Number belongs to a stranger", "号码易主 / 不认识"), NEXT_NUMBER, HOUR
        ),
        _next(
            "says_dead",
            ("Says the borrower has died", "告知借款人身故"),
            ("Case desk", "案件岗核实"),
            DAY,
        ),
        _next(
            "says_unable",
            ("Detained, gravely ill, without legal capacity", "羁押 / 重病 / 无民事行为能力"),
            LEAD_LOOKS,
            DAY,
        ),
        _next("tp_complains", ("Third party complains", "第三方投诉"), COMPLAINT_DESK, NOW),
    ),
    NOBODY: (
        _next("no_answer", ("No answer", "无人接听"), OTHER_TIME, 4 * HOUR),
        _next("busy", ("Busy", "占线"), CALL, HOUR / 2),
        _next("rejected", ("Call rejected", "拒接"), CALL, DAY),
        _next("switched_off", ("Switched off", "关机"), CALL, DAY),
        _next("not_reachable", ("Not reachable", "无法接通"), CALL, DAY),
        _next("suspended", ("Number suspended", "停机"), NEXT_NUMBER, HOUR),
        _next("empty_number", ("Number does not exist", "空号"), NEXT_NUMBER, HOUR),
        _next("voicemail", ("Voicemail, call assistant", "语音信箱 / 来电助手"), CALL, DAY),
        _next("line_failure", ("Failure on our side", "线路故障"), ("Call again", "重拨"), NOW),
    ),
}


class Means(NamedTuple):
    """What a code means and does, as in the fields of Disposition.

    flags: by their short names (FLAGS). required: facts by name (collection.facts).
    """

    flags: str
    required: tuple[str, ...] = ()
    number: str = ""
    hold: str = ""
    whole_person: bool = False


FLAGS = {
    "rp": Disposition.Flag.RIGHT_PARTY,
    "tp": Disposition.Flag.THIRD_PARTY,
    "cv": Disposition.Flag.CONVERSATION,
    "pr": Disposition.Flag.PROMISE,
    "rf": Disposition.Flag.REFUSAL,
    "ds": Disposition.Flag.DISPUTE,
    "hs": Disposition.Flag.HARDSHIP,
    "wn": Disposition.Flag.WRONG_NUMBER,
    "in": Disposition.Flag.INVALID_NUMBER,
    "de": Disposition.Flag.DECEASED,
    "cr": Disposition.Flag.COMPLAINT_RISK,
    "cb": Disposition.Flag.CALLBACK,
    "fa": Disposition.Flag.FAILED_ATTEMPT,
}
VALID, INVALID, REFUSED = (
    ContactPoint.State.VALID.value,
    ContactPoint.State.INVALID.value,
    ContactPoint.State.REFUSED.value,
)
PROMISED = ("amount", "date", "channel")
HOLDS = CaseHold.Kind

MEANS: dict[str, Means] = {
    "ptp_full": Means("rp cv pr", PROMISED, VALID),
    "ptp_part": Means("rp cv pr", PROMISED, VALID),
    "will_pay": Means("rp cv", ("obstacle",), VALID),
    "asks_plan": Means("rp cv hs", ("monthly_amount", "first_date"), VALID),
    "asks_later": Means("rp cv", ("date", "reason"), VALID),
    "asks_waiver": Means("rp cv hs", ("offered", "date"), VALID),
    "claims_paid": Means(
        "rp cv", ("paid_on", "amount", "channel"), VALID, HOLDS.PAYMENT_CHECK.value
    ),
    "cannot_pay": Means("rp cv hs", ("cause",), VALID),
    "refuses": Means("rp cv rf", ("reason",), VALID),
    "disputes": Means("rp cv ds", ("component", "claimed"), VALID, HOLDS.DISPUTE.value),
    "denies": Means("rp cv ds cr", ("denied",), VALID, HOLDS.FRAUD.value),
    "complains": Means("rp cv cr", ("subject", "wish"), VALID, HOLDS.COMPLAINT.value),
    # What was asked for decides: collection.effects.
    "asks_stop": Means("rp cv cr", ("stop_number", "stop_channel", "stop_time")),
    "callback": Means("rp cv cb", ("time",), VALID),
    "represented": Means("rp cv", ("represented_by", "who", "proof"), VALID),
    "hung_up": Means("rp cv", (), VALID),
    "will_tell": Means("tp", (), VALID),
    "wont_tell": Means("tp", (), VALID),
    "new_number": Means("tp", ("number", "whose", "person_name"), VALID),
    "offers_pay": Means("tp", ("amount", "date"), VALID),
    "no_contact": Means("tp rf cr", (), REFUSED, whole_person=True),
    "wrong_number": Means("tp wn in", (), INVALID),
    "says_dead": Means("tp de", ("died_on",), VALID, HOLDS.DECEASED.value),
    "says_unable": Means("tp hs", ("unable", "until"), VALID, HOLDS.VULNERABLE.value),
    "tp_complains": Means(
        "tp rf cr", ("subject",), REFUSED, HOLDS.COMPLAINT.value, whole_person=True
    ),
    "no_answer": Means("fa"),
    "busy": Means("fa"),
    "rejected": Means("fa"),
    "switched_off": Means("fa"),
    "not_reachable": Means("fa"),
    "suspended": Means("fa in", (), INVALID),
    "empty_number": Means("fa in", (), INVALID),
    "voicemail": Means("fa"),
    "line_failure": Means(""),
}
"""What each preset code means; the table of presets that the project starts from."""


def start_dispositions(*, company_id: int) -> None:
    """Give a new company the preset tree; what is there already stays as it is."""
    Disposition.objects.bulk_create(
        (
            Disposition(
                company_id=company_id,
                code=preset.code,
                group=group,
                name_en=preset.name_en,
                name_zh=preset.name_zh,
                step=step,
                remark_required=group != NOBODY,
                next_action_en=preset.next_en,
                next_action_zh=preset.next_zh,
                next_action_after=preset.after,
                flags=[FLAGS[short].value for short in MEANS[preset.code].flags.split()],
                required=list(MEANS[preset.code].required),
                number_becomes=MEANS[preset.code].number,
                whole_person=MEANS[preset.code].whole_person,
                hold_kind=MEANS[preset.code].hold,
            )
            for group, presets in PRESETS.items()
            for step, preset in enumerate(presets)
        ),
        ignore_conflicts=True,
    )


def on_company_created(event: CompanyCreated) -> None:
    """Listener: lenders and agencies write notes alike."""
    start_dispositions(company_id=event.company_id)


IN_USE = ReadyQuery(Disposition, "t.is_active")


def dispositions_in_use() -> list[Disposition]:
    """The company's active codes, group by group in the order of the preset."""
    ranks = {group: rank for rank, group in enumerate(PRESETS)}
    return sorted(
        IN_USE.rows(), key=lambda each: (ranks.get(each.group, len(ranks)), each.step, each.code)
    )

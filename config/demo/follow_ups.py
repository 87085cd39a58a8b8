"""What a demo's collectors note: results as often as they come in life, each with its facts."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from cases.models import Case
from collection.facts import FACTS, Kind
from collection.models import Disposition

# Of a hundred follow-ups; codes that are left out do not come up in a month.
WEIGHTS: Mapping[str, int] = {
    "no_answer": 24,
    "busy": 8,
    "rejected": 9,
    "switched_off": 6,
    "not_reachable": 4,
    "voicemail": 5,
    "ptp_full": 6,
    "ptp_part": 5,
    "will_pay": 7,
    "cannot_pay": 6,
    "asks_plan": 3,
    "refuses": 4,
    "hung_up": 4,
    "callback": 5,
    "will_tell": 3,
    "wont_tell": 1,
}
PROMISED_IN_DAYS = 5
SHARES = (Decimal("0.2"), Decimal("0.5"))
SAID: Mapping[str, Mapping[str, str]] = {
    "zh_CN": {"obstacle": "工资未到账", "reason": "对利息不满"},
    "en_GB": {"obstacle": "wages not in yet", "reason": "is angry about the interest"},
}


def choose(codes: Mapping[str, Disposition], dice: random.Random) -> Disposition:
    """One of the codes in use, by weight."""
    known = [code for code in WEIGHTS if code in codes]
    weights = [WEIGHTS[code] for code in known]
    return codes[dice.choices(known, weights)[0]]


def facts_of(
    code: Disposition, case: Case, at: datetime, language: str, dice: random.Random
) -> dict[str, object]:
    """Believable facts for what the disposition requires of a case at a moment."""
    made: dict[str, object] = {}
    for name in code.required:
        fact = FACTS[name]
        later = at + timedelta(days=dice.randint(1, PROMISED_IN_DAYS))
        match fact.kind:
            case Kind.MONEY:
                share = Decimal(1) if code.code == "ptp_full" else dice.choice(SHARES)
                made[name] = max((case.outstanding * share).quantize(Decimal("0.01")), Decimal(1))
            case Kind.DAY:
                made[name] = later.date()
            case Kind.MOMENT:
                made[name] = later
            case Kind.CHOICE:
                made[name] = dice.choice(fact.choices)[0]
            case _:
                made[name] = SAID[language].get(name, "–")
    return made

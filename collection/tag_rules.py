"""Tag rules: conditions over named facts of a case, that all must hold.

A rule is data, stored as a list of `{"fact": …, "op": …, "value": …}`. `holds` answers it over
plain values, `compiled` as an SQL condition whose values are parameters; both say the same. A
fact that is not known (None) satisfies no condition but `unknown`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

Value = int | Decimal | bool | str | tuple[str, ...] | None
FactValue = int | Decimal | bool | str | None

MOST_CONDITIONS = 10
HIGHEST = Decimal(10) ** 15
"""No figure of a case comes near it."""
LONGEST_WORD, MOST_WORDS = 64, 20


class Kind(StrEnum):
    """What sort of value a fact has."""

    NUMBER = "number"
    MONEY = "money"
    YES_NO = "yes_no"
    WORD = "word"


class Op(StrEnum):
    """How a condition compares its fact with its value."""

    AT_LEAST = "ge"
    AT_MOST = "le"
    EQUALS = "eq"
    DIFFERS = "ne"
    IS = "is"
    ONE_OF = "in"
    NONE_OF = "out"
    UNKNOWN = "unknown"


_FIGURE_OPS = (Op.AT_LEAST, Op.AT_MOST, Op.EQUALS, Op.DIFFERS, Op.UNKNOWN)
OPS: Mapping[Kind, tuple[Op, ...]] = {
    Kind.NUMBER: _FIGURE_OPS,
    Kind.MONEY: _FIGURE_OPS,
    Kind.YES_NO: (Op.IS,),
    Kind.WORD: (Op.ONE_OF, Op.NONE_OF),
}
_SIGNS = {Op.AT_LEAST: ">=", Op.AT_MOST: "<=", Op.EQUALS: "=", Op.DIFFERS: "<>", Op.IS: "="}

FACTS: Mapping[str, Kind] = {
    "dpd": Kind.NUMBER,
    "bucket": Kind.WORD,
    "outstanding": Kind.MONEY,
    "is_high_amount": Kind.YES_NO,
    "score": Kind.NUMBER,
    "lost_contact_score": Kind.NUMBER,
    "product": Kind.WORD,
    "channel": Kind.WORD,
    "region": Kind.WORD,
    "assigned_days": Kind.NUMBER,
    "untouched_days": Kind.NUMBER,
    "is_touched": Kind.YES_NO,
    "earlier_cases": Kind.NUMBER,
    "open_cases": Kind.NUMBER,
    "first_instalment_unpaid": Kind.YES_NO,
    "broken_promises": Kind.NUMBER,
    "promise_due_in": Kind.NUMBER,
    "days_since_broken": Kind.NUMBER,
    "days_since_repayment": Kind.NUMBER,
    "days_since_complaint": Kind.NUMBER,
    "on_hold": Kind.YES_NO,
    "is_reachable": Kind.YES_NO,
    "lost_contact": Kind.YES_NO,
    "failed_attempts": Kind.NUMBER,
    "untried_number": Kind.YES_NO,
    "limitation_days": Kind.NUMBER,
}
"""The facts that a rule may ask, and their kinds; collection.tag_facts says what each means."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition. value: what the fact is compared with; None for `unknown`."""

    fact: str
    op: Op
    value: Value = None

    @property
    def as_json(self) -> dict[str, object]:
        """The condition as it is stored; figures as text, so that none passes through a float."""
        value: object = self.value
        if isinstance(value, tuple):
            value = list(value)
        elif isinstance(value, Decimal):
            value = str(value)
        return {"fact": self.fact, "op": str(self.op), "value": value}


Rule = tuple[Condition, ...]


class BadCondition(ValueError):
    """A condition that says nothing that can be asked; `code` is what is wrong with it.

    Codes: fact, op (unknown ones), number, whole, words, yes_no (the value), many (too many).
    """

    def __init__(self, code: str, place: int = 0) -> None:
        super().__init__(code)
        self.code, self.place = code, place


def condition(fact: str, op: str, value: object) -> Condition:
    """The condition that was stored or typed; raises BadCondition."""
    kind = FACTS.get(fact)
    if kind is None:
        raise BadCondition("fact")
    if op not in OPS[kind]:
        raise BadCondition("op")
    if op == Op.UNKNOWN:
        return Condition(fact, Op.UNKNOWN)
    return Condition(fact, Op(op), _value(kind, value))


def _value(kind: Kind, value: object) -> Value:
    match kind:
        case Kind.NUMBER:
            figure = _figure(value)
            if figure != figure.to_integral_value():
                raise BadCondition("whole")
            return int(figure)
        case Kind.MONEY:
            return _figure(value)
        case Kind.YES_NO:
            return _yes_no(value)
    return _words(value)


def _figure(value: object) -> Decimal:
    text = str(value).strip().replace(",", "").replace("，", "")
    try:
        figure = Decimal(text)
    except InvalidOperation:
        raise BadCondition("number") from None
    if isinstance(value, bool) or not figure.is_finite() or abs(figure) > HIGHEST:
        raise BadCondition("number")
    return figure


def _yes_no(value: object) -> bool:
    known = {"yes": True, "true": True, "no": False, "false": False}
    found = known.get(str(value).strip().lower())
    if found is None:
        raise BadCondition("yes_no")
    return found


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.replace("，", ",").replace("、", ",").split(",")
    if not isinstance(value, Iterable):
        raise BadCondition("words")
    words = tuple(dict.fromkeys(filter(None, (str(each).strip() for each in value))))
    if not words or len(words) > MOST_WORDS or any(_unfit(word) for word in words):
        raise BadCondition("words")
    return words


def _unfit(word: str) -> bool:
    return len(word) > LONGEST_WORD or not word.isprintable()


def read_rule(stored: object) -> Rule:
    """The rule of stored JSON; raises BadCondition with the place of the wrong condition."""
    if not isinstance(stored, list) or len(stored) > MOST_CONDITIONS:
        raise BadCondition("many")
    made = []
    for place, each in enumerate(stored):
        if not isinstance(each, dict):
            raise BadCondition("fact", place)
        try:
            made.append(condition(str(each.get("fact")), str(each.get("op")), each.get("value")))
        except BadCondition as error:
            raise BadCondition(error.code, place) from None
    return tuple(made)


def stored_rule(rule: Iterable[Condition]) -> list[dict[str, object]]:
    """The rule as JSON."""
    return [each.as_json for each in rule]


def holds(rule: Sequence[Condition], facts: Mapping[str, FactValue]) -> bool:
    """Whether all conditions hold; a rule without any holds for no case (it is set by hand)."""
    return bool(rule) and all(_holds(each, facts.get(each.fact)) for each in rule)


def _holds(asked: Condition, fact: FactValue) -> bool:
    if asked.op is Op.UNKNOWN:
        return fact is None
    if fact is None:
        return False
    if isinstance(asked.value, tuple):
        return (fact in asked.value) == (asked.op is Op.ONE_OF)
    if isinstance(asked.value, int | Decimal) and isinstance(fact, int | Decimal):
        return _compared(asked.op, Decimal(fact), Decimal(asked.value))
    return False


def _compared(op: Op, fact: Decimal, value: Decimal) -> bool:
    match op:
        case Op.AT_LEAST:
            return fact >= value
        case Op.AT_MOST:
            return fact <= value
        case Op.DIFFERS:
            return fact != value
    return fact == value


def facts_of(rules: Iterable[Rule]) -> frozenset[str]:
    """The facts that these rules ask."""
    return frozenset(each.fact for rule in rules for each in rule)


def compiled(rule: Sequence[Condition], *, row: str, name: str) -> tuple[str, dict[str, object]]:
    """The rule as an SQL condition over the columns of `row`, and its parameters.

    row: what the query calls a row that has a column for each fact. name: what the parameters'
    names begin with. The text holds names of facts and signs of this module; values never.
    """
    parts: list[str] = []
    values: dict[str, object] = {}
    for place, each in enumerate(rule):
        column, param = f"{row}.{each.fact}", f"{name}_{place}"
        if each.op is Op.UNKNOWN:
            parts.append(f"{column} IS NULL")
            continue
        if isinstance(each.value, tuple):
            sign = "= ANY" if each.op is Op.ONE_OF else "<> ALL"
            parts.append(f"{column} {sign}(%({param})s::text[])")
            values[param] = list(each.value)
            continue
        cast = "boolean" if isinstance(each.value, bool) else "numeric"
        parts.append(f"{column} {_SIGNS[each.op]} %({param})s::{cast}")
        values[param] = each.value
    return " AND ".join(parts) or "false", values

"""Tag rules over plain values: what is read, what holds, and what can be told of any rule."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.tag_rules import (
    FACTS,
    HIGHEST,
    MOST_CONDITIONS,
    MOST_WORDS,
    OPS,
    BadCondition,
    Condition,
    FactValue,
    Kind,
    Op,
    Rule,
    compiled,
    condition,
    facts_of,
    holds,
    read_rule,
    stored_rule,
)

WORDS = st.text("abc甲", min_size=1, max_size=3)
FIGURES: dict[Kind, st.SearchStrategy[int | Decimal]] = {
    Kind.NUMBER: st.integers(-5, 5),
    Kind.MONEY: st.decimals(-5, 5, places=2),
}


def values(kind: Kind) -> st.SearchStrategy[FactValue]:
    """What a fact of this kind may be."""
    known: st.SearchStrategy[FactValue] = st.booleans()
    if kind is not Kind.YES_NO:
        known = WORDS if kind is Kind.WORD else FIGURES[kind]
    return st.none() | known


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    fact = draw(st.sampled_from(sorted(FACTS)))
    kind = FACTS[fact]
    op = draw(st.sampled_from(OPS[kind]))
    if op is Op.UNKNOWN:
        return Condition(fact, op)
    if kind is Kind.WORD:
        return Condition(
            fact, op, tuple(draw(st.lists(WORDS, min_size=1, max_size=MOST_WORDS, unique=True)))
        )
    if kind is Kind.YES_NO:
        return Condition(fact, op, draw(st.booleans()))
    return Condition(fact, op, draw(FIGURES[kind]))


rules: st.SearchStrategy[Rule] = st.lists(conditions(), min_size=1, max_size=4).map(tuple)
cases: st.SearchStrategy[dict[str, FactValue]] = st.fixed_dictionaries(
    {fact: values(kind) for fact, kind in FACTS.items()}
)


@given(rules)
def test_what_is_stored_is_read_again(rule: Rule) -> None:
    assert read_rule(stored_rule(rule)) == rule


@given(rules, cases)
def test_each_condition_only_ever_takes_cases_away(rule: Rule, facts: dict[str, FactValue]) -> None:
    assert holds(rule, facts) == all(holds((each,), facts) for each in rule)


@given(rules)
def test_what_is_not_known_satisfies_nothing_but_unknown(rule: Rule) -> None:
    assert holds(rule, {}) == all(each.op is Op.UNKNOWN for each in rule)


@given(rules)
def test_values_are_parameters_and_never_text(rule: Rule) -> None:
    sql, params = compiled(rule, row="f", name="x")
    assert sql.count("%(") == len(params)
    plain = {f"f.{fact}" for fact in facts_of([rule])} | {
        "AND",
        "IS",
        "NULL",
        "=",
        "<>",
        ">=",
        "<=",
    }
    said = {word for word in sql.split() if not word.startswith(("ANY(%", "ALL(%", "%("))}
    assert said <= plain


def test_a_rule_without_conditions_holds_for_nothing() -> None:
    assert not holds((), {})
    assert compiled((), row="f", name="x") == ("false", {})


@pytest.mark.parametrize(
    ("asked", "fact", "expected"),
    [
        (Condition("dpd", Op.AT_LEAST, 7), 7, True),
        (Condition("dpd", Op.AT_LEAST, 7), 6, False),
        (Condition("dpd", Op.AT_MOST, 7), 7, True),
        (Condition("dpd", Op.AT_MOST, 7), 8, False),
        (Condition("dpd", Op.EQUALS, 0), 0, True),
        (Condition("dpd", Op.DIFFERS, 0), 0, False),
        (Condition("dpd", Op.DIFFERS, 0), None, False),
        (Condition("outstanding", Op.AT_LEAST, Decimal("10000")), Decimal("9999.99"), False),
        (Condition("outstanding", Op.AT_LEAST, Decimal("10000")), Decimal("10000.00"), True),
        (Condition("score", Op.UNKNOWN), None, True),
        (Condition("score", Op.UNKNOWN), 0, False),
        (Condition("on_hold", Op.IS, False), False, True),
        (Condition("on_hold", Op.IS, True), False, False),
        (Condition("product", Op.ONE_OF, ("车贷", "现金贷")), "车贷", True),
        (Condition("product", Op.NONE_OF, ("车贷",)), "车贷", False),
        (Condition("product", Op.NONE_OF, ("车贷",)), "现金贷", True),
    ],
)
def test_a_condition_holds(asked: Condition, fact: FactValue, expected: bool) -> None:
    assert holds((asked,), {asked.fact: fact}) is expected


@pytest.mark.parametrize(
    ("fact", "op", "value", "code"),
    [
        ("salary", "ge", "1", "fact"),
        ("dpd; DROP TABLE x", "ge", "1", "fact"),
        ("dpd", "in", "1", "op"),
        ("dpd", ">= 0 OR 1", "1", "op"),
        ("dpd", "ge", "seven", "number"),
        ("dpd", "ge", "", "number"),
        ("dpd", "ge", "NaN", "number"),
        ("dpd", "ge", "1e999", "number"),
        ("dpd", "ge", True, "number"),
        ("outstanding", "ge", str(HIGHEST + 1), "number"),
        ("dpd", "ge", "7.5", "whole"),
        ("on_hold", "is", "perhaps", "yes_no"),
        ("product", "in", " , ", "words"),
        ("product", "in", 5, "words"),
        ("product", "in", "a" * 65, "words"),
    ],
)
def test_what_says_nothing_is_refused(fact: str, op: str, value: object, code: str) -> None:
    with pytest.raises(BadCondition) as caught:
        condition(fact, op, value)
    assert caught.value.code == code


def test_a_wrong_condition_is_named_by_its_place() -> None:
    good = {"fact": "dpd", "op": "ge", "value": 1}
    with pytest.raises(BadCondition) as caught:
        read_rule([good, {"fact": "dpd", "op": "ge", "value": "x"}])
    assert (caught.value.code, caught.value.place) == ("number", 1)
    wrong: tuple[object, ...] = (None, {}, [good] * (MOST_CONDITIONS + 1))
    for stored in wrong:
        with pytest.raises(BadCondition):
            read_rule(stored)


def test_what_people_type_is_understood() -> None:
    assert condition("outstanding", "ge", "10，000.50").value == Decimal("10000.50")
    assert condition("product", "in", "车贷、现金贷，分期, 车贷").value == (
        "车贷",
        "现金贷",
        "分期",
    )

"""What was typed to find a case: each reading of it, as plain values."""

import pytest

from collection.typed import Typed
from tenancy.personal_data import keyed_hash


def test_it_is_made_tidy_first() -> None:
    assert Typed.of("  周\0敏   Zhou ").text == "周敏 Zhou"
    assert len(Typed.of("1" * 500).text) == 120


@pytest.mark.parametrize(
    ("text", "too_short"), [("", True), ("L", True), ("7", True), ("LN", False), ("周", False)]
)
def test_one_character_is_enough_in_chinese(text: str, too_short: bool) -> None:
    assert Typed.of(text).is_too_short is too_short


def test_numbers_are_looked_for_as_typed_and_in_capitals() -> None:
    assert Typed.of("ln-1").numbers == ["LN-1", "ln-1"]
    assert Typed.of("LN-1").numbers == ["LN-1"]


def test_a_name_holds_no_digit() -> None:
    assert Typed.of("ada lee").names == ["ADA LEE", "Ada Lee", "ada lee"]
    assert Typed.of("ada 2").names == ()


@pytest.mark.parametrize(
    ("text", "four"), [("5678", "5678"), ("567", ""), ("56789", ""), ("567a", "")]
)
def test_the_last_four_are_four_digits(text: str, four: str) -> None:
    assert Typed.of(text).last_four == four


def test_phones_and_id_numbers_are_known_by_their_hash_alone() -> None:
    assert Typed.of("139 1234-5678").phone_hash == keyed_hash("13912345678")
    assert Typed.of("周敏").phone_hash is None
    assert Typed.of("").phone_hash is None
    assert set(Typed.of("1101x").id_hashes) == {keyed_hash("1101x"), keyed_hash("1101X")}
    assert Typed.of("1101").id_hashes == ()

"""The filter bar and the table head: all of it is the URL, and the URL is not trusted."""

from datetime import date
from decimal import Decimal

from django.http import QueryDict

from tenancy.filtering import Chip, Column, Filter, FilterBar, Option, Table, changed_url

FILTERS = [
    Filter(name="bucket", label="Bucket", options=[Option(value=v, label=f"B{v}") for v in "123"]),
    Filter(name="hold", label="Hold", kind="one", options=[Option(value="no", label="none")]),
    Filter(name="amount", label="Amount", kind="range"),
    Filter(name="due", label="Due", kind="days"),
    Filter(name="product", label="Product", kind="text", extra=True),
]


def bar(query: str) -> FilterBar:
    return FilterBar(FILTERS, QueryDict(query))


def chip(query: str, name: str) -> Chip:
    made = bar(query)
    return next(c for c in [*made.chips, *made.extras] if c.filter.name == name)


def test_what_the_database_would_refuse_is_not_applied() -> None:
    assert bar("product=%00Ca%00sh").text("product") == "Cash"
    assert bar("amount_min=1e999999&amount_max=-1e-999999").bounds("amount") == (None, None)
    assert chip("amount_min=1e999999", "amount").error


def test_only_known_options_count() -> None:
    assert bar("bucket=1&bucket=9&bucket=2").chosen("bucket") == ["1", "2"]
    assert bar("hold=no&hold=yes").chosen("hold") == ["no"]
    assert bar("").chosen("bucket") == []


def test_ends_are_read_as_people_type_them() -> None:
    assert bar("amount_min=1,000&amount_max=2000.50").bounds("amount") == (
        Decimal(1000),
        Decimal("2000.50"),
    )
    assert bar("amount_min=&amount_max=").bounds("amount") == (None, None)
    assert bar("due_from=2026-11-01").days("due") == (date(2026, 11, 1), None)
    assert bar("product=%20cash%20").text("product") == "cash"


def test_what_cannot_be_read_stays_on_screen_marked_and_is_not_applied() -> None:
    for typed in ("abc", "NaN", "Infinity", "--1"):
        query = f"amount_min={typed}"
        assert bar(query).bounds("amount") == (None, None)
        assert chip(query, "amount").values[0] == typed
        assert chip(query, "amount").error
    assert bar("due_to=2026-02-30").days("due") == (None, None)
    assert chip("due_to=2026-02-30", "due").error


def test_a_chip_says_what_is_set_and_takes_only_itself_away() -> None:
    query = "q=li&bucket=1&bucket=2&amount_min=100&after=xyz&panel=/p/"
    made = chip(query, "bucket")
    assert (made.is_set, made.shown) == (True, "B1, B2")
    assert QueryDict(made.remove[1:]).dict() == {"q": "li", "amount_min": "100"}
    assert made.hidden == [("q", "li"), ("amount_min", "100")]
    assert chip(query, "amount").shown == "≥ 100"
    assert chip("amount_max=5", "amount").shown == "≤ 5"
    assert chip("due_from=2026-11-01&due_to=2026-11-09", "due").shown == "2026-11-01 – 2026-11-09"


def test_extra_filters_wait_until_they_are_set() -> None:
    assert [c.filter.name for c in bar("").extras] == ["product"]
    assert "product" in [c.filter.name for c in bar("product=cash").chips]
    assert bar("product=cash").extras == []


def test_clearing_keeps_the_search_and_the_order() -> None:
    assert bar("q=li&sort=-dpd").clear == ""
    assert QueryDict(bar("q=li&sort=-dpd&bucket=1&product=x").clear[1:]).dict() == {
        "q": "li",
        "sort": "-dpd",
    }


def test_a_change_goes_back_to_the_first_page() -> None:
    query = QueryDict("bucket=1&after=abc&before=def&panel=/x/")
    assert changed_url(query, sort="dpd") == "?bucket=1&sort=dpd"
    assert changed_url(query, bucket=None) == "?"
    assert FilterBar([], query).url(view="all") == "?bucket=1&view=all"


COLUMNS = [
    Column(key="name", label="Name", sortable=True),
    Column(key="amount", label="Amount", numeric=True, sortable=True),
    Column(key="tags", label="Tags", optional=True),
]


def test_sorting_by_a_column_and_back() -> None:
    table = Table(COLUMNS, QueryDict("bucket=1"), "-amount")
    assert (table.sort, table.heads[1].sort) == ("-amount", "descending")
    assert table.heads[0].href == "?bucket=1&sort=name"
    assert table.heads[1].href == "?bucket=1&sort=amount"
    assert table.heads[2].href == ""
    assert Table(COLUMNS, QueryDict("sort=amount")).heads[1].sort == "ascending"


def test_an_order_that_is_not_offered_is_not_taken() -> None:
    assert Table(COLUMNS, QueryDict("sort=tags"), "name").sort == "name"
    assert Table(COLUMNS, QueryDict("sort=-password"), "name").sort == "name"


def test_only_optional_columns_can_be_left_out() -> None:
    query = QueryDict("hide=tags&hide=name&q=x")
    assert Table(COLUMNS, query).css == "hc3"
    assert Table(COLUMNS, query, ticks=True).css == "hc4"
    assert Table(COLUMNS, query).carried == [("q", "x")]
    assert Table(COLUMNS, query).has_choice is True
    assert Table(COLUMNS[:2], query).has_choice is False


def test_a_value_that_is_no_option_stays_chosen_and_nothing_answers_to_it() -> None:
    assert bar("bucket=9").matches_nothing
    assert bar("bucket=9").unread == ["Bucket"]
    made = chip("bucket=1&bucket=9", "bucket")
    assert (made.is_set, made.shown, bool(made.error)) == (True, "B1, 9", True)
    assert [(option.value, on) for option, on in made.choices][-1] == ("9", True)
    assert not bar("bucket=1&bucket=9").matches_nothing, "the known one still has answers"
    assert bar("amount_min=abc&due_to=x").unread == ["Amount", "Due"]
    assert not bar("bucket=&hold=no&amount_min=5").unread

"""Real books, day by day through the real import and the real nights, against others' answers."""

from datetime import date
from pathlib import Path

import pytest

from cases.ladder import scheme_on
from config.rehearsal.comparing import differences, read_answers
from config.rehearsal.converters import read_book
from config.rehearsal.playing import found_company, play, standings
from tenancy.scope import company_scope

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
EXPECTED = {
    "superlender_prevloans": {
        f"2017-{day}": f"superlender_2017-{day}" for day in ("01-31", "03-31", "05-31", "06-30")
    },
    "loan_payments": {"2016-12-08": "loan_payments_2016-12-08"},
    "prosper_loans": {"2014-03-11": "prosper_2014-03-11"},
}
ROWS = {
    "superlender_prevloans": [529, 728, 1461, 2004],
    "loan_payments": [73],
    "prosper_loans": [1306],
}


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.skipif(not DATA.is_dir(), reason="the books of ../shared/data are not here")
@pytest.mark.parametrize("name", list(EXPECTED))
def test_the_book_ends_as_expected(name: str) -> None:
    book, converter = read_book(DATA / f"{name}.csv.gz")
    assert converter.name == name
    assert converter.days is not None
    company = found_company(code="REHEARSAL", name=name, converter=converter)
    answers = {
        date.fromisoformat(day): read_answers(DATA / "expected" / f"{file}.csv.gz")
        for day, file in EXPECTED[name].items()
    }
    compared = []
    first, last = converter.days
    for day in play(company=company, book=book, first=first, last=last):
        assert day.rejected == 0
        if day.on in answers:
            with company_scope(company):
                bands = scheme_on(company=company, on=day.on).bands
            found = standings(company, day.on)
            wrong = differences(answers=answers[day.on], standings=found, bands=bands)
            assert list(wrong) == []
            compared.append(len(answers[day.on]))
    assert compared == ROWS[name]
    # Asked again at the end, every past date still has its answer.
    for on, right in answers.items():
        with company_scope(company):
            bands = scheme_on(company=company, on=on).bands
        found = standings(company, on)
        assert list(differences(answers=right, standings=found, bands=bands)) == []

import pytest
from pathlib import Path
from datetime import date
from cases.feed.importing import import_file
from cases.feed.results import result_of
from cases.models import Case, Loan
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.feed.files import loans, written

@pytest.mark.django_db
def test_first(lender: Company, tmp_path: Path) -> None:
    p = written(tmp_path, loans({}, {"loan_no": "L2", "borrower_no": "B2", "penalty": "x"}, {"loan_no":"L3","borrower_no":"B3"}))
    run = import_file(company=lender, kind="loans", as_of=date(2026,3,5), path=p)
    with company_scope(lender):
        print(run.state, result_of(run)); print(list(Case.objects.values()))
    run = import_file(company=lender, kind="loans", as_of=date(2026,3,5), path=p)
    with company_scope(lender):
        print(run.state, result_of(run)); print(list(Case.objects.values()))
    assert run.new == 0

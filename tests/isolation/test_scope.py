"""The scope and both walls, at their foundation: no scope, own rows, nested scopes, errors."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from tenancy.models import Company, Job, Team, User
from tenancy.scope import NoCompany, company_scope, outside_scope, scope_or_none

ANY_TEAM = Team.objects.order_by("name")


def role_and_company() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, current_setting('app.company_id', true)")
        row: tuple[str, str] = cursor.fetchone()
    return row


def test_tests_run_as_the_application_role(db: None) -> None:
    assert role_and_company()[0] == "recoup_app"
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)


def test_without_a_scope_the_orm_refuses(db: None) -> None:
    with pytest.raises(NoCompany):
        Team.objects.exists()
    with pytest.raises(NoCompany):
        Team.objects.count()
    with pytest.raises(NoCompany):
        Team.objects.bulk_create([Team(name="x")])
    with pytest.raises(NoCompany):
        Team(name="x", company_id=1).save()
    with pytest.raises(NoCompany):
        list(ANY_TEAM.all())


@pytest.mark.parametrize("table", ["tenancy_team", "tenancy_user", "cases_case", "cases_loan"])
def test_without_a_scope_the_database_refuses(db: None, table: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT * FROM {table}")


def test_a_scope_shows_its_own_rows(lender: Company, agency: Company) -> None:
    with company_scope(lender):
        assert {team.company_id for team in ANY_TEAM.all()} == {lender.pk}
    with company_scope(agency):
        assert {team.company_id for team in ANY_TEAM.all()} == {agency.pk}
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT company_id FROM tenancy_user")
            assert cursor.fetchall() == [(agency.pk,)]


def test_writing_into_another_company_fails(lender: Company, other_lender: Company) -> None:
    with company_scope(lender):
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Team.objects.create(company_id=other_lender.pk, name="Intruders")
        assert Team.objects.filter(name="Intruders").count() == 0


def test_company_is_filled_in_by_the_database(lender: Company) -> None:
    with company_scope(lender):
        assert Job.objects.create(kind="x").company_id == lender.pk


def test_nested_scopes_restore_the_outer_one(lender: Company, agency: Company) -> None:
    with company_scope(lender):
        with company_scope(agency):
            assert role_and_company() == ("recoup_agency", str(agency.pk))
        assert role_and_company() == ("recoup_lender", str(lender.pk))
        assert User.objects.filter(company_id=lender.pk).exists()
    assert scope_or_none() is None
    assert role_and_company() == ("recoup_app", "")


def fail(failure: str) -> None:
    if failure == "python":
        raise ValueError
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")


@pytest.mark.parametrize("failure", ["python", "database"])
def test_a_failing_inner_scope_restores_the_outer_one(
    lender: Company, agency: Company, failure: str
) -> None:
    with company_scope(lender):
        with pytest.raises((ValueError, DatabaseError)), company_scope(agency):
            fail(failure)
        assert role_and_company() == ("recoup_lender", str(lender.pk))
        assert Team.objects.exists()


def test_outside_scope_steps_out_and_back(lender: Company) -> None:
    with company_scope(lender):
        with outside_scope():
            assert role_and_company()[0] == "recoup_app"
            with pytest.raises(NoCompany):
                Team.objects.exists()
        assert role_and_company() == ("recoup_lender", str(lender.pk))


@pytest.mark.django_db(transaction=True)
def test_the_context_ends_with_the_transaction() -> None:
    company = Company.objects.get(code="HAIYUE")
    with company_scope(company):
        assert role_and_company() == ("recoup_lender", str(company.pk))
    assert role_and_company() == ("recoup_app", "")


@pytest.fixture(autouse=True)
def no_scope_is_left_open() -> Iterator[None]:
    yield
    assert scope_or_none() is None

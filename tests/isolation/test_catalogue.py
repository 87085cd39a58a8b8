"""The catalogue audit: every table forced, every grant under a policy, roles as designed."""

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.utils import ProgrammingError

from tenancy.managers import ScopedManager
from tenancy.models import Company
from tenancy.scope import NoCompany, company_scope
from tests.isolation.catalogue import APPEND_ONLY, as_owner, faults, policed, rows

OURS = ("tenancy", "cases", "agencies", "collection", "dialer", "waivers")
WALLED = [
    model
    for label in OURS
    for model in apps.get_app_config(label).get_models()
    if model is not Company
]


def test_the_walls_stand(db: None) -> None:
    with as_owner() as cursor:
        assert faults(cursor) == []


def test_roles_are_as_designed(db: None) -> None:
    with as_owner() as cursor:
        found = {
            name: (login, inherit, superuser, bypass)
            for name, login, inherit, superuser, bypass in rows(
                cursor,
                "SELECT rolname, rolcanlogin, rolinherit, rolsuper, rolbypassrls FROM pg_roles "
                "WHERE rolname LIKE 'recoup%%'",
            )
        }
        assert found["recoup_app"] == (True, False, False, False)
        assert found["recoup_owner"] == (True, True, False, False)
        assert found["recoup_lender"][0] is False
        assert found["recoup_agency"][0] is False
        assert found["recoup_platform"] == (True, True, False, True)
        assert [name for name, shape in found.items() if shape[2]] == []
        memberships = rows(
            cursor,
            "SELECT roleid::regrole::text, member::regrole::text, inherit_option, set_option "
            "FROM pg_auth_members WHERE member::regrole::text LIKE 'recoup%%'",
        )
        assert sorted(memberships) == [
            ("recoup_agency", "recoup_app", False, True),
            ("recoup_lender", "recoup_app", False, True),
        ]


def test_only_the_owner_owns(db: None) -> None:
    with as_owner() as cursor:
        owners = rows(
            cursor,
            "SELECT DISTINCT relowner::regrole::text FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname IN ('public', 'app')",
        )
        assert owners == [("recoup_owner",)]


def test_no_view_leaks(db: None) -> None:
    with as_owner() as cursor:
        leaking = rows(
            cursor,
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE nspname = 'public' AND (relkind = 'm' OR (relkind = 'v' AND NOT "
            "coalesce('security_invoker=true' = ANY(reloptions), false)))",
        )
        assert leaking == []


def test_no_function_runs_as_its_owner(db: None) -> None:
    with as_owner() as cursor:
        assert (
            rows(
                cursor,
                "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
                "WHERE nspname IN ('public', 'app') AND prosecdef",
            )
            == []
        )


def test_unique_constraints_start_with_the_company(db: None) -> None:
    """A clash must not tell that another company has the value. Random ids cannot clash."""
    company_columns = {"company_id", "owner_id", "lender_id", "agency_id", "id", "uid"}
    exempt = {
        "django_session",
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "django_content_type",
        "tenancy_company",
    }
    with as_owner() as cursor:
        loose = [
            (table, index, column)
            for table, index, column in rows(
                cursor,
                "SELECT t.relname, i.relname, a.attname FROM pg_index x "
                "JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid "
                "JOIN pg_namespace n ON n.oid = t.relnamespace "
                "JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0] "
                "WHERE x.indisunique AND nspname = 'public' AND NOT x.indisprimary",
            )
            if column not in company_columns
            and table not in exempt
            and not table.startswith(("axes_", "guardian_"))
        ]
    # A person belongs to one company, so a grant's user names it.
    assert {(table, column) for table, _, column in loose} <= {
        ("tenancy_usergrant", "user_id"),
        ("tenancy_groupgrant", "group_id"),
    }


@pytest.mark.parametrize("model", WALLED, ids=lambda model: model._meta.label)
def test_every_model_has_both_walls(db: None, model: type[models.Model]) -> None:
    assert isinstance(model._base_manager, ScopedManager)
    assert isinstance(model._default_manager, ScopedManager)
    with pytest.raises(NoCompany):
        model._default_manager.exists()
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT 1 FROM {model._meta.db_table}")


@pytest.mark.parametrize("model", WALLED, ids=lambda model: model._meta.label)
def test_every_model_answers_in_both_kinds_of_scope(
    lender: Company, agency: Company, model: type[models.Model]
) -> None:
    """Each side may ask (its own rows); a side without any grant is refused, not shown."""
    with as_owner() as cursor:
        readers = {
            role: "SELECT" in policed(cursor, role).get(model._meta.db_table, set())
            for role in ("recoup_lender", "recoup_agency")
        }
    assert readers["recoup_lender"] or readers["recoup_agency"]
    for company, role in ((lender, "recoup_lender"), (agency, "recoup_agency")):
        with company_scope(company):
            if readers[role]:
                assert model._default_manager.count() >= 0
                continue
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                model._default_manager.count()


def test_append_only_tables_exist() -> None:
    tables = {model._meta.db_table for model in WALLED}
    assert tables >= APPEND_ONLY

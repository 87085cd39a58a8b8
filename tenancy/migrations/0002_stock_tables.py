"""Walls and grants of the tables that libraries bring: none of them may stay open by default."""

from django.db import migrations

from tenancy.walls import ALL, APP_ROLE, Rule, drop_wall_sql, wall_sql

# Read and written before a company is known, by the application role itself.
BEFORE_A_COMPANY = (
    "django_session",
    "axes_accessattempt",
    "axes_accessattemptexpiration",
    "axes_accesslog",
    "axes_accessfailurelog",
)
# Never used: no rule lets anybody in.
UNUSED = (
    "auth_group",
    "auth_group_permissions",
    "guardian_userobjectpermission",
    "guardian_groupobjectpermission",
)
OPEN_TO_THE_APP = [Rule(APP_ROLE, ALL, "true")]

# Catalogues without a row of any company.
CATALOGUES = """
GRANT SELECT ON django_content_type, auth_permission
    TO recoup_app, recoup_lender, recoup_agency, recoup_platform;
GRANT SELECT ON django_migrations TO recoup_app, recoup_platform;
"""
NO_CATALOGUES = """
REVOKE SELECT ON django_content_type, auth_permission
    FROM recoup_app, recoup_lender, recoup_agency, recoup_platform;
REVOKE SELECT ON django_migrations FROM recoup_app, recoup_platform;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0001_initial"),
        ("sessions", "0001_initial"),
        ("axes", "0010_accessattemptexpiration"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("guardian", "0003_remove_groupobjectpermission_guardian_gr_content_ae6aec_idx_and_more"),
    ]

    operations = [
        *(
            migrations.RunSQL(
                wall_sql(table, OPEN_TO_THE_APP), drop_wall_sql(table, OPEN_TO_THE_APP)
            )
            for table in BEFORE_A_COMPANY
        ),
        *(migrations.RunSQL(wall_sql(table, []), drop_wall_sql(table, [])) for table in UNUSED),
        migrations.RunSQL(CATALOGUES, NO_CATALOGUES),
        # Nothing in Recoup is read by people who are not there yet.
        migrations.RunSQL("REVOKE ALL ON SCHEMA public FROM PUBLIC", migrations.RunSQL.noop),
        migrations.RunSQL(
            "GRANT USAGE ON SCHEMA public TO recoup_app, recoup_lender, recoup_agency, recoup_platform",
            migrations.RunSQL.noop,
        ),
    ]

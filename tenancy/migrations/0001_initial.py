import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import tenancy.managers
import tenancy.walls


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunSQL(
            """
            CREATE SCHEMA app;
            CREATE FUNCTION app.current_company() RETURNS bigint
                LANGUAGE sql STABLE PARALLEL SAFE
                -- '' is what the setting is after COMMIT
                AS $$ SELECT nullif(current_setting('app.company_id', true), '')::bigint $$;
            GRANT USAGE ON SCHEMA app TO recoup_app, recoup_lender, recoup_agency, recoup_platform;
            """,
            "DROP SCHEMA app CASCADE",
        ),
        migrations.CreateModel(
            name="Company",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("lender", "Lender"), ("agency", "Agency")], max_length=10
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("name_en", models.CharField(blank=True, default="", max_length=120)),
                ("timezone", models.CharField(max_length=60)),
                ("currency", models.CharField(max_length=3)),
                ("language", models.CharField(default="zh-hans", max_length=10)),
                ("jurisdiction", models.CharField(default="CN", max_length=2)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    tenancy.walls.Wall(
                        name="company_wall",
                        rules=[
                            tenancy.walls.Rule("recoup_app", ("SELECT",), "true"),
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT",), "id = {me} OR kind = 'agency'"
                            ),
                            tenancy.walls.Rule("recoup_agency", ("SELECT",), "id = {me}"),
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("UPDATE",),
                                "id = {me}",
                                columns=(
                                    "name",
                                    "name_en",
                                    "timezone",
                                    "currency",
                                    "language",
                                    "jurisdiction",
                                    "is_active",
                                ),
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("UPDATE",),
                                "id = {me}",
                                columns=(
                                    "name",
                                    "name_en",
                                    "timezone",
                                    "currency",
                                    "language",
                                    "jurisdiction",
                                    "is_active",
                                ),
                            ),
                        ],
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "uid",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        editable=False,
                        unique=True,
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("feed", "Send the feed"),
                                ("contact", "Ask for contacts and report them"),
                            ],
                            max_length=20,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                ("secret_hash", models.BinaryField(max_length=32)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("created_by_name", models.CharField(max_length=80)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "secret_hash"), name="token_secret"),
                    tenancy.walls.Wall(
                        name="token_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT", "UPDATE"),
                                "company_id = {me}",
                                "",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT", "INSERT", "UPDATE"),
                                "company_id = {me}",
                                "",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "uid",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        editable=False,
                        unique=True,
                    ),
                ),
                ("username", models.CharField(max_length=60)),
                ("display_name", models.CharField(max_length=80)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("company_admin", "Company admin"),
                                ("team_lead", "Team lead"),
                                ("collector", "Collector"),
                                ("qc_inspector", "QC inspector"),
                                ("finance", "Finance"),
                                ("auditor", "Auditor"),
                            ],
                            max_length=20,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                ("email", models.EmailField(blank=True, default="", max_length=254)),
                ("language", models.CharField(blank=True, default="", max_length=10)),
                ("theme", models.CharField(blank=True, default="", max_length=5)),
                ("single_key_shortcuts", models.BooleanField(default=True)),
                ("capacity", models.PositiveIntegerField(blank=True, null=True)),
                ("is_active", models.BooleanField(default=True)),
                ("must_change_password", models.BooleanField(default=False)),
                ("joined_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "username"), name="user_name"),
                    models.UniqueConstraint(fields=("company", "id"), name="user_company_id"),
                    tenancy.walls.Wall(
                        name="user_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT", "UPDATE"),
                                "company_id = {me}",
                                "",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT", "INSERT", "UPDATE"),
                                "company_id = {me}",
                                "",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CompanySettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "company",
                    models.OneToOneField(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settings",
                        to="tenancy.company",
                    ),
                ),
                (
                    "allowed_networks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("work_starts", models.TimeField(blank=True, null=True)),
                ("work_ends", models.TimeField(blank=True, null=True)),
                ("require_totp", models.BooleanField(default=False)),
                ("session_hours", models.PositiveSmallIntegerField(default=12)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    tenancy.walls.Wall(
                        name="settings_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT", "UPDATE"),
                                "company_id = {me}",
                                "",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT", "INSERT", "UPDATE"),
                                "company_id = {me}",
                                "",
                            ),
                        ],
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CrossingRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("kind", models.CharField(max_length=30)),
                ("into_company_id", models.BigIntegerField()),
                ("about", models.CharField(max_length=160)),
                ("actor_name", models.CharField(blank=True, default="", max_length=80)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["company", "-at"], name="crossing_newest")],
                "constraints": [
                    tenancy.walls.Wall(
                        name="crossing_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT"), "company_id = {me}", ""
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency", ("SELECT", "INSERT"), "company_id = {me}", ""
                            ),
                        ],
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "permission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="auth.permission"
                    ),
                ),
                (
                    "content_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="contenttypes.contenttype"
                    ),
                ),
                ("object_pk", models.CharField(max_length=255, verbose_name="object ID")),
                (
                    "group",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.group"),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["content_type", "object_pk"], name="tenancy_gro_content_1b9e8e_idx"
                    )
                ],
                "unique_together": {("group", "permission", "object_pk")},
                "constraints": [
                    tenancy.walls.Wall(
                        name="group_grant_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT", "UPDATE", "DELETE"),
                                "company_id = {me}",
                                "",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT", "INSERT", "UPDATE", "DELETE"),
                                "company_id = {me}",
                                "",
                            ),
                        ],
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "token",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.apitoken",
                    ),
                ),
                ("key", models.CharField(max_length=100)),
                ("request_hash", models.BinaryField(max_length=32)),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.JSONField()),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "token", "key"), name="idempotency_key"
                    ),
                    tenancy.walls.Wall(
                        name="idempotency_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT", "UPDATE", "DELETE"),
                                "company_id = {me}",
                                "",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT", "INSERT", "UPDATE", "DELETE"),
                                "company_id = {me}",
                                "",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "uid",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        editable=False,
                        unique=True,
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("title", models.CharField(blank=True, default="", max_length=160)),
                ("args", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(null=True)),
                ("result", models.JSONField(default=dict)),
                ("error", models.TextField(blank=True, default="")),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("requested_by_id", models.BigIntegerField(null=True)),
                ("requested_by_name", models.CharField(blank=True, default="", max_length=80)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=["company", "state"],
                        name="job_waiting",
                    ),
                    models.Index(fields=["company", "-created_at"], name="job_newest"),
                ],
                "constraints": [
                    tenancy.walls.Wall(
                        name="job_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT", "UPDATE"),
                                "company_id = {me}",
                                "",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT", "INSERT", "UPDATE"),
                                "company_id = {me}",
                                "",
                            ),
                        ],
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NightStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                ("business_date", models.DateField()),
                ("step", models.CharField(max_length=40)),
                ("done_at", models.DateTimeField(null=True)),
                ("seconds", models.DecimalField(decimal_places=3, max_digits=10, null=True)),
                ("counts", models.JSONField(default=dict)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "business_date", "step"), name="night_step_once"
                    ),
                    tenancy.walls.Wall(
                        name="night_step_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT", "UPDATE"),
                                "company_id = {me}",
                                "",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT", "INSERT", "UPDATE"),
                                "company_id = {me}",
                                "",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("user_id", models.BigIntegerField(null=True)),
                ("username", models.CharField(max_length=60)),
                ("address", models.GenericIPAddressField(null=True)),
                ("agent", models.CharField(blank=True, default="", max_length=200)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("signed_in", "Signed in"),
                            ("wrong_password", "Wrong password"),
                            ("wrong_code", "Wrong code"),
                            ("locked", "Locked out"),
                            ("not_here", "Network not allowed"),
                            ("not_now", "Outside working hours"),
                            ("signed_out", "Signed out"),
                        ],
                        max_length=20,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["company", "-at", "-id"], name="sign_in_newest")],
                "constraints": [
                    tenancy.walls.Wall(
                        name="sign_in_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT"), "company_id = {me}", ""
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency", ("SELECT", "INSERT"), "company_id = {me}", ""
                            ),
                        ],
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "uid",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        editable=False,
                        unique=True,
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("is_active", models.BooleanField(default=True)),
                ("takes_dpd_from", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("takes_dpd_to", models.PositiveSmallIntegerField(blank=True, null=True)),
            ],
            options={
                "permissions": [
                    ("lead_team", "Leads the team"),
                    ("inspect_team", "Inspects the team"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "name"), name="team_name"),
                    models.UniqueConstraint(fields=("company", "id"), name="team_company_id"),
                    tenancy.walls.Wall(
                        name="team_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT", "UPDATE"),
                                "company_id = {me}",
                                "",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT", "INSERT", "UPDATE"),
                                "company_id = {me}",
                                "",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TeamMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="tenancy.team",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "team", "user"), name="member_once"),
                    tenancy.walls.CompositeKey(
                        columns=("company_id", "team_id"),
                        name="member_team_fk",
                        to="tenancy.Team",
                        to_columns=("company_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("company_id", "user_id"),
                        name="member_user_fk",
                        to="tenancy.User",
                        to_columns=("company_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="member_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT", "UPDATE", "DELETE"),
                                "company_id = {me}",
                                "",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT", "INSERT", "UPDATE", "DELETE"),
                                "company_id = {me}",
                                "",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TotpDevice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="The human-readable name of this device.", max_length=64
                    ),
                ),
                (
                    "confirmed",
                    models.BooleanField(default=True, help_text="Is this device ready for use?"),
                ),
                (
                    "throttling_failure_timestamp",
                    models.DateTimeField(
                        blank=True,
                        default=None,
                        help_text="A timestamp of the last failed verification attempt. Null if last attempt succeeded.",
                        null=True,
                    ),
                ),
                (
                    "throttling_failure_count",
                    models.PositiveIntegerField(
                        default=0, help_text="Number of successive failed attempts."
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("sealed_key", models.TextField()),
                ("last_step", models.BigIntegerField(default=-1)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "user"), name="totp_one_per_user"),
                    tenancy.walls.Wall(
                        name="totp_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT", "UPDATE", "DELETE"),
                                "company_id = {me}",
                                "",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT", "INSERT", "UPDATE", "DELETE"),
                                "company_id = {me}",
                                "",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UserGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "permission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="auth.permission"
                    ),
                ),
                (
                    "content_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="contenttypes.contenttype"
                    ),
                ),
                ("object_pk", models.CharField(max_length=255, verbose_name="object ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["content_type", "object_pk"], name="tenancy_use_content_326a39_idx"
                    )
                ],
                "unique_together": {("user", "permission", "object_pk")},
                "constraints": [
                    tenancy.walls.Wall(
                        name="user_grant_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT", "UPDATE", "DELETE"),
                                "company_id = {me}",
                                "",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT", "INSERT", "UPDATE", "DELETE"),
                                "company_id = {me}",
                                "",
                            ),
                        ],
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(max_length=80)),
                ("verb", models.CharField(max_length=40)),
                ("object_type", models.CharField(max_length=40)),
                ("object_id", models.CharField(max_length=40)),
                ("object_label", models.CharField(max_length=160)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["company", "-at", "-id"], name="audit_newest")],
                "constraints": [
                    tenancy.walls.Wall(
                        name="audit_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT"), "company_id = {me}", ""
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency", ("SELECT", "INSERT"), "company_id = {me}", ""
                            ),
                        ],
                    )
                ],
            },
        ),
    ]

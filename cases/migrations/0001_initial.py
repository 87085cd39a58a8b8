import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

import tenancy.managers
import tenancy.walls


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0002_stock_tables"),
    ]

    operations = [
        # Simple enough to be inlined by the planner; see cases/clock.py.
        migrations.RunSQL(
            """
            CREATE FUNCTION app.days_past_due(on_day date, aged_from date, paused_from date,
                                              paused_to date) RETURNS integer
                LANGUAGE sql IMMUTABLE PARALLEL SAFE
                AS $$ SELECT on_day - aged_from - CASE WHEN paused_from IS NULL THEN 0 ELSE
                    greatest(least(coalesce(paused_to, on_day), on_day) - paused_from, 0) END $$;
            """,
            "DROP FUNCTION app.days_past_due(date, date, date, date)",
        ),
        migrations.CreateModel(
            name="Borrower",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
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
                ("borrower_no", models.CharField(max_length=64)),
                ("name", models.CharField(blank=True, default="", max_length=120)),
                ("id_no_hash", models.BinaryField(blank=True, default=b"", max_length=32)),
                ("id_no_sealed", models.TextField(blank=True, default="")),
                ("id_no_last4", models.CharField(blank=True, default="", max_length=4)),
                ("phone_mask", models.CharField(blank=True, default="", max_length=20)),
                ("timezone", models.CharField(blank=True, default="", max_length=60)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["owner", "id_no_hash"], name="borrower_id_no"),
                    models.Index(fields=["owner", "name"], name="borrower_by_name"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "borrower_no"), name="borrower_no"),
                    models.UniqueConstraint(fields=("owner", "id"), name="borrower_owner_id"),
                    tenancy.walls.Wall(
                        name="borrower_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT", "UPDATE"), "owner_id = {me}"
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT",),
                                "EXISTS (SELECT 1 FROM cases_case held WHERE held.borrower_id = cases_borrower.id AND held.holder_id = {me})",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BucketScheme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
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
                ("version", models.PositiveIntegerField()),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("created_by_name", models.CharField(blank=True, default="", max_length=80)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "version"), name="scheme_version"),
                    models.UniqueConstraint(fields=("owner", "id"), name="scheme_owner_id"),
                    tenancy.walls.Wall(
                        name="scheme_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT", "UPDATE"), "owner_id = {me}"
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT",),
                                "EXISTS (SELECT 1 FROM cases_case held WHERE held.owner_id = cases_bucketscheme.owner_id AND held.holder_id = {me})",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Bucket",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "scheme",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="buckets",
                        to="cases.bucketscheme",
                    ),
                ),
                ("label", models.CharField(max_length=12)),
                ("step", models.PositiveSmallIntegerField()),
                ("lower", models.PositiveIntegerField()),
                ("upper", models.PositiveIntegerField(null=True)),
                ("parent", models.CharField(blank=True, default="", max_length=12)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "scheme", "label"), name="bucket_label"
                    ),
                    models.UniqueConstraint(fields=("owner", "id"), name="bucket_owner_id"),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "scheme_id"),
                        name="bucket_scheme_fk",
                        to="cases.BucketScheme",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="bucket_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT", "UPDATE"), "owner_id = {me}"
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT",),
                                "EXISTS (SELECT 1 FROM cases_case held WHERE held.owner_id = cases_bucket.owner_id AND held.holder_id = {me})",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactPoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
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
                (
                    "borrower",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_points",
                        to="cases.borrower",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("mobile", "Mobile"),
                            ("home_phone", "Home phone"),
                            ("work_phone", "Work phone"),
                            ("email", "E-mail"),
                            ("wechat", "WeChat"),
                            ("app_push", "App push"),
                            ("home_address", "Home address"),
                            ("registered_address", "Registered address"),
                            ("work_address", "Work address"),
                        ],
                        default="mobile",
                        max_length=20,
                    ),
                ),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("self", "Borrower"),
                            ("spouse", "Spouse"),
                            ("parent", "Parent"),
                            ("sibling", "Sibling"),
                            ("relative", "Relative"),
                            ("colleague", "Colleague"),
                            ("friend", "Friend"),
                            ("emergency", "Emergency contact"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                    ),
                ),
                ("person_name", models.CharField(blank=True, default="", max_length=120)),
                ("number_hash", models.BinaryField(max_length=32)),
                ("number_sealed", models.TextField()),
                ("number_last4", models.CharField(blank=True, default="", max_length=4)),
                ("number_mask", models.CharField(max_length=20)),
                ("source", models.CharField(blank=True, default="", max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unknown", "Unverified"),
                            ("valid", "Valid"),
                            ("invalid", "Invalid"),
                            ("refused", "Refused"),
                        ],
                        default="unknown",
                        max_length=10,
                    ),
                ),
                ("state_at", models.DateTimeField(null=True)),
                ("state_until", models.DateField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["owner", "number_hash"], name="contact_number"),
                    models.Index(fields=["owner", "number_last4"], name="contact_last4"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "borrower", "relation", "number_hash"), name="contact_once"
                    ),
                    models.UniqueConstraint(fields=("owner", "id"), name="contact_owner_id"),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "borrower_id"),
                        name="contact_borrower_fk",
                        to="cases.Borrower",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="contact_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT", "UPDATE"), "owner_id = {me}"
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT",),
                                "EXISTS (SELECT 1 FROM cases_case held WHERE held.borrower_id = cases_contactpoint.borrower_id AND held.holder_id = {me})",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("loans", "Loans"),
                            ("instalments", "Instalments"),
                            ("contacts", "Contacts"),
                            ("repayments", "Repayments"),
                            ("statements", "Statements"),
                        ],
                        max_length=12,
                    ),
                ),
                ("as_of", models.DateField()),
                ("strict", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "Reading"),
                            ("judged", "Waiting for confirmation"),
                            ("applying", "Importing"),
                            ("done", "Imported"),
                            ("refused", "Refused"),
                            ("discarded", "Discarded"),
                        ],
                        default="reading",
                        max_length=10,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("command", "Command line"), ("screen", "Screen"), ("api", "API")],
                        max_length=8,
                    ),
                ),
                ("file_name", models.CharField(blank=True, default="", max_length=200)),
                ("file_size", models.BigIntegerField(default=0)),
                ("file_digest", models.BinaryField(blank=True, default=b"", max_length=32)),
                ("file_format", models.CharField(blank=True, default="", max_length=20)),
                ("stored_as", models.CharField(blank=True, default="", max_length=80)),
                ("rows", models.BigIntegerField(default=0)),
                ("new", models.BigIntegerField(default=0)),
                ("changed", models.BigIntegerField(default=0)),
                ("unchanged", models.BigIntegerField(default=0)),
                ("rejected", models.BigIntegerField(default=0)),
                ("already_in_balance", models.BigIntegerField(default=0)),
                ("suspense", models.BigIntegerField(default=0)),
                ("differs", models.BigIntegerField(default=0)),
                ("unknown_columns", models.JSONField(default=list)),
                ("outlook", models.JSONField(default=dict)),
                ("position", models.BigIntegerField(default=0)),
                ("refusal_code", models.CharField(blank=True, default="", max_length=30)),
                ("refusal_params", models.JSONField(default=dict)),
                ("book_changed", models.BooleanField(default=False)),
                ("job_id", models.BigIntegerField(null=True)),
                ("requested_by_id", models.BigIntegerField(null=True)),
                ("requested_by_name", models.CharField(blank=True, default="", max_length=80)),
                ("confirmed_by_name", models.CharField(blank=True, default="", max_length=80)),
                (
                    "started_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("judged_at", models.DateTimeField(null=True)),
                (
                    "seconds_to_judge",
                    models.DecimalField(decimal_places=1, max_digits=10, null=True),
                ),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("moved_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        models.F("owner_id"),
                        models.OrderBy(models.F("started_at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="run_newest",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "id"), name="run_owner_id"),
                    tenancy.walls.Wall(
                        name="run_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT", "UPDATE"), "owner_id = {me}"
                            )
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportReject",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rejects",
                        to="cases.importrun",
                    ),
                ),
                ("line", models.BigIntegerField()),
                ("key", models.CharField(blank=True, default="", max_length=64)),
                ("column", models.CharField(blank=True, default="", max_length=50)),
                ("value", models.CharField(blank=True, default="", max_length=200)),
                ("code", models.CharField(max_length=30)),
                ("params", models.JSONField(default=dict)),
                ("identity", models.CharField(blank=True, default="", max_length=200)),
                ("judged", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["owner", "run", "line", "id"], name="reject_by_line"),
                    models.Index(fields=["owner", "run", "code", "line"], name="reject_by_code"),
                ],
                "constraints": [
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "run_id"),
                        name="reject_run_fk",
                        to="cases.ImportRun",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="reject_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT", "DELETE"), "owner_id = {me}"
                            )
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LenderSettings",
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
                        related_name="lender_settings",
                        to="tenancy.company",
                    ),
                ),
                (
                    "balance_authority",
                    models.CharField(
                        choices=[
                            ("ledger", "Recoup's ledger"),
                            ("core", "The core system's loans rows"),
                            ("statement", "Statements"),
                        ],
                        default="ledger",
                        max_length=10,
                    ),
                ),
                (
                    "waterfall",
                    models.CharField(
                        choices=[
                            ("default", "Penalty, fee, interest, principal"),
                            ("civil_code", "Fee, interest, principal, penalty"),
                            ("principal_first", "Principal, interest, fee, penalty"),
                        ],
                        default="default",
                        max_length=20,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    tenancy.walls.Wall(
                        name="lender_settings_wall",
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
            name="Loan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
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
                (
                    "borrower",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="loans",
                        to="cases.borrower",
                    ),
                ),
                ("loan_no", models.CharField(max_length=64)),
                ("product", models.CharField(blank=True, default="", max_length=64)),
                ("channel", models.CharField(blank=True, default="", max_length=64)),
                ("region", models.CharField(blank=True, default="", max_length=64)),
                ("loan_amount", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("disbursed_on", models.DateField(null=True)),
                ("due_date", models.DateField()),
                ("principal", models.DecimalField(decimal_places=2, max_digits=18)),
                ("interest", models.DecimalField(decimal_places=2, max_digits=18)),
                ("fee", models.DecimalField(decimal_places=2, max_digits=18)),
                ("penalty", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "outstanding",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("principal"), "+", models.F("interest")
                                ),
                                "+",
                                models.F("fee"),
                            ),
                            "+",
                            models.F("penalty"),
                        ),
                        output_field=models.DecimalField(decimal_places=2, max_digits=19),
                    ),
                ),
                ("overpaid", models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ("collection_score", models.PositiveSmallIntegerField(null=True)),
                ("lost_contact_score", models.PositiveSmallIntegerField(null=True)),
                ("attrs", models.JSONField(default=dict)),
                ("as_of", models.DateField()),
                ("row_digest", models.BinaryField(max_length=16)),
                ("in_collections", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("in_collections", False), ("outstanding__gt", 0)),
                        fields=["owner", "due_date"],
                        name="loan_waiting_entry",
                    ),
                    models.Index(
                        condition=models.Q(("overpaid__gt", 0)),
                        fields=["owner", "-overpaid", "-id"],
                        name="loan_overpaid",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "loan_no"), name="loan_no"),
                    models.UniqueConstraint(fields=("owner", "id"), name="loan_owner_id"),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "borrower_id"),
                        name="loan_borrower_fk",
                        to="cases.Borrower",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="loan_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT", "UPDATE"), "owner_id = {me}"
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT",),
                                "EXISTS (SELECT 1 FROM cases_case held WHERE held.loan_id = cases_loan.id AND held.holder_id = {me})",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
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
                (
                    "loan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="cases.loan",
                    ),
                ),
                (
                    "borrower",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="cases.borrower",
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                ("loan_no", models.CharField(max_length=64)),
                ("borrower_name", models.CharField(blank=True, default="", max_length=120)),
                ("phone_mask", models.CharField(blank=True, default="", max_length=20)),
                ("product", models.CharField(blank=True, default="", max_length=64)),
                ("channel", models.CharField(blank=True, default="", max_length=64)),
                ("outstanding", models.DecimalField(decimal_places=2, max_digits=19)),
                ("due_date", models.DateField()),
                ("aged_from", models.DateField()),
                ("paused_from", models.DateField(null=True)),
                ("paused_to", models.DateField(null=True)),
                (
                    "bucket",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.bucket",
                    ),
                ),
                ("next_bucket_on", models.DateField(null=True)),
                ("opened_on", models.DateField()),
                ("closed_on", models.DateField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "closure",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("paid", "Paid"),
                            ("cured", "Cured"),
                            ("paid_waived", "Paid after a waiver"),
                            ("settled", "Settled at a discount"),
                            ("restructured", "Restructured"),
                            ("sold", "Sold"),
                            ("written_off", "Written off"),
                            ("fraud", "Confirmed fraud"),
                            ("deceased", "Deceased, no estate"),
                            ("bankrupt", "Discharged in bankruptcy"),
                            ("time_barred", "Time-barred"),
                            ("uneconomic", "Too small to pursue"),
                            ("withdrawn", "Withdrawn by the lender"),
                            ("entered_in_error", "Entered in error"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_on__isnull", True)),
                        fields=["owner", "next_bucket_on"],
                        name="case_crossing",
                    ),
                    models.Index(
                        condition=models.Q(("closed_on__isnull", True)),
                        fields=["owner", "-outstanding", "id"],
                        name="case_by_amount",
                    ),
                    models.Index(
                        condition=models.Q(("holder__isnull", False)),
                        fields=["holder", "-outstanding", "id"],
                        name="case_held_by_amount",
                    ),
                    models.Index(
                        condition=models.Q(("closed_on__isnull", False)),
                        fields=["owner", "-closed_on", "-id"],
                        name="case_closed",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on__isnull", True)),
                        fields=("owner", "loan"),
                        name="case_one_open_per_loan",
                    ),
                    models.UniqueConstraint(fields=("owner", "id"), name="case_owner_id"),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "loan_id"),
                        name="case_loan_fk",
                        to="cases.Loan",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "borrower_id"),
                        name="case_borrower_fk",
                        to="cases.Borrower",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "bucket_id"),
                        name="case_bucket_fk",
                        to="cases.Bucket",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="case_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT", "UPDATE"), "owner_id = {me}"
                            ),
                            tenancy.walls.Rule("recoup_agency", ("SELECT",), "holder_id = {me}"),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BucketMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="cases.case",
                    ),
                ),
                ("on_date", models.DateField()),
                ("dpd", models.IntegerField()),
                (
                    "from_bucket",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.bucket",
                    ),
                ),
                (
                    "to_bucket",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.bucket",
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("entry", "Entry"),
                            ("aging", "Aging"),
                            ("due_date", "Due date changed"),
                            ("hold", "Hold"),
                            ("scheme", "New bucket scheme"),
                            ("closure", "Closure"),
                            ("reopened", "Reopened"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["owner", "on_date"], name="move_by_date")],
                "constraints": [
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "case_id"),
                        name="move_case_fk",
                        to="cases.Case",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="move_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT"), "owner_id = {me}"
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT",),
                                "EXISTS (SELECT 1 FROM cases_case held WHERE held.id = cases_bucketmove.case_id AND held.holder_id = {me})",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="cases.case",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("kind", models.CharField(max_length=30)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(blank=True, default="", max_length=80)),
                ("data", models.JSONField(default=dict)),
                ("shared", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "case_id"),
                        name="event_case_fk",
                        to="cases.Case",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="event_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT"),
                                "owner_id = {me}",
                                "owner_id = {me} AND company_id = {me}",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT",),
                                "company_id = {me} OR (shared AND EXISTS (SELECT 1 FROM cases_case held WHERE held.id = cases_caseevent.case_id AND held.holder_id = {me}))",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("INSERT",),
                                "company_id = {me} AND EXISTS (SELECT 1 FROM cases_case held WHERE held.id = cases_caseevent.case_id AND held.holder_id = {me})",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
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
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="cases.case",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("dispute", "Dispute"),
                            ("complaint", "Complaint"),
                            ("hardship", "Hardship"),
                            ("deceased", "Deceased"),
                            ("legal", "Legal"),
                            ("bankruptcy", "Bankruptcy"),
                            ("fraud", "Fraud"),
                            ("disaster", "Natural disaster"),
                            ("breathing_space", "Breathing space"),
                            ("payment_check", "Payment to be checked"),
                            ("plan", "Instalment plan running"),
                            ("cease", "Asked to stop contact"),
                            ("vulnerable", "Vulnerable person"),
                            ("promise", "Open promise"),
                        ],
                        max_length=20,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                ("pauses_clock", models.BooleanField(default=False)),
                ("stops_assignment", models.BooleanField(default=False)),
                ("stops_placement", models.BooleanField(default=False)),
                ("stops_waivers", models.BooleanField(default=False)),
                (
                    "stops_contact",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Everything"),
                            ("remind", "Reminders only"),
                            ("voice", "Messages only"),
                            ("letters", "Letters only"),
                            ("counsel", "The counsel only"),
                            ("all", "Nothing"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("person_hold", models.UUIDField(null=True)),
                ("answer_by", models.DateField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, default="", max_length=1000)),
                ("alarmed_at", models.DateTimeField(null=True)),
                ("escalated_at", models.DateTimeField(null=True)),
                ("complained_of_id", models.BigIntegerField(null=True)),
                ("complained_of_name", models.CharField(blank=True, default="", max_length=80)),
                ("opened_by_id", models.BigIntegerField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("opened_by_name", models.CharField(blank=True, default="", max_length=80)),
                (
                    "opened_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("lifted_by_name", models.CharField(blank=True, default="", max_length=80)),
                ("lifted_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("answer_by__isnull", False), ("answered_at__isnull", True)
                        ),
                        fields=["owner", "answer_by"],
                        name="hold_to_answer",
                    ),
                    models.Index(
                        condition=models.Q(("ends_on__isnull", False), ("lifted_at__isnull", True)),
                        fields=["owner", "ends_on"],
                        name="hold_by_end",
                    ),
                    models.Index(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=["owner", "-opened_at", "-id"],
                        name="hold_not_lifted",
                    ),
                ],
                "constraints": [
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "case_id"),
                        name="hold_case_fk",
                        to="cases.Case",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="hold_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT", "UPDATE"), "owner_id = {me}"
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT",),
                                "EXISTS (SELECT 1 FROM cases_case held WHERE held.id = cases_casehold.case_id AND held.holder_id = {me})",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Instalment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "loan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instalments",
                        to="cases.loan",
                    ),
                ),
                ("seq", models.PositiveIntegerField()),
                ("due_date", models.DateField()),
                ("principal", models.DecimalField(decimal_places=2, max_digits=18)),
                ("interest", models.DecimalField(decimal_places=2, max_digits=18)),
                ("fee", models.DecimalField(decimal_places=2, max_digits=18)),
                ("penalty", models.DecimalField(decimal_places=2, max_digits=18)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "loan", "seq"), name="instalment_seq"),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "loan_id"),
                        name="instalment_loan_fk",
                        to="cases.Loan",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="instalment_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT", "UPDATE"), "owner_id = {me}"
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT",),
                                "EXISTS (SELECT 1 FROM cases_case held WHERE held.loan_id = cases_instalment.loan_id AND held.holder_id = {me})",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportDifference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="differences",
                        to="cases.importrun",
                    ),
                ),
                ("line", models.BigIntegerField()),
                (
                    "loan",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.loan",
                    ),
                ),
                ("loan_no", models.CharField(max_length=64)),
                ("stated_principal", models.DecimalField(decimal_places=2, max_digits=18)),
                ("stated_interest", models.DecimalField(decimal_places=2, max_digits=18)),
                ("stated_fee", models.DecimalField(decimal_places=2, max_digits=18)),
                ("stated_penalty", models.DecimalField(decimal_places=2, max_digits=18)),
                ("ledger_principal", models.DecimalField(decimal_places=2, max_digits=18)),
                ("ledger_interest", models.DecimalField(decimal_places=2, max_digits=18)),
                ("ledger_fee", models.DecimalField(decimal_places=2, max_digits=18)),
                ("ledger_penalty", models.DecimalField(decimal_places=2, max_digits=18)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["owner", "run", "line"], name="difference_by_line")
                ],
                "constraints": [
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "run_id"),
                        name="difference_run_fk",
                        to="cases.ImportRun",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "loan_id"),
                        name="difference_loan_fk",
                        to="cases.Loan",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="difference_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT", "DELETE"), "owner_id = {me}"
                            )
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DueDate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "loan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="due_dates",
                        to="cases.loan",
                    ),
                ),
                ("as_of", models.DateField()),
                ("due_date", models.DateField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "loan_id"),
                        name="duedate_loan_fk",
                        to="cases.Loan",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="duedate_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT"), "owner_id = {me}"
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT",),
                                "EXISTS (SELECT 1 FROM cases_case held WHERE held.loan_id = cases_duedate.loan_id AND held.holder_id = {me})",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Repayment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
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
                ("repayment_no", models.CharField(max_length=64)),
                ("loan_no", models.CharField(max_length=64)),
                (
                    "loan",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="repayments",
                        to="cases.loan",
                    ),
                ),
                ("paid_at", models.DateTimeField()),
                ("effective_date", models.DateField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "split_principal",
                    models.DecimalField(decimal_places=2, max_digits=18, null=True),
                ),
                ("split_interest", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("split_fee", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("split_penalty", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                (
                    "applied_principal",
                    models.DecimalField(decimal_places=2, default=0, max_digits=18),
                ),
                (
                    "applied_interest",
                    models.DecimalField(decimal_places=2, default=0, max_digits=18),
                ),
                ("applied_fee", models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                (
                    "applied_penalty",
                    models.DecimalField(decimal_places=2, default=0, max_digits=18),
                ),
                ("overpaid", models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ("reverses_no", models.CharField(blank=True, default="", max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("posted", "Posted"),
                            ("suspense", "In suspense"),
                            ("included", "Already in the balance"),
                            ("reversed", "Reversed"),
                            ("reversal", "Reversal"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "booked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "suspense")),
                        fields=["owner", "loan_no"],
                        name="repayment_suspense",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "repayment_no"), name="repayment_no"),
                    models.UniqueConstraint(fields=("owner", "id"), name="repayment_owner_id"),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "loan_id"),
                        name="repayment_loan_fk",
                        to="cases.Loan",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="repayment_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT", "UPDATE"), "owner_id = {me}"
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT",),
                                "EXISTS (SELECT 1 FROM cases_case held WHERE held.loan_id = cases_repayment.loan_id AND held.holder_id = {me})",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MoneyRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("post", "Enter a repayment"),
                            ("reverse", "Reverse a repayment"),
                            ("match", "Match money in suspense"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for a second person"),
                            ("done", "Booked"),
                            ("refused", "Refused"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                (
                    "loan",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.loan",
                    ),
                ),
                (
                    "repayment",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.repayment",
                    ),
                ),
                ("repayment_no", models.CharField(blank=True, default="", max_length=64)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("paid_at", models.DateTimeField()),
                ("channel", models.CharField(blank=True, default="", max_length=64)),
                ("reason", models.CharField(max_length=300)),
                ("form_key", models.UUIDField(null=True)),
                ("asked_by_id", models.BigIntegerField()),
                ("asked_by_name", models.CharField(max_length=80)),
                (
                    "asked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("decided_by_id", models.BigIntegerField(null=True)),
                ("decided_by_name", models.CharField(blank=True, default="", max_length=80)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["owner", "asked_at"],
                        name="money_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "asked_by_id", "form_key"),
                        name="money_request_once_a_form",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("repayment__isnull", False), ("state", "waiting")),
                        fields=("owner", "repayment"),
                        name="money_request_one_waiting",
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "loan_id"),
                        name="money_request_loan_fk",
                        to="cases.Loan",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "repayment_id"),
                        name="money_request_repayment_fk",
                        to="cases.Repayment",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="money_request_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT", "UPDATE"), "owner_id = {me}"
                            )
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "loan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="cases.loan",
                    ),
                ),
                ("effective_date", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opening", "Opening"),
                            ("snapshot", "Balance stated"),
                            ("charge", "Charge"),
                            ("repayment", "Repayment"),
                            ("reversal", "Reversal"),
                            ("waiver", "Waiver"),
                            ("correction", "Correction"),
                        ],
                        max_length=10,
                    ),
                ),
                ("principal", models.DecimalField(decimal_places=2, max_digits=18)),
                ("interest", models.DecimalField(decimal_places=2, max_digits=18)),
                ("fee", models.DecimalField(decimal_places=2, max_digits=18)),
                ("penalty", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "repayment",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="cases.repayment",
                    ),
                ),
                (
                    "booked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "loan_id"),
                        name="ledger_loan_fk",
                        to="cases.Loan",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "repayment_id"),
                        name="ledger_repayment_fk",
                        to="cases.Repayment",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="ledger_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT"), "owner_id = {me}"
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT",),
                                "EXISTS (SELECT 1 FROM cases_case held WHERE held.loan_id = cases_ledgerentry.loan_id AND held.holder_id = {me})",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StagedContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                ("run_id", models.BigIntegerField()),
                ("place", models.BigIntegerField()),
                ("line", models.BigIntegerField()),
                ("refused", models.BooleanField(default=False)),
                ("borrower_no", models.CharField(max_length=64)),
                ("name", models.CharField(blank=True, max_length=120)),
                ("relation", models.CharField(max_length=10)),
                ("phone_hash", models.BinaryField(max_length=32)),
                ("phone_sealed", models.TextField()),
                ("phone_last4", models.CharField(blank=True, max_length=4)),
                ("phone_mask", models.CharField(max_length=20)),
                ("source", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "run_id", "place"), name="staged_contact_place"
                    ),
                    tenancy.walls.Wall(
                        name="staged_contact_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT", "UPDATE", "DELETE"),
                                "owner_id = {me}",
                            )
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StagedInstalment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                ("run_id", models.BigIntegerField()),
                ("place", models.BigIntegerField()),
                ("line", models.BigIntegerField()),
                ("refused", models.BooleanField(default=False)),
                ("loan_no", models.CharField(max_length=64)),
                ("seq", models.PositiveIntegerField()),
                ("due_date", models.DateField()),
                ("principal", models.DecimalField(decimal_places=2, max_digits=18)),
                ("interest", models.DecimalField(decimal_places=2, max_digits=18)),
                ("fee", models.DecimalField(decimal_places=2, max_digits=18)),
                ("penalty", models.DecimalField(decimal_places=2, max_digits=18)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "run_id", "place"), name="staged_instalment_place"
                    ),
                    tenancy.walls.Wall(
                        name="staged_instalment_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT", "UPDATE", "DELETE"),
                                "owner_id = {me}",
                            )
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StagedLoan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                ("run_id", models.BigIntegerField()),
                ("place", models.BigIntegerField()),
                ("line", models.BigIntegerField()),
                ("refused", models.BooleanField(default=False)),
                ("loan_no", models.CharField(max_length=64)),
                ("borrower_no", models.CharField(max_length=64)),
                ("borrower_name", models.CharField(blank=True, max_length=120)),
                ("id_no_hash", models.BinaryField(max_length=32)),
                ("id_no_sealed", models.TextField(blank=True)),
                ("id_no_last4", models.CharField(blank=True, max_length=4)),
                ("phone_hash", models.BinaryField(max_length=32)),
                ("phone_sealed", models.TextField(blank=True)),
                ("phone_last4", models.CharField(blank=True, max_length=4)),
                ("phone_mask", models.CharField(blank=True, max_length=20)),
                ("product", models.CharField(blank=True, max_length=64)),
                ("channel", models.CharField(blank=True, max_length=64)),
                ("region", models.CharField(blank=True, max_length=64)),
                ("loan_amount", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("disbursed_on", models.DateField(null=True)),
                ("due_date", models.DateField()),
                ("principal", models.DecimalField(decimal_places=2, max_digits=18)),
                ("interest", models.DecimalField(decimal_places=2, max_digits=18)),
                ("fee", models.DecimalField(decimal_places=2, max_digits=18)),
                ("penalty", models.DecimalField(decimal_places=2, max_digits=18)),
                ("collection_score", models.PositiveSmallIntegerField(null=True)),
                ("lost_contact_score", models.PositiveSmallIntegerField(null=True)),
                ("timezone", models.CharField(blank=True, max_length=60)),
                ("attrs", models.JSONField()),
                ("digest", models.BinaryField(max_length=16)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "run_id", "place"), name="staged_loan_place"
                    ),
                    tenancy.walls.Wall(
                        name="staged_loan_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT", "UPDATE", "DELETE"),
                                "owner_id = {me}",
                            )
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StagedRepayment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                ("run_id", models.BigIntegerField()),
                ("place", models.BigIntegerField()),
                ("line", models.BigIntegerField()),
                ("refused", models.BooleanField(default=False)),
                ("repayment_no", models.CharField(max_length=64)),
                ("loan_no", models.CharField(max_length=64)),
                ("paid_at", models.DateTimeField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "split_principal",
                    models.DecimalField(decimal_places=2, max_digits=18, null=True),
                ),
                ("split_interest", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("split_fee", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("split_penalty", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("reverses", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "run_id", "place"), name="staged_repayment_place"
                    ),
                    tenancy.walls.Wall(
                        name="staged_repayment_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT", "UPDATE", "DELETE"),
                                "owner_id = {me}",
                            )
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StagedStatement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_default=tenancy.managers.CurrentCompanyDefault(),
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                ("run_id", models.BigIntegerField()),
                ("place", models.BigIntegerField()),
                ("line", models.BigIntegerField()),
                ("refused", models.BooleanField(default=False)),
                ("loan_no", models.CharField(max_length=64)),
                ("as_of", models.DateField()),
                ("principal", models.DecimalField(decimal_places=2, max_digits=18)),
                ("interest", models.DecimalField(decimal_places=2, max_digits=18)),
                ("fee", models.DecimalField(decimal_places=2, max_digits=18)),
                ("penalty", models.DecimalField(decimal_places=2, max_digits=18)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "run_id", "place"), name="staged_statement_place"
                    ),
                    tenancy.walls.Wall(
                        name="staged_statement_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT", "UPDATE", "DELETE"),
                                "owner_id = {me}",
                            )
                        ],
                    ),
                ],
            },
        ),
    ]

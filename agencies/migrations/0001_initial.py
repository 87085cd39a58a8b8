import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import tenancy.walls


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_initial"),
        ("tenancy", "0002_stock_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Package",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "lender",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
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
                ("number", models.CharField(max_length=30)),
                ("lender_name", models.CharField(max_length=120)),
                ("agency_name", models.CharField(max_length=120)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("cases", models.PositiveIntegerField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("ends_on", models.DateField(null=True)),
                (
                    "placed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("placed_by_name", models.CharField(blank=True, default="", max_length=80)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("accepted_by_name", models.CharField(blank=True, default="", max_length=80)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["agency", "-placed_at"], name="package_inbox")],
                "constraints": [
                    models.UniqueConstraint(fields=("lender", "number"), name="package_number"),
                    models.UniqueConstraint(
                        fields=("lender", "agency", "id"), name="package_parties"
                    ),
                    tenancy.walls.Wall(
                        name="package_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT"),
                                "lender_id = {me}",
                                "lender_id = {me} AND accepted_at IS NULL",
                            ),
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("UPDATE",),
                                "lender_id = {me}",
                                columns=("ends_on",),
                            ),
                            tenancy.walls.Rule("recoup_agency", ("SELECT",), "agency_id = {me}"),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("UPDATE",),
                                "agency_id = {me}",
                                columns=("accepted_at", "accepted_by_name"),
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Placement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "lender",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="placements",
                        to="agencies.package",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="placements",
                        to="cases.case",
                    ),
                ),
                ("loan_no", models.CharField(max_length=64)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("dpd", models.IntegerField()),
                ("bucket_label", models.CharField(blank=True, default="", max_length=12)),
                (
                    "placed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_kind", models.CharField(blank=True, default="", max_length=10)),
                ("end_reason", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["agency", "ended_at"], name="placement_held")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("lender", "case"),
                        name="placement_one_at_a_time",
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("lender_id", "case_id"),
                        name="placement_case_fk",
                        to="cases.Case",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("lender_id", "agency_id", "package_id"),
                        name="placement_package_fk",
                        to="agencies.Package",
                        to_columns=("lender_id", "agency_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="placement_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender", ("SELECT", "INSERT"), "lender_id = {me}"
                            ),
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("UPDATE",),
                                "lender_id = {me}",
                                columns=("ended_at", "end_kind", "end_reason"),
                            ),
                            tenancy.walls.Rule("recoup_agency", ("SELECT",), "agency_id = {me}"),
                        ],
                    ),
                ],
            },
        ),
    ]

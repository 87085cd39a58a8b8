from decimal import Decimal

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import tenancy.managers
import tenancy.walls


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("agencies", "0001_initial"),
        ("cases", "0001_initial"),
        ("tenancy", "0002_stock_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Note",
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
                (
                    "owner",
                    models.ForeignKey(
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="cases.case",
                    ),
                ),
                ("author_id", models.BigIntegerField()),
                ("author_name", models.CharField(max_length=80)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("disposition", models.CharField(max_length=30)),
                ("disposition_name_en", models.CharField(max_length=80)),
                ("disposition_name_zh", models.CharField(max_length=80)),
                ("next_action", models.CharField(blank=True, default="", max_length=120)),
                ("next_action_at", models.DateTimeField(null=True)),
                ("has_remark", models.BooleanField(default=False)),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("call", "Call"),
                            ("inbound", "Called by the borrower"),
                            ("sms", "SMS"),
                            ("wechat", "WeChat"),
                            ("email", "E-mail"),
                            ("visit", "Visit"),
                            ("letter", "Letter"),
                            ("other", "Other"),
                        ],
                        default="call",
                        max_length=10,
                    ),
                ),
                (
                    "contact_point",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.contactpoint",
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
                        default="self",
                        max_length=10,
                    ),
                ),
                (
                    "overdue_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unwilling", "Unwilling to pay"),
                            ("unable_short", "Unable for a short time"),
                            ("unable_lasting", "Unable for long"),
                            ("beyond_means", "Debts beyond means"),
                            ("forgot", "Forgot"),
                            ("dispute", "Disputes the debt"),
                            ("other", "Other"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="collection.note",
                    ),
                ),
                ("shared", models.BooleanField(default=False)),
                ("form_key", models.UUIDField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["case", "-at"], name="note_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "case", "company", "id"), name="note_of_case_and_author"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "author_id", "form_key"), name="note_once_a_form"
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "case_id"),
                        name="note_case_fk",
                        to="cases.Case",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "case_id", "company_id", "corrects_id"),
                        name="note_corrects_fk",
                        to="collection.Note",
                        to_columns=("owner_id", "case_id", "company_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "contact_point_id"),
                        name="note_point_fk",
                        to="cases.ContactPoint",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="note_wall",
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
                                "company_id = {me} OR (shared AND EXISTS (SELECT 1 FROM cases_case held WHERE held.id = collection_note.case_id AND held.holder_id = {me}))",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("INSERT",),
                                "company_id = {me} AND EXISTS (SELECT 1 FROM agencies_placement placed WHERE placed.case_id = collection_note.case_id AND placed.agency_id = {me})",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Leave",
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
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaves",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cover",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="covers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("entered_by_name", models.CharField(blank=True, default="", max_length=80)),
                (
                    "entered_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("handed_over_at", models.DateTimeField(null=True)),
                ("returned_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["company", "last_day"], name="leave_by_end")],
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="leave_company_id"),
                    tenancy.walls.CompositeKey(
                        columns=("company_id", "user_id"),
                        name="leave_user_fk",
                        to="tenancy.User",
                        to_columns=("company_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("company_id", "cover_id"),
                        name="leave_cover_fk",
                        to="tenancy.User",
                        to_columns=("company_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="leave_wall",
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
            name="Move",
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
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("by_id", models.BigIntegerField(null=True)),
                ("by_name", models.CharField(blank=True, default="", max_length=80)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("to_name", models.CharField(max_length=170)),
                ("cases", models.PositiveIntegerField()),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by_name", models.CharField(blank=True, default="", max_length=80)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["company", "-at"], name="move_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="move_company_id"),
                    tenancy.walls.Wall(
                        name="move_of_desks_wall",
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
            name="Assignment",
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
                (
                    "owner",
                    models.ForeignKey(
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
                        related_name="assignments",
                        to="cases.case",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.team",
                    ),
                ),
                (
                    "collector",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("night", "Assigned at night"),
                            ("hand", "Assigned by hand"),
                            ("cover", "Covering for somebody"),
                            ("back", "Back from cover"),
                            ("undo", "Reassignment undone"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("assigned_by_name", models.CharField(blank=True, default="", max_length=80)),
                ("assigned_on", models.DateField()),
                (
                    "assigned_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "end_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("reassigned", "Reassigned"),
                            ("closed", "Case closed"),
                            ("placed", "Placed with an agency"),
                            ("recalled", "Recalled"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("next_action", models.CharField(blank=True, default="", max_length=120)),
                ("next_action_at", models.DateTimeField()),
                ("last_touch_at", models.DateTimeField(null=True)),
                ("last_touch_by_name", models.CharField(blank=True, default="", max_length=80)),
                ("last_disposition", models.CharField(blank=True, default="", max_length=30)),
                (
                    "rank",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Promise due today"),
                            (1, "Promise broken"),
                            (2, "Callback due"),
                            (3, "New today"),
                            (4, "Untouched"),
                            (5, "By expected value"),
                            (6, "Later"),
                            (7, "On hold"),
                        ],
                        db_default=3,
                    ),
                ),
                ("rank_key", models.BigIntegerField(db_default=0)),
                (
                    "expected_value",
                    models.DecimalField(db_default=0, decimal_places=2, max_digits=18),
                ),
                ("skipped_at", models.DateTimeField(null=True)),
                (
                    "leave",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="covered",
                        to="collection.leave",
                    ),
                ),
                (
                    "move",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="made",
                        to="collection.move",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["company", "collector", "rank", "rank_key", "id"],
                        name="worklist_of_collector",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["company", "team", "rank", "rank_key", "id"],
                        name="worklist_of_team",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["company", "rank", "rank_key", "id"],
                        name="worklist_of_company",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True), ("leave__isnull", False)),
                        fields=["company", "leave"],
                        name="assignment_covering",
                    ),
                    models.Index(
                        condition=models.Q(("move__isnull", False)),
                        fields=["company", "move"],
                        name="assignment_by_move",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("company", "case"),
                        name="assignment_one_desk",
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "case_id"),
                        name="assignment_case_fk",
                        to="cases.Case",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("company_id", "team_id"),
                        name="assignment_team_fk",
                        to="tenancy.Team",
                        to_columns=("company_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("company_id", "collector_id"),
                        name="assignment_collector_fk",
                        to="tenancy.User",
                        to_columns=("company_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("company_id", "leave_id"),
                        name="assignment_leave_fk",
                        to="collection.Leave",
                        to_columns=("company_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("company_id", "move_id"),
                        name="assignment_move_fk",
                        to="collection.Move",
                        to_columns=("company_id", "id"),
                    ),
                    tenancy.walls.Correlation(
                        columns=("company_id", "owner_id"), name="assignment_sides"
                    ),
                    tenancy.walls.Wall(
                        name="assignment_wall",
                        rules=[
                            tenancy.walls.Rule("recoup_lender", ("SELECT",), "owner_id = {me}"),
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("INSERT",),
                                "company_id = {me} AND owner_id = {me}",
                            ),
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("UPDATE",),
                                "company_id = {me} AND owner_id = {me}",
                                columns=(
                                    "ended_at",
                                    "end_kind",
                                    "next_action",
                                    "next_action_at",
                                    "last_touch_at",
                                    "last_touch_by_name",
                                    "last_disposition",
                                    "rank",
                                    "rank_key",
                                    "expected_value",
                                    "skipped_at",
                                ),
                            ),
                            tenancy.walls.Rule("recoup_agency", ("SELECT",), "company_id = {me}"),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("INSERT",),
                                "company_id = {me} AND EXISTS (SELECT 1 FROM cases_case held WHERE held.id = collection_assignment.case_id AND held.holder_id = {me})",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("UPDATE",),
                                "company_id = {me}",
                                "company_id = {me} AND (ended_at IS NOT NULL OR EXISTS (SELECT 1 FROM cases_case held WHERE held.id = collection_assignment.case_id AND held.holder_id = {me}))",
                                columns=(
                                    "ended_at",
                                    "end_kind",
                                    "next_action",
                                    "next_action_at",
                                    "last_touch_at",
                                    "last_touch_by_name",
                                    "last_disposition",
                                    "rank",
                                    "rank_key",
                                    "expected_value",
                                    "skipped_at",
                                ),
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Remark",
            fields=[
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
                    "note",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="collection.note",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                ("shared", models.BooleanField(default=False)),
                ("text", models.TextField()),
                ("facts", models.JSONField(default=dict)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "case_id", "company_id", "note_id"),
                        name="remark_note_fk",
                        to="collection.Note",
                        to_columns=("owner_id", "case_id", "company_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="remark_wall",
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
                                "((company_id = {me} OR shared) AND EXISTS (SELECT 1 FROM cases_case held WHERE held.id = collection_remark.case_id AND held.holder_id = {me})) OR (company_id = {me} AND EXISTS (SELECT 1 FROM collection_remarkopening opened WHERE opened.case_id = collection_remark.case_id AND opened.company_id = {me} AND opened.in_transaction = pg_current_xact_id()::text::bigint))",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("INSERT",),
                                "company_id = {me} AND EXISTS (SELECT 1 FROM agencies_placement placed WHERE placed.case_id = collection_remark.case_id AND placed.agency_id = {me})",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
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
                (
                    "note",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="collection.note",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                ("shared", models.BooleanField(default=False)),
                ("name", models.CharField(max_length=200)),
                ("media_type", models.CharField(max_length=60)),
                ("size", models.PositiveIntegerField()),
                ("digest", models.BinaryField(max_length=32)),
                ("stored_as", models.CharField(max_length=120)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "case_id", "company_id", "note_id"),
                        name="attachment_note_fk",
                        to="collection.Note",
                        to_columns=("owner_id", "case_id", "company_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="attachment_wall",
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
                                "((company_id = {me} OR shared) AND EXISTS (SELECT 1 FROM cases_case held WHERE held.id = collection_attachment.case_id AND held.holder_id = {me})) OR (company_id = {me} AND EXISTS (SELECT 1 FROM collection_remarkopening opened WHERE opened.case_id = collection_attachment.case_id AND opened.company_id = {me} AND opened.in_transaction = pg_current_xact_id()::text::bigint))",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("INSERT",),
                                "company_id = {me} AND EXISTS (SELECT 1 FROM agencies_placement placed WHERE placed.case_id = collection_attachment.case_id AND placed.agency_id = {me})",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Promise",
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
                (
                    "owner",
                    models.ForeignKey(
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
                        related_name="promises",
                        to="cases.case",
                    ),
                ),
                ("note_id", models.BigIntegerField(null=True)),
                ("taken_by_id", models.BigIntegerField()),
                ("taken_by_name", models.CharField(max_length=80)),
                ("team_id", models.BigIntegerField(null=True)),
                ("bucket", models.CharField(blank=True, default="", max_length=12)),
                ("made_at", models.DateTimeField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("due_on", models.DateField()),
                (
                    "pay_by",
                    models.CharField(
                        choices=[
                            ("app", "In the app"),
                            ("transfer", "Bank transfer"),
                            ("debit", "Direct debit"),
                            ("wallet", "Mobile wallet"),
                            ("cash", "Cash desk"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                    ),
                ),
                ("grace_days", models.PositiveSmallIntegerField()),
                ("tolerance_percent", models.DecimalField(decimal_places=2, max_digits=5)),
                ("shared", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("kept", "Kept"),
                            ("partly", "Partly kept"),
                            ("broken", "Broken"),
                            ("withdrawn", "Withdrawn"),
                            ("superseded", "Superseded"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("received", models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ("judged_at", models.DateTimeField(null=True)),
                ("kept_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by_name", models.CharField(blank=True, default="", max_length=80)),
                ("why_ended", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["owner", "due_on"],
                        name="promise_open_by_due",
                    ),
                    models.Index(
                        fields=["company", "taken_by_id", "due_on"], name="promise_by_person"
                    ),
                    models.Index(fields=["company", "due_on"], name="promise_by_due"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("owner", "case"),
                        name="promise_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="promise_of_something"
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "case_id"),
                        name="promise_case_fk",
                        to="cases.Case",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="promise_wall",
                        rules=[
                            tenancy.walls.Rule("recoup_lender", ("SELECT",), "owner_id = {me}"),
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("INSERT",),
                                "owner_id = {me} AND company_id = {me}",
                            ),
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("UPDATE",),
                                "owner_id = {me}",
                                columns=(
                                    "state",
                                    "received",
                                    "judged_at",
                                    "kept_at",
                                    "ended_at",
                                    "why_ended",
                                    "ended_by_name",
                                ),
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT",),
                                "company_id = {me} OR (shared AND EXISTS (SELECT 1 FROM cases_case held WHERE held.id = collection_promise.case_id AND held.holder_id = {me}))",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("INSERT",),
                                "company_id = {me} AND EXISTS (SELECT 1 FROM agencies_placement placed WHERE placed.case_id = collection_promise.case_id AND placed.agency_id = {me})",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("UPDATE",),
                                "company_id = {me}",
                                columns=(
                                    "state",
                                    "received",
                                    "judged_at",
                                    "kept_at",
                                    "ended_at",
                                    "why_ended",
                                    "ended_by_name",
                                ),
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RemarkOpening",
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
                    "owner",
                    models.ForeignKey(
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
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("by_id", models.BigIntegerField()),
                ("by_name", models.CharField(max_length=80)),
                ("reason", models.CharField(max_length=300)),
                (
                    "in_transaction",
                    models.BigIntegerField(
                        db_default=django.db.models.functions.comparison.Cast(
                            django.db.models.functions.comparison.Cast(
                                models.Func(
                                    function="pg_current_xact_id", output_field=models.TextField()
                                ),
                                models.TextField(),
                            ),
                            models.BigIntegerField(),
                        )
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "case_id"),
                        name="opening_case_fk",
                        to="cases.Case",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="opening_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT"),
                                "company_id = {me}",
                                "company_id = {me} AND in_transaction = pg_current_xact_id()::text::bigint",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("SELECT", "INSERT"),
                                "company_id = {me}",
                                "company_id = {me} AND in_transaction = pg_current_xact_id()::text::bigint",
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
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
                ("page", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(max_length=1000)),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.team",
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("team__isnull", True)),
                        fields=("company", "page", "user", "name"),
                        name="saved_view_of_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("team__isnull", False)),
                        fields=("company", "page", "team", "name"),
                        name="saved_view_of_team",
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("company_id", "user_id"),
                        name="saved_view_user_fk",
                        to="tenancy.User",
                        to_columns=("company_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("company_id", "team_id"),
                        name="saved_view_team_fk",
                        to="tenancy.Team",
                        to_columns=("company_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="saved_view_wall",
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
            name="Tag",
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
                ("code", models.CharField(max_length=30)),
                ("name_en", models.CharField(max_length=40)),
                ("name_zh", models.CharField(max_length=40)),
                ("colour", models.CharField(default="blue", max_length=10)),
                ("rule", models.JSONField(default=list)),
                ("step", models.PositiveSmallIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=1)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "code"), name="tag_code"),
                    models.UniqueConstraint(fields=("company", "id"), name="tag_company_id"),
                    tenancy.walls.Wall(
                        name="tag_wall",
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
            name="CaseTag",
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
                    "owner",
                    models.ForeignKey(
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tags",
                        to="cases.case",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="collection.tag",
                    ),
                ),
                (
                    "since",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("by_hand", models.BooleanField(default=False)),
                ("by_name", models.CharField(blank=True, default="", max_length=80)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["company", "tag", "case"], name="case_tag_by_tag")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "case", "tag"), name="case_tag_once"
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "case_id"),
                        name="casetag_case_fk",
                        to="cases.Case",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("company_id", "tag_id"),
                        name="casetag_tag_fk",
                        to="collection.Tag",
                        to_columns=("company_id", "id"),
                    ),
                    tenancy.walls.Correlation(
                        columns=("company_id", "owner_id"), name="case_tag_sides"
                    ),
                    tenancy.walls.Wall(
                        name="case_tag_wall",
                        rules=[
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("SELECT", "INSERT", "UPDATE", "DELETE"),
                                "company_id = {me} AND owner_id = {me}",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency", ("SELECT", "DELETE"), "company_id = {me}"
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("INSERT",),
                                "company_id = {me} AND EXISTS (SELECT 1 FROM cases_case held WHERE held.id = collection_casetag.case_id AND held.holder_id = {me})",
                            ),
                            tenancy.walls.Rule(
                                "recoup_agency",
                                ("UPDATE",),
                                "company_id = {me} AND EXISTS (SELECT 1 FROM cases_case held WHERE held.id = collection_casetag.case_id AND held.holder_id = {me})",
                                columns=("by_hand", "by_name"),
                            ),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkSettings",
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
                        related_name="work_settings",
                        to="tenancy.company",
                    ),
                ),
                ("promise_grace_days", models.PositiveSmallIntegerField(default=1)),
                (
                    "promise_tolerance",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("5"),
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                    ),
                ),
                ("promise_within_days", models.PositiveSmallIntegerField(default=30)),
                (
                    "score_weight",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("100"),
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                    ),
                ),
                ("unknown_score", models.PositiveSmallIntegerField(default=500)),
                (
                    "touch_weight",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                    ),
                ),
                ("untouched_days", models.PositiveSmallIntegerField(default=7)),
                (
                    "high_amount",
                    models.DecimalField(decimal_places=2, default=Decimal("10000"), max_digits=18),
                ),
                (
                    "second_person_above",
                    models.DecimalField(decimal_places=2, default=Decimal("5000"), max_digits=18),
                ),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    tenancy.walls.Wall(
                        name="work_settings_wall",
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
            name="ContactRule",
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
                ("jurisdiction", models.CharField(max_length=10)),
                ("rule", models.CharField(max_length=30)),
                ("version", models.PositiveIntegerField(default=1)),
                ("figures", models.JSONField(default=dict)),
                ("legal_basis", models.CharField(blank=True, default="", max_length=300)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("changed_by_name", models.CharField(blank=True, default="", max_length=80)),
                (
                    "changed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "jurisdiction", "rule", "version"),
                        name="contact_rule_version",
                    ),
                    tenancy.walls.Wall(
                        name="contact_rule_wall",
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
            name="ContactTry",
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
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "borrower",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tries",
                        to="cases.borrower",
                    ),
                ),
                ("case_id", models.BigIntegerField()),
                (
                    "contact_point",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tries",
                        to="cases.contactpoint",
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
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("call", "Call"),
                            ("robot", "Robot call"),
                            ("sms", "SMS"),
                            ("wechat", "WeChat"),
                            ("email", "E-mail"),
                            ("app_push", "App push"),
                            ("letter", "Letter"),
                            ("visit", "Visit"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("collect", "Collection"),
                            ("reminder", "Reminder"),
                            ("answer", "Answer to the person's question"),
                        ],
                        default="collect",
                        max_length=10,
                    ),
                ),
                ("by_id", models.BigIntegerField(null=True)),
                ("by_name", models.CharField(blank=True, default="", max_length=80)),
                ("at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reserved", "In progress"),
                            ("conversation", "Conversation"),
                            ("unanswered", "Unanswered"),
                            ("invalid", "Number not in use"),
                            ("sent", "Sent"),
                            ("not_connected", "Did not go out"),
                            ("released", "Given up"),
                        ],
                        default="reserved",
                        max_length=15,
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                ("talk_seconds", models.PositiveIntegerField(null=True)),
                ("note_id", models.BigIntegerField(null=True)),
                ("was_asked_for", models.BooleanField(default=False)),
                ("outside_gate", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["owner", "borrower", "at"], name="try_of_borrower"),
                    models.Index(fields=["owner", "case_id", "at"], name="try_of_case"),
                    models.Index(fields=["company", "by_id", "at"], name="try_by_person"),
                    models.Index(
                        condition=models.Q(("state", "reserved")),
                        fields=["owner", "at"],
                        name="try_reserved",
                    ),
                ],
                "constraints": [
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "borrower_id"),
                        name="try_borrower_fk",
                        to="cases.Borrower",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "contact_point_id"),
                        name="try_contact_point_fk",
                        to="cases.ContactPoint",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "case_id"),
                        name="try_case_fk",
                        to="cases.Case",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="try_wall",
                        rules=[
                            tenancy.walls.Rule("recoup_lender", ("SELECT",), "owner_id = {me}"),
                            tenancy.walls.Rule("recoup_lender", ("INSERT",), "owner_id = {me}"),
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("UPDATE",),
                                "owner_id = {me}",
                                columns=(
                                    "state",
                                    "ended_at",
                                    "talk_seconds",
                                    "note_id",
                                    "was_asked_for",
                                ),
                            ),
                            tenancy.walls.Rule("recoup_agency", ("SELECT",), "company_id = {me}"),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactWish",
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
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "borrower",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="wishes",
                        to="cases.borrower",
                    ),
                ),
                ("case_id", models.BigIntegerField()),
                (
                    "contact_point",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.contactpoint",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("callback", "Asked to be called back"),
                            ("consent", "Agreed to be called"),
                            ("stop", "Asked to stop"),
                        ],
                        max_length=10,
                    ),
                ),
                ("channel", models.CharField(blank=True, default="", max_length=10)),
                ("at", models.DateTimeField()),
                ("good_until", models.DateTimeField(null=True)),
                (
                    "said_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("noted_by_name", models.CharField(blank=True, default="", max_length=80)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "borrower_id"),
                        name="wish_borrower_fk",
                        to="cases.Borrower",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "contact_point_id"),
                        name="wish_contact_point_fk",
                        to="cases.ContactPoint",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.CompositeKey(
                        columns=("owner_id", "case_id"),
                        name="wish_case_fk",
                        to="cases.Case",
                        to_columns=("owner_id", "id"),
                    ),
                    tenancy.walls.Wall(
                        name="wish_wall",
                        rules=[
                            tenancy.walls.Rule("recoup_lender", ("SELECT",), "owner_id = {me}"),
                            tenancy.walls.Rule("recoup_lender", ("INSERT",), "owner_id = {me}"),
                            tenancy.walls.Rule(
                                "recoup_lender",
                                ("UPDATE",),
                                "owner_id = {me}",
                                columns=("good_until",),
                            ),
                            tenancy.walls.Rule("recoup_agency", ("SELECT",), "company_id = {me}"),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DayOff",
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
                ("jurisdiction", models.CharField(max_length=10)),
                ("on", models.DateField()),
                ("is_holiday", models.BooleanField()),
                ("name", models.CharField(blank=True, default="", max_length=80)),
                ("entered_by_name", models.CharField(blank=True, default="", max_length=80)),
                (
                    "entered_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "jurisdiction", "on"), name="day_off_once"
                    ),
                    tenancy.walls.Wall(
                        name="day_off_wall",
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
            name="Disposition",
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
                ("code", models.CharField(max_length=30)),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("self", "Borrower reached"),
                            ("third", "Somebody else reached"),
                            ("nobody", "Nobody reached"),
                        ],
                        max_length=10,
                    ),
                ),
                ("name_en", models.CharField(max_length=80)),
                ("name_zh", models.CharField(max_length=80)),
                ("step", models.PositiveSmallIntegerField()),
                ("remark_required", models.BooleanField(default=True)),
                ("next_action_en", models.CharField(blank=True, default="", max_length=80)),
                ("next_action_zh", models.CharField(blank=True, default="", max_length=80)),
                ("next_action_after", models.DurationField(null=True)),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("right_party", "Right party"),
                                ("third_party", "Third party"),
                                ("conversation", "Conversation"),
                                ("promise", "Promise"),
                                ("refusal", "Refusal"),
                                ("dispute", "Dispute"),
                                ("hardship", "Hardship"),
                                ("wrong_number", "Wrong number"),
                                ("invalid_number", "Invalid number"),
                                ("deceased", "Deceased"),
                                ("complaint_risk", "Complaint risk"),
                                ("callback", "Callback"),
                                ("failed_attempt", "Failed attempt"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "required",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "number_becomes",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unknown", "Unverified"),
                            ("valid", "Valid"),
                            ("invalid", "Invalid"),
                            ("refused", "Refused"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("whole_person", models.BooleanField(default=False)),
                (
                    "hold_kind",
                    models.CharField(
                        blank=True,
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
                        default="",
                        max_length=20,
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "code"), name="disposition_code"),
                    tenancy.walls.Wall(
                        name="disposition_wall",
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
    ]

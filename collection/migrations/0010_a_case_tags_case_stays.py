"""An agency changes who set a tag, never on whose case it is."""

from django.db import migrations

import tenancy.walls


class Migration(migrations.Migration):
    dependencies = [("collection", "0009_purpose_of_contacts")]

    operations = [
        migrations.RemoveConstraint(
            model_name="casetag",
            name="case_tag_wall",
        ),
        migrations.AddConstraint(
            model_name="casetag",
            constraint=tenancy.walls.Wall(
                name="case_tag_wall",
                rules=[
                    tenancy.walls.Rule(
                        "recoup_lender",
                        ("SELECT", "INSERT", "UPDATE", "DELETE"),
                        "company_id = {me} AND owner_id = {me}",
                    ),
                    tenancy.walls.Rule("recoup_agency", ("SELECT", "DELETE"), "company_id = {me}"),
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
        ),
    ]

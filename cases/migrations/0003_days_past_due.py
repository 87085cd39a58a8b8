from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_feed_runs")]

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
    ]

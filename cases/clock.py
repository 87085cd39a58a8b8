"""The clock of a case in the database: days past due, as SQL and as a Django expression.

`app.days_past_due` (a migration of this room) is the only place where SQL counts days: from the
due date shifted by the pauses that are over, less the pause that is running (cases.dpd is the
same rule over plain values).
"""

from datetime import date
from typing import Any

from django.db.models import DateField, F, Func, IntegerField, Value


class DaysPastDue(Func):
    """Days past due of each case on `on`, for lists: `annotate(dpd=DaysPastDue(on))`.

    `via` is the path to the case, such as "case__" from a row that points at one.
    """

    function = "app.days_past_due"
    output_field = IntegerField()

    def __init__(self, on: date, via: str = "", **extra: Any) -> None:
        columns = (F(f"{via}{name}") for name in ("aged_from", "paused_from", "paused_to"))
        super().__init__(Value(on, output_field=DateField()), *columns, **extra)


def days_past_due_sql(case: str, on: str = "%(on)s::date") -> str:
    """The SQL expression for the case row called `case`."""
    return f"app.days_past_due({on}, {case}.aged_from, {case}.paused_from, {case}.paused_to)"

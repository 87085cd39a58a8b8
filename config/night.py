"""The order of the night: what happens to a company's cases when a business date opens."""

from collections.abc import Sequence
from datetime import date

from agencies.recall import recall_ended
from cases.hold_deadlines import holds_at_night
from cases.night_steps import age
from collection.assignment import assign_at_night
from collection.attachments import remove_orphans
from collection.cover import change_over
from collection.promise_outcomes import judge_at_night
from collection.ranking_sql import rank_at_night
from collection.tagging import tag_at_night
from tenancy.models import Company
from tenancy.night import Step, night_is_done

STEPS: Sequence[Step] = (
    Step("recall_ended", recall_ended),
    Step("age", age),
    Step("promises", judge_at_night),
    Step("holds", holds_at_night),
    Step("leave", change_over),
    Step("tags", tag_at_night),
    Step("assign", assign_at_night),
    Step("rank", rank_at_night),
    Step("files", remove_orphans),
)


def is_due(company: Company) -> date | None:
    """The business date that the company's night has to open, None when today's is done.

    Call inside the company's scope.
    """
    today = company.local_date()
    return None if night_is_done(day=today, steps=STEPS) else today

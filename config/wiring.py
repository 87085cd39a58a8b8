"""The whole flow on one page: which event is heard by whom, and which work is done by what."""

from collections.abc import Mapping, Sequence

from celery import current_app

from agencies.events import CasesPlaced, CasesRecalled
from cases.events import (
    CasesClosed,
    CasesOpened,
    CasesReopened,
    HoldsChanged,
    RepaymentsPosted,
)
from cases.feed import jobs as feed_jobs
from cases.lenders import start_lender
from cases.person_holds import on_cases_opened
from collection import (
    contact_rule_changes,
    promise_outcomes,
    reranking,
    tag_presets,
    tagging,
    work_settings,
)
from collection.dispositions import on_company_created
from collection.endings import on_cases_closed, on_cases_placed, on_cases_recalled
from config import audit_words
from tenancy.audit_words import name_words
from tenancy.events import CompanyCreated, Event, Listener, wire
from tenancy.jobs import Handler, wire_jobs

LISTENERS: Mapping[type[Event], Sequence[Listener]] = {
    CompanyCreated: (
        start_lender,
        on_company_created,
        tag_presets.on_company_created,
        work_settings.on_company_created,
        contact_rule_changes.on_company_created,
    ),
    CasesOpened: (on_cases_opened, tagging.on_cases_changed),
    CasesReopened: (promise_outcomes.on_cases_reopened, on_cases_opened, tagging.on_cases_changed),
    RepaymentsPosted: (
        promise_outcomes.on_repayments_posted,
        tagging.on_repayments,
        reranking.on_repayments,
    ),
    HoldsChanged: (tagging.on_cases_changed, reranking.on_holds),
    CasesClosed: (on_cases_closed, promise_outcomes.on_cases_closed, tagging.on_cases_changed),
    CasesPlaced: (on_cases_placed,),
    CasesRecalled: (on_cases_recalled,),
}

JOBS: Mapping[str, Handler] = {
    feed_jobs.JUDGE: feed_jobs.judge_upload,
    feed_jobs.APPLY: feed_jobs.apply_confirmed,
}


def connect() -> None:
    """Put the page above into force; called once at start."""
    wire(LISTENERS)
    name_words(verbs=audit_words.VERBS, fields=audit_words.FIELDS, values=audit_words.VALUES)
    wire_jobs(handlers=JOBS, nudge=nudge)


def nudge(company_id: int, job_id: int) -> None:
    """Send a worker the ids of a waiting job; raises when the queue cannot be reached."""
    current_app.send_task("config.tasks.run_job", args=[company_id, job_id])

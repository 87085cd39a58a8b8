"""What Celery runs: the tick that finds due nights and waiting jobs, each night, each job.

Messages carry ids only. A message that is lost or comes twice does no harm: the tick sends again
what the database says is due, and nights and jobs know what is done.
"""

from collections.abc import Iterator

from celery import shared_task

from config.night import STEPS, is_due
from tenancy import jobs
from tenancy.housekeeping import forget
from tenancy.models import Company
from tenancy.night import run_night
from tenancy.scope import company_scope


def _active() -> Iterator[Company]:
    yield from Company.objects.filter(is_active=True).order_by("pk")


@shared_task(name="config.tasks.tick")
def tick() -> None:
    """Send each company's night once its local midnight has passed, and its waiting jobs."""
    for company in _active():
        with company_scope(company):
            due = is_due(company)
        if due is not None:
            night.delay(company.pk)
        jobs.sweep(company=company)
    forget()


@shared_task(name="config.tasks.night")
def night(company_id: int) -> None:
    """Run a company's night up to its local date; ends at once where another worker is at it."""
    company = Company.objects.get(pk=company_id)
    if not company.is_active:
        return
    for _done in run_night(company=company, steps=STEPS, until=company.local_date(), wait=False):
        pass


@shared_task(name="config.tasks.run_job")
def run_job(company_id: int, job_id: int) -> None:
    """Do a job unless somebody else has it or it is over."""
    jobs.run_job(company=Company.objects.get(pk=company_id), job_id=job_id)

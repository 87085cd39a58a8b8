"""Background work that survives a lost queue, and the record of each night."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models.base import CompanyOwned, random_uid
from tenancy.walls import KEEP, Wall, own


class Job(CompanyOwned):
    """A piece of background work, written in the transaction of the verb that asks for it.

    A worker is only nudged after commit; a sweeper finds what the nudge missed. `lease_until`
    says how long the worker that took it is believed alive.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    uid = random_uid()
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=160, blank=True, default="")
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    requested_by_id = models.BigIntegerField(null=True)
    requested_by_name = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)

    class Meta(CompanyOwned.Meta):
        indexes = [
            models.Index(
                fields=["company", "state"],
                name="job_waiting",
                condition=models.Q(state__in=["queued", "running"]),
            ),
            models.Index(fields=["company", "-created_at"], name="job_newest"),
        ]
        constraints = [Wall(name="job_wall", rules=own(KEEP))]

    @property
    def percent(self) -> int | None:
        """How far the work is, 0–100; None while the total is unknown."""
        if not self.total:
            return None
        return min(100, self.done * 100 // self.total)


class NightStep(CompanyOwned):
    """One step of one company's night: at most one row per (business date, step).

    The row is the lease: a runner holds its lock for the step's transaction, so a killed one
    lets go at once and a second night waits and then finds the step done.
    """

    business_date = models.DateField()
    step = models.CharField(max_length=40)
    done_at = models.DateTimeField(null=True)
    seconds = models.DecimalField(max_digits=10, decimal_places=3, null=True)
    counts = models.JSONField(default=dict)

    class Meta(CompanyOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["company", "business_date", "step"], name="night_step_once"
            ),
            Wall(name="night_step_wall", rules=own(KEEP)),
        ]

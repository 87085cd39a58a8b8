"""Whole nights, committed: the day that opens a book, and ordinary ones for `night_growth`."""

from datetime import date

from config.bench.lenders import Lender
from config.bench.measure import seconds_of
from config.night import STEPS
from tenancy.night import StepDone, run_night


def night_seconds(lenders: list[Lender], day: date) -> float:
    """How long all steps of a business date take for all lenders, one after the other."""
    return seconds_of(lambda: [_night(lender, day) for lender in lenders])


def _night(lender: Lender, day: date) -> list[StepDone]:
    return list(run_night(company=lender.company, steps=STEPS, until=day))

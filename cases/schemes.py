"""How a lender's bucket scheme changes: the first one, a new version, and what it would move."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import F, Max, Q
from django.db.models.functions import Least

from cases.aging import rebucket
from cases.bucket_scheme import PRESETS, Band, BandFault, check_bands
from cases.ladder import NoScheme, Rung, Scheme, as_scheme, scheme_on
from cases.models import Bucket, BucketMove, BucketScheme, Case
from tenancy.audit import record_change
from tenancy.models import Company, User
from tenancy.night import business_date

__all__ = [
    "BadScheme",
    "NoScheme",
    "Rung",
    "Scheme",
    "as_scheme",
    "scheme_on",
    "set_scheme",
    "start_scheme",
]

FIRST_PRESET = "small_loans"
FIRST_NAME = "Small loans"


class BadScheme(ValueError):
    """The scheme cannot be used; `faults` says everything that is wrong with it."""

    def __init__(self, faults: Sequence[BandFault]) -> None:
        super().__init__(", ".join(fault.code for fault in faults))
        self.faults = list(faults)


def start_scheme(*, company: Company) -> BucketScheme:
    """Give a new lender its first scheme, *small loans*, valid from the beginning."""
    return _store(company, FIRST_NAME, PRESETS[FIRST_PRESET], valid_from=None, by=None)


def set_scheme(
    *,
    company: Company,
    bands: Sequence[Band],
    name: str,
    valid_from: date | None,
    by: User | None,
) -> BucketScheme:
    """Make `bands` the lender's scheme from `valid_from` on.

    From the business date on, every open case is re-bucketed at once, else by the night of the
    date. Versions planned for the date or later are given up.

    valid_from None: from the beginning, which only a lender without any aged case may ask for.
    Raises BadScheme when the bands cannot be used, when the date lies before the business date
    (code past_date), or when cases have been aged already (code already_aged).
    """
    with transaction.atomic():
        # One change at a time: versions and validity are decided under this lock.
        list(BucketScheme.objects.select_for_update().filter(owner=company))
        today = business_date(company)
        faults = check_bands(bands) + _date_faults(company, valid_from, today)
        if faults:
            raise BadScheme(faults)
        _end_validity(company, valid_from)
        ordered = sorted(bands, key=lambda band: band.lower)
        scheme = _store(company, name, ordered, valid_from=valid_from, by=by)
        if valid_from is None or valid_from <= today:
            rebucket(company=company, on=today)
        else:
            _look_again_on(company, valid_from)
    return scheme


def _date_faults(company: Company, valid_from: date | None, today: date) -> list[BandFault]:
    if valid_from is not None and valid_from < today:
        return [BandFault("past_date", {"date": today.isoformat()})]
    if valid_from is None and BucketMove.objects.filter(owner=company).exists():
        return [BandFault("already_aged")]
    return []


def _end_validity(company: Company, valid_from: date | None) -> None:
    """End what is valid on the new date; what begins on it or later is never valid."""
    schemes = BucketScheme.objects.filter(owner=company)
    if valid_from is None:
        schemes.update(valid_to=F("valid_from"))
        return
    schemes.filter(valid_from__gte=valid_from).update(valid_to=F("valid_from"))
    earlier = schemes.filter(Q(valid_from=None) | Q(valid_from__lt=valid_from))
    earlier.filter(Q(valid_to=None) | Q(valid_to__gt=valid_from)).update(valid_to=valid_from)


def _look_again_on(company: Company, day: date) -> None:
    """Have the night of `day` look at every open case: its bucket will be another scheme's."""
    open_cases = Case.objects.filter(owner=company, closed_on=None)
    open_cases.update(next_bucket_on=Least(F("next_bucket_on"), day))


def _store(
    company: Company,
    name: str,
    bands: Sequence[Band],
    *,
    valid_from: date | None,
    by: User | None,
) -> BucketScheme:
    newest = BucketScheme.objects.filter(owner=company).aggregate(top=Max("version"))["top"]
    scheme = BucketScheme.objects.create(
        owner=company,
        name=name,
        version=(newest or 0) + 1,
        valid_from=valid_from,
        created_by_name=by.display_name if by else "",
    )
    Bucket.objects.bulk_create(
        Bucket(
            owner=company,
            scheme=scheme,
            label=band.label,
            step=step,
            lower=band.lower,
            upper=band.upper,
            parent=band.parent,
        )
        for step, band in enumerate(bands)
    )
    if newest is not None:
        after = {"name": name, "version": scheme.version, "bands": [b.label for b in bands]}
        record_change(actor=by, verb="set_scheme", obj=scheme, after=after)
    return scheme

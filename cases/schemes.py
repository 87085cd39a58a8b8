"""How a lender's bucket scheme changes: the first one, a new version, and what it would move."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F, Max, Q
from django.db.models.functions import Least
from django.utils.translation import gettext, override

from cases.aging import rebucket
from cases.bucket_scheme import PRESETS, Band, BandFault, check_bands
from cases.clock import days_past_due_sql
from cases.ladder import LADDER, NoScheme, Rung, Scheme, as_scheme, bands_values, scheme_on
from cases.models import Bucket, BucketMove, BucketScheme, Case
from cases.statements import OWNER, rows
from tenancy.audit import record_change
from tenancy.models import Company, User
from tenancy.night import business_date

__all__ = [
    "BadScheme",
    "NoScheme",
    "Rung",
    "Scheme",
    "SchemePreview",
    "as_scheme",
    "preview_scheme",
    "scheme_on",
    "set_scheme",
    "start_scheme",
]

FIRST_PRESET = "small_loans"


class BadScheme(ValueError):
    """The scheme cannot be used; `faults` says everything that is wrong with it."""

    def __init__(self, faults: Sequence[BandFault]) -> None:
        super().__init__(", ".join(fault.code for fault in faults))
        self.faults = list(faults)


@dataclass(frozen=True, slots=True)
class SchemePreview:
    """Open cases by bucket before and after a change, from the lowest up, and what would move.

    None stands for no bucket; `moved` holds (from, to, how many), without those that stay.
    """

    before: tuple[tuple[str | None, int], ...]
    after: tuple[tuple[str | None, int], ...]
    moved: tuple[tuple[str | None, str | None, int], ...]

    @property
    def moving(self) -> int:
        """How many cases would change their bucket."""
        return sum(cases for _old, _new, cases in self.moved)


_PREVIEW = f"""
SELECT b.label, ladder.label, count(*)
FROM (SELECT c.bucket_id, {days_past_due_sql("c")} AS dpd FROM cases_case c
      WHERE c.owner_id = {OWNER} AND c.closed_on IS NULL) c
LEFT JOIN cases_bucket b ON b.id = c.bucket_id AND b.owner_id = {OWNER}
LEFT JOIN {LADDER} ON c.dpd >= ladder.lower AND (ladder.upper IS NULL OR c.dpd <= ladder.upper)
GROUP BY b.label, ladder.label
"""  # noqa: S608 (constants of cases.clock and cases.ladder)


def preview_scheme(
    *, company: Company, bands: Sequence[Band], valid_from: date | None
) -> SchemePreview:
    """What `bands` would do to the open cases as they stand today; changes nothing.

    Raises BadScheme as set_scheme does.
    """
    on = business_date(company)
    faults = check_bands(bands) + _date_faults(company, valid_from, on)
    if faults:
        raise BadScheme(faults)
    counts: list[tuple[str | None, str | None, int]] = rows(
        _PREVIEW, {"owner": company.pk, "on": on, **bands_values(bands)}
    )
    old = [band.label for band in scheme_on(company=company, on=on).bands]
    new = [band.label for band in sorted(bands, key=lambda band: band.lower)]
    moved = [row for row in counts if row[0] != row[1]]
    return SchemePreview(
        before=_by_label(old, [(was, cases) for was, _now, cases in counts]),
        after=_by_label(new, [(now, cases) for _was, now, cases in counts]),
        moved=tuple(sorted(moved, key=lambda row: (_place(old, row[0]), _place(new, row[1])))),
    )


def _place(labels: Sequence[str], label: str | None) -> int:
    """Where a label stands; no bucket is below all."""
    return labels.index(label) if label in labels else -1


def _by_label(
    labels: Sequence[str], counts: Sequence[tuple[str | None, int]]
) -> tuple[tuple[str | None, int], ...]:
    """How many cases each bucket has; a line for no bucket only where there are any."""
    sums: dict[str | None, int] = dict.fromkeys(labels, 0)
    for label, cases in counts:
        sums[label] = sums.get(label, 0) + cases
    return tuple(sorted(sums.items(), key=lambda item: _place(labels, item[0])))


def start_scheme(*, company: Company) -> BucketScheme:
    """Give a new lender its first scheme, *small loans*, valid from the beginning."""
    with override(company.language):
        name = gettext("Small loans")
    return _store(company, name, PRESETS[FIRST_PRESET], valid_from=None, by=None)


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

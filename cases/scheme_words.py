"""What is wrong with a bucket scheme, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.bucket_scheme import BandFault

SENTENCES: Mapping[str, Promise] = {
    "no_bands": _("A scheme needs at least one bucket."),
    "empty_label": _("Every bucket needs a label."),
    "long_label": _("The label %(label)s is longer than %(limit)s characters."),
    "duplicate_label": _("The label %(label)s occurs more than once."),
    "parent_is_label": _("%(label)s is both a bucket and a group of buckets."),
    "first_lower": _("The lowest bucket, %(label)s, must begin at 0 or 1, not at %(lower)s."),
    "upper_below_lower": _("%(label)s ends on day %(upper)s, before it begins on day %(lower)s."),
    "open_ended_inside": _("%(label)s has no last day, so %(next_label)s can never be reached."),
    "gap": _("Days %(first_day)s to %(last_day)s belong to no bucket."),
    "gap_of_a_day": _("Day %(first_day)s belongs to no bucket."),
    "overlap": _("Day %(day)s belongs to both %(label)s and %(next_label)s."),
    "last_not_open_ended": _("The highest bucket, %(label)s, must have no last day."),
    "past_date": _("A scheme cannot begin before the business date %(date)s."),
    "already_aged": _("Cases have been aged already: say from which date the scheme is valid."),
}


def sentence(fault: BandFault) -> str:
    """The fault as one sentence, in the language in force."""
    one_day = fault.code == "gap" and fault.params["first_day"] == fault.params["last_day"]
    return str(SENTENCES["gap_of_a_day" if one_day else fault.code]) % fault.params

"""What fits into a row's columns, said in a sentence before the database says it as an error."""

from django.db.models import Model
from django.utils.translation import gettext as _

LARGEST_COUNT = 2_147_483_647
"""What a whole number's column may hold."""


def too_long(row: Model, *fields: str) -> dict[str, str]:
    """A sentence for each of these text fields that holds more than its column does."""
    wrong: dict[str, str] = {}
    for name in fields:
        limit = row._meta.get_field(name).max_length  # type: ignore[union-attr]
        if limit is not None and len(getattr(row, name)) > limit:
            wrong[name] = _("At most %(limit)s characters.") % {"limit": limit}
    return wrong

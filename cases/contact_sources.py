"""Where a contact's number comes from, in words; the feed's `source` is a code or any text."""

from collections.abc import Mapping

from django.utils.translation import pgettext_lazy

from tenancy.screen import Text

SOURCES: Mapping[str, Text] = {
    "loans": pgettext_lazy("source of a contact", "loans feed"),
    "application": pgettext_lazy("source of a contact", "application"),
    "borrower": pgettext_lazy("source of a contact", "the borrower"),
    "third_party": pgettext_lazy("source of a contact", "a third party"),
    "lender_update": pgettext_lazy("source of a contact", "the lender"),
    "repaired": pgettext_lazy("source of a contact", "lawful look-up"),
}


def source_words(source: str) -> Text:
    """A known code in the language of the screen; any other text as it came."""
    return SOURCES.get(source, source)

"""Printed rows of the list of cases with their tags: one query for the ids of a page."""

from collections.abc import Sequence
from dataclasses import replace

from collection.tagging import tag_ids_of_cases
from collection.views.lines import CaseLine
from tenancy.filtering import FilterBar


def with_tags(lines: Sequence[CaseLine], bar: FilterBar) -> list[CaseLine]:
    """The rows with the company's tags on each. bar: knows what the tags are called."""
    known = {option.key: str(option.label) for option in bar.filters["tag"].options}
    found = tag_ids_of_cases(line.uid for line in lines)
    return [
        replace(line, tags=[name for pk, name in known.items() if pk in found[line.uid]])
        if line.uid in found
        else line
        for line in lines
    ]

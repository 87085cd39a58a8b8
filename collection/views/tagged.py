"""Printed rows of lists with the tags of their cases: one query for the ids of a page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from collection.tagging import tag_ids_of_cases
from collection.views.lines import CaseLine, WorkLine
from tenancy.filtering import FilterBar

Line = TypeVar("Line", WorkLine, CaseLine)


def with_tags(lines: Sequence[Line], bar: FilterBar) -> list[Line]:
    """The rows with the company's tags on each. bar: knows what the tags are called."""
    known = {option.key: str(option.label) for option in bar.filters["tag"].options}
    found = tag_ids_of_cases(line.uid for line in lines)
    return [
        replace(line, tags=[name for pk, name in known.items() if pk in found[line.uid]])
        if line.uid in found
        else line
        for line in lines
    ]

"""Printed rows of lists with the tags of their cases: one query for the ids of a page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from collection.tagging import tags_of_cases
from collection.views.lines import CaseLine, WorkLine

Line = TypeVar("Line", WorkLine, CaseLine)


def with_tags(lines: Sequence[Line]) -> list[Line]:
    """The rows with the company's tags on each."""
    found = tags_of_cases(line.uid for line in lines)
    return [replace(line, tags=found[line.uid]) if line.uid in found else line for line in lines]

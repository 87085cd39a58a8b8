"""The whole flow on one page: which event is heard by whom, and which work is done by what."""

from collections.abc import Mapping, Sequence

from tenancy.events import Event, Listener
from tenancy.jobs import Handler

LISTENERS: Mapping[type[Event], Sequence[Listener]] = {}

JOBS: Mapping[str, Handler] = {}
